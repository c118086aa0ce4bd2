package dev.heddle.stream;

import dev.heddle.EventLoop;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

/** The errors of who uses a stream where or when he must not. */
final class Misuse {

    private Misuse() {}

    static IllegalStateException wrongThread(Object stream, EventLoop loop, String operation) {
        EventLoop here = EventLoop.runningOrNull();
        return new IllegalStateException(
                here == null
                        ? ("%s was called on thread %s, and %s belongs to %s. Call it in a task of"
                                        + " that loop; in a job of toThread use FromThread.run.")
                                .formatted(operation, Thread.currentThread(), stream, loop)
                        : "%s was called in %s, and %s belongs to %s. Use one stream in one loop."
                                .formatted(operation, here, stream, loop));
    }

    static IllegalStateException concurrent(
            String operation, Object stream, Task<?> first, String does) {
        return new IllegalStateException(
                ("%s was called by %s while %s %s already: %s. Let one task at a time do it, or"
                                + " use a Lock.")
                        .formatted(operation, callingTask(), first, does, stream));
    }

    static IllegalStateException notInTask(Object stream, String operation) {
        return new IllegalStateException(
                ("%s was called in a callback on %s. It may have to wait, and callbacks cannot:"
                                + " start a task with createTask and call it there.")
                        .formatted(operation, stream));
    }

    private static @Nullable Object callingTask() {
        EventLoop here = EventLoop.runningOrNull();
        return here == null ? Thread.currentThread() : here.currentTask();
    }
}
