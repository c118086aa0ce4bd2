package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.LoopProbe;

import java.time.Duration;
import java.util.List;

/**
 * A step of a loop that has not returned: what a {@link Watchdog} reports.
 *
 * @param loop the loop, which runs nothing else meanwhile
 * @param step what hangs: {@code task Task-2}, or {@code callback ...}
 * @param lasting for how long at least
 * @param thread the state of the thread
 * @param stack where it is, innermost call first
 * @param diagnosis what it does there
 */
public record StuckStep(
        EventLoop loop,
        String step,
        Duration lasting,
        Thread.State thread,
        List<StackTraceElement> stack,
        Diagnosis diagnosis) {

    private static final int MOST_FRAMES = 60;

    /** Makes one. */
    public StuckStep {
        stack = List.copyOf(stack);
    }

    /** Returns a sentence that says what happened, one that says what to do, and the stack. */
    public String describe() {
        var text = new StringBuilder();
        text.append(
                ("The event loop %s hangs: %s has not returned for %.3f seconds. It %s, in %s."
                                + " %s")
                        .formatted(
                                LoopProbe.of(loop).name(),
                                step,
                                lasting.toNanos() / 1e9,
                                diagnosis.what(),
                                place(),
                                diagnosis.advice()));
        int shown = Math.min(stack.size(), MOST_FRAMES);
        for (StackTraceElement frame : stack.subList(0, shown)) {
            text.append("\n    at ").append(frame);
        }
        if (shown < stack.size()) {
            text.append("\n    ... ").append(stack.size() - shown).append(" more");
        }
        return text.toString();
    }

    /** Returns the innermost call of the program. */
    private String place() {
        for (StackTraceElement frame : stack) {
            if (Frames.isOfProgram(frame)) {
                return Frames.brief(frame);
            }
        }
        return stack.isEmpty() ? "an unknown place" : Frames.brief(stack.getFirst());
    }
}
