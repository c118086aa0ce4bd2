package dev.heddle.testing;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/** Finds, in a stack, where the code of the user is. */
final class Frames {

    private static final Set<String> MACHINERY =
            Set.of(
                    "dev.heddle",
                    "dev.heddle.executor",
                    "dev.heddle.generator",
                    "dev.heddle.internal",
                    "dev.heddle.reactor",
                    "dev.heddle.stream",
                    "dev.heddle.sync",
                    "dev.heddle.testing",
                    "dev.heddle.transport");

    private Frames() {}

    /** Returns the innermost frame of the user's, or else the innermost one, or null. */
    static @Nullable StackTraceElement user(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!isMachinery(frame)) {
                return frame;
            }
        }
        return stack.length == 0 ? null : stack[0];
    }

    /** Returns the same as text, ready to be printed behind a line. */
    static String at(StackTraceElement[] stack) {
        StackTraceElement frame = user(stack);
        return frame == null ? "" : "\n        at " + frame;
    }

    /** Tells whether a frame is one of those by which JUnit calls a test. */
    static boolean isRunner(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.startsWith("org.junit.")
                || type.startsWith("java.lang.reflect.")
                || type.startsWith("jdk.internal.reflect.")
                || type.equals(HeddleExtension.class.getName());
    }

    private static boolean isMachinery(StackTraceElement frame) {
        String type = frame.getClassName();
        if (List.of("java.", "jdk.", "sun.", "org.junit.").stream().anyMatch(type::startsWith)) {
            return true;
        }
        String outermost = type.split("\\$", 2)[0];
        int dot = outermost.lastIndexOf('.');
        return dot >= 0
                && MACHINERY.contains(outermost.substring(0, dot))
                && !outermost.endsWith("Test"); // Heddle's own tests are in these packages
    }
}
