package dev.heddle.debug;

import dev.heddle.Future;

import java.util.List;

/**
 * A future or task, where it is, and who waits for it: by {@link CallGraph#capture}.
 *
 * <p>Source: {@code asyncio.FutureCallGraph}; its {@code FrameCallGraphEntry} is a {@link
 * StackTraceElement} here.
 *
 * @param future the future
 * @param callStack its calls, innermost first; empty if it is not a task, or has not started
 * @param awaitedBy the tasks that wait for it, each with those that wait for it in turn. One that
 *     is awaited in several ways is the same object in all of them; one that closes a circle has no
 *     stack and no awaiters of its own
 */
public record FutureCallGraph(
        Future<?> future, List<StackTraceElement> callStack, List<FutureCallGraph> awaitedBy) {

    /** Makes one. */
    public FutureCallGraph {
        callStack = List.copyOf(callStack);
        awaitedBy = List.copyOf(awaitedBy);
    }
}
