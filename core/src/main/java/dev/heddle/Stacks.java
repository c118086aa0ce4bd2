package dev.heddle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes from a stack trace what a reader of a coroutine's stack would not miss. */
final class Stacks {

    /** The machinery of a task's thread, at the top and the bottom of each stack. */
    private static final Set<String> MACHINERY =
            Set.of(
                    "java.lang.VirtualThread",
                    "java.lang.Thread",
                    "jdk.internal.vm.Continuation",
                    "dev.heddle.Strand",
                    "dev.heddle.Task");

    private Stacks() {}

    static StackTraceElement[] ofCoroutine(StackTraceElement[] stack) {
        int from = 0;
        while (from < stack.length && isMachinery(stack[from])) {
            from++;
        }
        int to = stack.length;
        while (to > from && isMachinery(stack[to - 1])) {
            to--;
        }
        List<StackTraceElement> kept = new ArrayList<>(List.of(stack).subList(from, to));
        return kept.toArray(new StackTraceElement[0]);
    }

    private static boolean isMachinery(StackTraceElement frame) {
        return MACHINERY.contains(frame.getClassName());
    }
}
