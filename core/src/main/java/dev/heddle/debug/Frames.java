package dev.heddle.debug;

import java.util.List;
import java.util.Set;

/** Which frames of a stack a reader wants to see. */
final class Frames {

    private static final Set<String> OWN_PACKAGES =
            Set.of(
                    "dev.heddle",
                    "dev.heddle.debug",
                    "dev.heddle.executor",
                    "dev.heddle.generator",
                    "dev.heddle.internal",
                    "dev.heddle.process",
                    "dev.heddle.reactor",
                    "dev.heddle.stream",
                    "dev.heddle.sync",
                    "dev.heddle.transport");

    private Frames() {}

    /** Tells whether a frame is one of the program, and not of the JDK or of Heddle. */
    static boolean isOfProgram(StackTraceElement frame) {
        return !isOfJdk(frame) && !isOfHeddle(frame);
    }

    static boolean isOfJdk(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("java.")
                || name.startsWith("javax.")
                || name.startsWith("jdk.")
                || name.startsWith("sun.")
                || name.startsWith("com.sun.");
    }

    static boolean isOfHeddle(StackTraceElement frame) {
        String name = frame.getClassName();
        int dot = name.lastIndexOf('.');
        return dot > 0 && OWN_PACKAGES.contains(name.substring(0, dot));
    }

    /** Returns the frames of the program; all, if none is. */
    static List<StackTraceElement> ofProgram(List<StackTraceElement> stack) {
        List<StackTraceElement> own = stack.stream().filter(Frames::isOfProgram).toList();
        return own.isEmpty() ? stack : own;
    }

    /**
     * Returns a limited number of frames: a positive limit keeps the innermost, a negative the
     * outermost.
     */
    static List<StackTraceElement> limited(List<StackTraceElement> stack, int limit) {
        int size = stack.size();
        return limit >= 0
                ? stack.subList(0, Math.min(limit, size))
                : stack.subList((int) Math.max(0, (long) size + limit), size);
    }

    /** Returns the call of the JDK in which the program is, as {@code java.net.Socket.connect}. */
    static String jdkCall(List<StackTraceElement> stack) {
        StackTraceElement call = null;
        for (StackTraceElement frame : stack) {
            if (!isOfJdk(frame)) {
                break;
            }
            call = frame;
        }
        return call == null ? "a call of the JDK" : nameOf(call);
    }

    static String nameOf(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName();
    }

    /**
     * Returns a frame as short as it can be recognised: {@code Factorial.main Factorial.java:18}.
     */
    static String brief(StackTraceElement frame) {
        String type = frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1);
        String file = frame.getFileName();
        String place =
                file == null
                        ? ""
                        : frame.getLineNumber() < 0
                                ? " " + file
                                : " " + file + ":" + frame.getLineNumber();
        return type + "." + source(frame.getMethodName()) + place;
    }

    /** Returns the method in which a lambda is written: {@code main} for {@code lambda$main$0}. */
    private static String source(String method) {
        if (!method.startsWith("lambda$")) {
            return method;
        }
        int end = method.lastIndexOf('$');
        return end > 7 ? method.substring(7, end) : method;
    }
}
