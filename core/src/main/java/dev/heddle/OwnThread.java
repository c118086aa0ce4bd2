package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

/** Gives a loop a platform thread of its own where the caller's cannot be its thread. */
final class OwnThread {

    private OwnThread() {}

    /** Runs {@code body} here, or on a thread of its own if the caller is virtual, and waits. */
    static void ifVirtual(String name, Runnable body) {
        if (!Thread.currentThread().isVirtual()) {
            body.run();
            return;
        }
        EventLoop outer = EventLoop.runningOrNull();
        if (outer != null) {
            throw new IllegalStateException(
                    "Cannot run an event loop inside of a task of " + outer + "; await instead");
        }
        run(name, body);
    }

    /** Runs {@code body} here, or on a thread of its own if a loop runs here, and waits. */
    static void ifTaken(String name, Runnable body) {
        if (Thread.currentThread().isVirtual() || EventLoop.runningOrNull() != null) {
            run(name, body);
        } else {
            body.run();
        }
    }

    private static void run(String name, Runnable body) {
        @Nullable Throwable[] failure = {null};
        Thread thread =
                Thread.ofPlatform()
                        .name(name)
                        .start(
                                () -> {
                                    try {
                                        body.run();
                                    } catch (Throwable e) {
                                        failure[0] = e;
                                    }
                                });
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure[0] != null) {
            throw Sneaky.sneakyThrow(failure[0]);
        }
    }
}
