package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A future of a loop as a {@link CompletableFuture}. */
class BridgeCompletableTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();

    @Test
    void resultArrives() {
        CompletableFuture<String> mirror = future.toCompletableFuture();
        turns(1);

        future.setResult("result");
        assertThat(mirror).isNotDone();
        turns(1);

        assertThat(mirror.getNow(null)).isEqualTo("result");
    }

    @Test
    void errorArrivesAndCountsAsRetrieved() {
        var error = new IOException("disk");
        CompletableFuture<String> mirror = future.toCompletableFuture();

        future.setException(error);
        turns(2);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> mirror.getNow(null))
                .withCause(error);
        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void cancelOfTheFutureArrivesAsACancel() {
        CompletableFuture<String> mirror = future.toCompletableFuture();

        future.cancel();
        turns(2);

        assertThat(mirror).isCancelled();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> mirror.getNow(null));
    }

    @Test
    void cancelOfTheMirrorCancelsTheFuture() {
        CompletableFuture<String> mirror = future.toCompletableFuture();
        turns(1);

        assertThat(mirror.cancel(true)).isTrue();
        turns(1);

        assertThat(future.cancelled()).isTrue();
        assertThat(mirror.cancel(true)).isTrue(); // as CompletableFuture has it
    }

    @Test
    void cancelOfTheMirrorCancelsATask() {
        run(
                () -> {
                    Task<Void> task = createTask(() -> sleep(100));
                    CompletableFuture<Void> mirror = task.toCompletableFuture();
                    sleep(0);

                    onOtherThread(() -> mirror.cancel(false));

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(task.cancelling()).isEqualTo(1);
                });
    }

    @Test
    void cancelBeforeTheMirrorIsLinkedCancelsTheFutureOnce() {
        Task<Void> task = loop.createTask(() -> sleep(100));
        CompletableFuture<Void> mirror = task.toCompletableFuture();

        mirror.cancel(true);
        turns(3);

        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void resultAfterTheCancelIsDropped() {
        CompletableFuture<String> mirror = future.toCompletableFuture();
        turns(1);
        future.setResult("late");

        mirror.cancel(true);
        turns(2);

        assertThat(mirror).isCancelled();
        assertThat(future.result()).isEqualTo("late");
    }

    @Test
    void dependentStagesWork() {
        var length = future.toCompletableFuture().thenApply(String::length);

        future.setResult("12345");
        turns(2);

        assertThat(length.getNow(0)).isEqualTo(5);
    }

    @Test
    void cancelOfADependentStageLeavesTheFutureAlone() {
        CompletableFuture<Integer> length = future.toCompletableFuture().thenApply(String::length);

        length.cancel(true);
        turns(2);

        assertThat(future.done()).isFalse();
    }

    @Test
    void anyThreadMayAskForIt() {
        var mirror = onOtherThread(() -> future.toCompletableFuture());
        loop.callSoon(() -> future.setResult("result"));

        turns(2);

        assertThat(onOtherThread(() -> mirror.get(30, TimeUnit.SECONDS))).isEqualTo("result");
    }

    @Test
    void doneFutureOfAClosedLoopStillHasItsResult() {
        Future<String> failed = loop.createFuture();
        failed.setException(new IOException("disk"));
        Future<String> cancelled = loop.createFuture();
        cancelled.cancel();
        future.setResult("kept");
        failed.exception();
        loop.close();

        assertThat(future.toCompletableFuture().getNow(null)).isEqualTo("kept");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> failed.toCompletableFuture().getNow(null))
                .withCauseInstanceOf(IOException.class);
        assertThat(cancelled.toCompletableFuture()).isCancelled();
    }

    @Test
    void pendingFutureOfAClosedLoopIsAnError() {
        loop.close();

        assertThatIllegalStateException()
                .isThrownBy(future::toCompletableFuture)
                .withMessageContaining("closed");
    }

    @Test
    void closingTheLoopEndsTheMirror() {
        CompletableFuture<String> linked = future.toCompletableFuture();
        turns(1);
        CompletableFuture<String> unlinked = future.toCompletableFuture();

        loop.close();

        for (CompletableFuture<String> mirror : java.util.List.of(linked, unlinked)) {
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> mirror.getNow(null))
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("closed");
        }
    }

    @Test
    void cancelAfterTheLoopWasClosedIsHarmless() {
        CompletableFuture<String> mirror = future.toCompletableFuture();
        turns(1);
        loop.close();

        assertThat(mirror.cancel(true)).isFalse(); // it has failed by then
        assertThat(future.done()).isFalse();
    }

    @Test
    void sameLoopGetsTheFutureItselfBack() {
        CompletableFuture<String> mirror = future.toCompletableFuture();
        turns(1);

        assertThat(loop.wrapFuture(mirror)).isSameAs(future);
    }

    @Test
    void anotherLoopAwaitsItAndCancelsIt() throws Exception {
        EventLoop other = open(EventLoop.builder().name("other"));
        var waits = new CountDownLatch(1);
        CompletableFuture<String> mirror = future.toCompletableFuture();
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        other.runUntilComplete(
                                                () -> {
                                                    Task<String> waiter =
                                                            createTask(() -> Asyncio.await(mirror));
                                                    sleep(0);
                                                    waits.countDown();
                                                    waiter.cancel();
                                                    Asyncio.wait(java.util.List.of(waiter));
                                                }));
        waits.await();
        thread.join();

        turns(2);

        assertThat(future.cancelled()).isTrue();
    }
}
