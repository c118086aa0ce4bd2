package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Base of the tests of what goes on after its loop was closed: a gate that blocks, and helpers. */
abstract class ClosingLateFixture extends LoopFixture {

    private final List<Throwable> uncaught = new ArrayList<>();
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();
    final Semaphore gate = new Semaphore(0);
    final CountDownLatch ended = new CountDownLatch(1);

    @BeforeEach
    final void watchForUncaughtErrors() {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> {
                    synchronized (uncaught) {
                        uncaught.add(e);
                    }
                });
    }

    @AfterEach
    final void nothingWasUncaught() throws InterruptedException {
        try {
            lateComersHaveEnded();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        synchronized (uncaught) {
            assertThat(uncaught).isEmpty();
        }
    }

    /** Waits until the late comers' thread has done what was handed to it before. */
    final void lateComersHaveEnded() throws InterruptedException {
        if (!loop.isClosed()) {
            return;
        }
        var last = new CountDownLatch(1);
        LateComers.run(
                loop,
                new ReadyItem() {
                    @Override
                    void proceed() {
                        last.countDown();
                    }
                });
        last.await();
    }

    /** Makes a task that waits uninterruptibly for the gate, and then does {@code rest}. */
    final <T> Task<T> blocked(Coroutine<T> rest) {
        Task<T> task =
                loop.createTask(
                        () -> {
                            try {
                                gate.acquireUninterruptibly();
                                return rest.await();
                            } finally {
                                ended.countDown();
                            }
                        });
        turns(1);
        assertThat(task.toString()).contains("blocked in the JDK");
        return task;
    }

    final void closeReporting(Task<?>... pending) {
        loop.close();

        assertThat(takeErrors()).extracting(ErrorContext::task).containsExactly(pending);
    }
}
