package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.internal.Jdk;

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
class ClosingLateTest extends ClosingLateFixture {

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
}
