package dev.heddle.stream;

import dev.heddle.Coroutine;
import dev.heddle.EventLoop;
import dev.heddle.FromThread;
import dev.heddle.internal.Sneaky;

import java.io.IOException;

/** Lets the JDK's streams be used in a task, and in a job that a task has sent to a thread. */
final class OnLoop {

    private OnLoop() {}

    /**
     * Runs {@code body} here if this is a task, and in the loop of the job if it is one.
     *
     * @throws IllegalStateException on any other thread
     */
    static <T> T call(Coroutine<T> body) throws IOException {
        if (EventLoop.runningOrNull() == null) {
            return FromThread.run(body);
        }
        try {
            return body.await();
        } catch (Exception e) {
            throw Sneaky.sneakyThrow(e);
        }
    }
}
