package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** {@code get()} waits as java.util.concurrent says, on threads and in tasks. */
class FutureGetTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();

    /** Runs {@code job} on a thread without a loop, while the test's loop runs. */
    private <T> T onThreadWhileRunning(java.util.concurrent.Callable<T> job) {
        return run(() -> await(loop.runInExecutor(null, job)));
    }

    @Test
    void threadGetsTheResult() {
        loop.createTask(
                () -> {
                    sleep(0);
                    future.setResult("hello");
                });

        assertThat(onThreadWhileRunning(() -> future.get())).isEqualTo("hello");
        assertThat(onThreadWhileRunning(() -> future.get(1, TimeUnit.NANOSECONDS)))
                .isEqualTo("hello");
    }

    @Test
    void threadGetsTheErrorAsACause() {
        var error = new IOException("disk");
        loop.createTask(
                () -> {
                    sleep(0);
                    future.setException(error);
                });

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> onThreadWhileRunning(() -> future.get()))
                .withCause(error);
    }

    @Test
    void threadGetsACancelAsJavasException() {
        loop.createTask(
                () -> {
                    sleep(0);
                    future.cancel("enough");
                });

        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> onThreadWhileRunning(() -> future.get()))
                .withMessage("enough")
                .withCauseInstanceOf(CancelledError.class);
    }

    @Test
    void doneFutureNeedsNoLoop() throws Exception {
        future.setResult("there");
        loop.close();

        assertThat(future.get()).isEqualTo("there");
        assertThat(future.get(0, TimeUnit.SECONDS)).isEqualTo("there");
        assertThat(onOtherThread(() -> future.get())).isEqualTo("there");
    }

    @Test
    void threadGivesUpAfterTheTimeoutAndTheFutureGoesOn() {
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> onThreadWhileRunning(() -> future.get(1, TimeUnit.MILLISECONDS)));

        assertThat(future.done()).isFalse();
        turns(1);
        assertThat(future.removeDoneCallback(f -> {})).isZero();
    }

    @Test
    void timeoutOfZeroOrLessOnlyLooks() {
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> onOtherThread(() -> future.get(0, TimeUnit.SECONDS)));
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> onOtherThread(() -> future.get(-1, TimeUnit.SECONDS)));
        turns(1);
    }

    @Test
    void interruptEndsTheWaitOfAThread() throws Exception {
        var interrupted = new CountDownLatch(1);
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        future.get();
                                    } catch (InterruptedException e) {
                                        interrupted.countDown();
                                    } catch (ExecutionException e) {
                                        throw new AssertionError(e);
                                    }
                                });

        waiting.interrupt();
        interrupted.await();
        waiting.join();

        assertThat(future.done()).isFalse();
    }

    @Test
    void taskOfTheSameLoopIsSuspended() {
        loop.callLater(5, () -> future.setResult("later"));

        assertThat(run(() -> future.get())).isEqualTo("later");
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void timeoutInATaskIsInTheLoopsTime() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> future.get(2, TimeUnit.HOURS)));

        assertThat(loop.time()).isEqualTo(7200);
        assertThat(future.done()).isFalse();
    }

    @Test
    void cancelOfATaskInGetLeavesTheFutureAlone() {
        Task<String> task = loop.createTask(() -> future.get());
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(future.done()).isFalse();
        future.setResult("unharmed");
    }

    @Test
    void errorsInATaskAreWrappedToo() {
        var error = new IOException("disk");
        future.setException(error);
        Future<String> cancelled = loop.createFuture();
        cancelled.cancel();

        run(
                () -> {
                    assertThatExceptionOfType(ExecutionException.class)
                            .isThrownBy(future::get)
                            .withCause(error);
                    assertThatExceptionOfType(CancellationException.class)
                            .isThrownBy(cancelled::get);
                });
    }

    @Test
    void callbackCannotGet() {
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(future::get)
                                .withMessageContainingAll("get", "callback"));
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> future.get(1, TimeUnit.SECONDS)));

        turns(1);
    }

    @Test
    void taskOfAnotherLoopBlocksOnlyItself() {
        EventLoop other = open(EventLoop.builder().name("other"));
        var progress = new CountDownLatch(3);

        String got =
                onThreadWhileRunning(
                        () ->
                                other.runUntilComplete(
                                        () -> {
                                            Task<String> getter = createTask(() -> future.get());
                                            while (progress.getCount() > 0) {
                                                sleep(0);
                                                progress.countDown();
                                            }
                                            loop.callSoonThreadsafe(
                                                    () -> future.setResult("across"));
                                            return getter.await();
                                        }));

        assertThat(got).isEqualTo("across");
    }

    @Test
    void closedLoopIsAnErrorAndNotAHang() {
        loop.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> onOtherThread(() -> future.get()))
                .withMessageContaining("closed");
    }

    @Test
    void closingTheLoopEndsTheWaitOfAThread() throws Exception {
        var end = new AtomicReference<Throwable>();
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        future.get(10, TimeUnit.SECONDS);
                                    } catch (Throwable e) {
                                        end.set(e);
                                    }
                                });
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        turns(1);

        loop.close();
        waiting.join();

        assertThat(end.get()).isNotNull().isNotInstanceOf(TimeoutException.class);
    }
}
