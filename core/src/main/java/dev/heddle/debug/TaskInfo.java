package dev.heddle.debug;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What was known of a pending task at some moment. It refers to nothing that lives, so it may be
 * kept, and used by any thread.
 *
 * @param id the task's number, unique in this JVM
 * @param loop the name of its loop
 * @param name the task's name
 * @param state what it did
 * @param waitsFor what it waited for, as text; null if it did not wait
 * @param awaits the ids of the tasks that had to go on for its wait to end, as far as known; those
 *     of other loops are among them
 * @param stack its calls, innermost first; empty if it had not started, or there were too many
 *     tasks
 */
public record TaskInfo(
        long id,
        String loop,
        String name,
        State state,
        @Nullable String waitsFor,
        List<Long> awaits,
        List<StackTraceElement> stack) {

    /** What a pending task does. */
    public enum State {
        /** It runs at the moment. */
        RUNNING,
        /** It stands in the ready queue. */
        READY,
        /** It waits for something of Heddle's. */
        WAITING,
        /** It is blocked in a call of the JDK, which does not block its loop. */
        BLOCKED
    }

    /** Makes one. */
    public TaskInfo {
        awaits = List.copyOf(awaits);
        stack = List.copyOf(stack);
    }

    /** Returns what the task does, in a few words: {@code waits for sleep until 3.0}. */
    public String describe() {
        return switch (state) {
            case RUNNING -> "is running";
            case READY -> "is ready to run";
            case WAITING -> "waits for " + waitsFor;
            case BLOCKED -> "is blocked in " + waitsFor;
        };
    }
}
