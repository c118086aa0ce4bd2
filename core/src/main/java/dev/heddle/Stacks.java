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

    /**
     * Adds to the stack trace of an error that leaves a loop who runs the loop, as if all had been
     * one stack. A traceback of Python shows the same; and the JDK's source launcher takes the
     * frames of its own from the end of the trace, whatever they are.
     */
    static void addCallers(Throwable error) {
        StackTraceElement[] own = error.getStackTrace();
        StackTraceElement[] here = new Throwable().getStackTrace();
        List<StackTraceElement> callers = List.of(here).subList(1, here.length);
        List<StackTraceElement> outermost = callers.subList(callers.size() - 1, callers.size());
        if (own.length == 0 || List.of(own).subList(own.length - 1, own.length).equals(outermost)) {
            return; // it has none on purpose, or has these already
        }
        List<StackTraceElement> whole = new ArrayList<>(List.of(own));
        whole.addAll(callers);
        error.setStackTrace(whole.toArray(new StackTraceElement[0]));
    }

    private static boolean isMachinery(StackTraceElement frame) {
        return MACHINERY.contains(frame.getClassName());
    }
}
