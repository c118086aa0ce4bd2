package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.internal.Jdk;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** Tasks whose loop is closed while a call of the JDK blocks them go on to their end. */
class ClosingLateTest extends LoopFixture {

    private final List<Throwable> uncaught = new ArrayList<>();
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();
    private final Semaphore gate = new Semaphore(0);
    private final CountDownLatch ended = new CountDownLatch(1);

    @BeforeEach
    void watchForUncaughtErrors() {
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> {
                    synchronized (uncaught) {
                        uncaught.add(e);
                    }
                });
    }

    @AfterEach
    void nothingWasUncaught() throws InterruptedException {
        lateComersHaveEnded();
        Thread.setDefaultUncaughtExceptionHandler(before);
        synchronized (uncaught) {
            assertThat(uncaught).isEmpty();
        }
    }

    /** Waits until the late comers' thread has done what was handed to it before. */
    private void lateComersHaveEnded() throws InterruptedException {
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
    private <T> Task<T> blocked(Coroutine<T> rest) {
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

    private void closeReporting(Task<?>... pending) {
        loop.close();

        assertThat(takeErrors()).extracting(ErrorContext::task).containsExactly(pending);
    }

    @Test
    void interruptibleCallIsInterruptedAndTheTaskIsOverWhenCloseReturns() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                gate.acquire();
                            } finally {
                                ended.countDown();
                            }
                        });
        turns(1);

        closeReporting(task);

        assertThat(ended.getCount()).isZero();
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void uninterruptibleCallGoesOnElsewhereToTheEndOfTheTask() throws InterruptedException {
        var carrier = new CompletableFuture<String>();
        Task<String> task =
                blocked(
                        () -> {
                            carrier.complete(Jdk.get().currentCarrier().getName());
                            return "late";
                        });
        closeReporting(task);
        assertThat(task.done()).isFalse();

        gate.release();

        ended.await();
        lateComersHaveEnded();
        assertThat(task.done()).isTrue();
        assertThat(carrier).isCompletedWithValue("heddle-late-comers");
    }

    @Test
    void lockThatALateTaskHoldsIsReleased() throws InterruptedException {
        var lock = new ReentrantLock();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            lock.lock();
                            try {
                                gate.acquireUninterruptibly();
                            } finally {
                                lock.unlock();
                            }
                        });
        turns(1);
        closeReporting(task);

        gate.release();

        lock.lockInterruptibly(); // hangs if the continuation was lost
        lock.unlock();
    }

    @Test
    void waitsOfALateTaskThrow() throws InterruptedException {
        List<Class<?>> thrown = new ArrayList<>();
        Task<Void> task =
                blocked(
                        () -> {
                            thrown.add(errorOf(() -> sleep(1)));
                            thrown.add(errorOf(() -> loop.createFuture().await()));
                            thrown.add(errorOf(() -> loop.createTask(() -> 1)));
                            thrown.add(errorOf(() -> loop.callSoon(() -> {})));
                            return null;
                        });
        closeReporting(task);

        gate.release();

        ended.await();
        assertThat(thrown)
                .containsExactly(
                        CancelledError.class,
                        CancelledError.class,
                        IllegalStateException.class,
                        IllegalStateException.class);
    }

    private static Class<?> errorOf(Runnable body) {
        try {
            body.run();
            return Void.class;
        } catch (Throwable e) {
            return e.getClass();
        }
    }

    @Test
    void lateTaskMayBlockAgainInTheJdk() throws InterruptedException {
        var again = new Semaphore(0);
        var reached = new CountDownLatch(1);
        Task<String> task =
                blocked(
                        () -> {
                            reached.countDown();
                            again.acquireUninterruptibly();
                            return "twice";
                        });
        closeReporting(task);
        gate.release();
        reached.await();

        again.release();

        ended.await();
        assertThat(again.availablePermits()).isZero();
    }

    @Test
    void lateTaskMayYieldToOthers() throws InterruptedException {
        var turns = new AtomicInteger();
        Task<Void> task =
                blocked(
                        () -> {
                            while (turns.incrementAndGet() < 100) {
                                Thread.yield();
                            }
                            return null;
                        });
        closeReporting(task);

        gate.release();

        ended.await();
        assertThat(turns).hasValue(100);
    }

    @Test
    void lateTaskMayReleaseAnother() throws InterruptedException {
        var second = new Semaphore(0);
        Task<Void> released =
                loop.createTask(
                        () -> {
                            second.acquireUninterruptibly();
                            ended.countDown();
                        });
        turns(1);
        var releasing = new CountDownLatch(1);
        Task<Void> releaser =
                loop.createTask(
                        () -> {
                            gate.acquireUninterruptibly();
                            second.release();
                            releasing.countDown();
                        });
        turns(1);
        closeReporting(released, releaser);

        gate.release();

        releasing.await();
        ended.await(); // hangs if the continuation was lost
    }

    @Test
    void taskThatYieldsForEverCannotHangTheClose() throws InterruptedException {
        var mayEnd = new AtomicBoolean();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            while (!mayEnd.get()) {
                                Thread.yield();
                            }
                            ended.countDown();
                        });
        turns(1);

        closeReporting(task);

        assertThat(ended.getCount()).isOne();
        mayEnd.set(true);
        ended.await();
    }

    @Test
    void callbacksOfALateTaskAreDropped() throws InterruptedException {
        var called = new AtomicBoolean();
        Task<String> task = blocked(() -> "late");
        task.addDoneCallback(t -> called.set(true));
        closeReporting(task);

        gate.release();

        ended.await();
        lateComersHaveEnded();
        assertThat(task.done()).isTrue();
        assertThat(called).isFalse();
        assertThat(loop.tasks.size()).isZero();
    }

    @Test
    void taskThatIsUnblockedWhileTheLoopIsClosingGoesOn() throws InterruptedException {
        Task<String> task = blocked(() -> "unblocked by the handler");
        loop.setExceptionHandler(
                (l, context) -> {
                    collect(l, context);
                    if (context.message().contains("never retrieved")) {
                        gate.release(); // after the tasks were unwound, before the loop is closed
                    }
                });
        Future<Void> failed = loop.createFuture();
        failed.setException(new IllegalStateException("unseen"));

        loop.close();

        ended.await(); // hangs if the continuation was lost
        assertThat(takeErrors()).hasSize(2);
        lateComersHaveEnded();
        assertThat(task.done()).isTrue();
    }

    @Test
    void taskThatAnotherThreadUnblocksWhileTheLoopIsClosingGoesOn() throws InterruptedException {
        Task<String> task = blocked(() -> "unblocked by a thread");
        loop.setExceptionHandler(
                (l, context) -> {
                    collect(l, context);
                    if (context.message().contains("never retrieved")) {
                        onOtherThread(() -> gate.release());
                    }
                });
        Future<Void> failed = loop.createFuture();
        failed.setException(new IllegalStateException("unseen"));

        loop.close();

        ended.await();
        assertThat(takeErrors()).hasSize(2);
        lateComersHaveEnded();
        assertThat(task.done()).isTrue();
    }

    @Test
    void closeIsIdempotentWhileALateTaskRuns() throws InterruptedException {
        var running = new CountDownLatch(1);
        var mayEnd = new AtomicBoolean();
        Task<Void> task =
                blocked(
                        () -> {
                            running.countDown();
                            while (!mayEnd.get()) {
                                Thread.onSpinWait();
                            }
                            return null;
                        });
        closeReporting(task);
        gate.release();
        running.await();

        try {
            loop.close();
            assertThat(loop.isClosed()).isTrue();
            assertThatThrownBy(() -> loop.callSoon(() -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        } finally {
            mayEnd.set(true);
        }
        ended.await();
    }

    @Test
    void taskThatRefusesTheInterruptForEverCannotHangTheClose() throws InterruptedException {
        var interrupts = new AtomicInteger();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            while (true) {
                                try {
                                    gate.acquire();
                                    break;
                                } catch (InterruptedException e) {
                                    interrupts.incrementAndGet();
                                }
                            }
                            ended.countDown();
                        });
        turns(1);

        closeReporting(task);

        assertThat(interrupts).hasValue(1);
        gate.release();
        ended.await();
    }

    @Test
    void virtualThreadThatATaskHasStartedGoesOnToo() throws InterruptedException {
        run(
                () -> {
                    Thread.startVirtualThread(
                            () -> {
                                gate.acquireUninterruptibly();
                                ended.countDown();
                            });
                    sleep(0);
                    sleep(0);
                });
        loop.close();

        gate.release();

        ended.await();
    }

    @Test
    void jobThatEndsAfterTheCloseDisturbsNobody() throws InterruptedException {
        Future<String> job =
                run(
                        () ->
                                loop.runInExecutor(
                                        null,
                                        () -> {
                                            gate.acquire();
                                            ended.countDown();
                                            return "late";
                                        }));
        job.addDoneCallback(f -> {});
        loop.close();

        gate.release();

        ended.await();
    }
}
