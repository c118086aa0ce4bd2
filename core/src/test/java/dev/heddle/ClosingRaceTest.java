package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What happens at the same time as a close, and what cannot keep it from coming to its end. */
class ClosingRaceTest extends ClosingLateFixture {

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
}
