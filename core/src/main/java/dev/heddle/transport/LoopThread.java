package dev.heddle.transport;

import dev.heddle.EventLoop;

/** Keeps other threads away from what belongs to a loop. */
final class LoopThread {

    private LoopThread() {}

    /** Throws if {@code loop} runs, and not here. */
    static void check(EventLoop loop, String operation) {
        if (!loop.isRunningHere() && loop.isRunning()) {
            throw new IllegalStateException(
                    "%s was called on thread %s, which is not that of %s. Use callSoonThreadsafe."
                            .formatted(operation, Thread.currentThread(), loop));
        }
    }
}
