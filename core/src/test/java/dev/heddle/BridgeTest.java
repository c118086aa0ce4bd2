package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.wrapFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

/** A future of a loop that follows a completion stage, and cancels it. */
class BridgeTest extends LoopFixture {

    private final CompletableFuture<String> stage = new CompletableFuture<>();

    @Test
    void resultArrivesInTheLoop() {
        Future<String> future = loop.wrapFuture(stage);

        stage.complete("result");
        assertThat(future.done()).isFalse();
        turns(1);

        assertThat(future.result()).isEqualTo("result");
        assertThat(future.getLoop()).isSameAs(loop);
    }

    @Test
    void resultFromAnotherThreadWakesTheLoop() {
        String result =
                run(
                        () -> {
                            Thread.ofPlatform().start(() -> stage.complete("from a thread"));
                            return await(stage);
                        });

        assertThat(result).isEqualTo("from a thread");
    }

    @Test
    void stageThatIsDoneGivesItsResult() {
        assertThat(run(() -> await(CompletableFuture.completedFuture("there")))).isEqualTo("there");
        assertThat(run(() -> await(CompletableFuture.<String>completedFuture(null)))).isNull();
    }

    @Test
    void errorArrivesAsItIs() {
        var error = new IOException("disk");

        run(
                () -> {
                    stage.completeExceptionally(error);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> await(stage))
                            .isSameAs(error);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> await(stage.thenApply(String::length)))
                            .isSameAs(error);
                });
    }

    @Test
    void wrapperWithoutACauseIsTheErrorItself() {
        var error = new CompletionException("bare", null);

        run(
                () ->
                        assertThatExceptionOfType(CompletionException.class)
                                .isThrownBy(() -> await(CompletableFuture.failedFuture(error)))
                                .isSameAs(error));
    }

    @Test
    void cancelOfTheStageArrivesAsACancel() {
        Future<String> future = loop.wrapFuture(stage);

        stage.cancel(true);
        turns(1);

        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void cancelOfTheFutureCancelsTheStageInTheNextTurn() {
        Future<String> future = loop.wrapFuture(stage);

        future.cancel();
        assertThat(stage.isDone()).isFalse();
        turns(1);

        assertThat(stage.isCancelled()).isTrue();
        turns(1);
    }

    @Test
    void cancelOfTheAwaitingTaskCancelsTheStage() {
        run(
                () -> {
                    Task<String> task = createTask(() -> await(stage));
                    sleep(0);

                    task.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(stage.isCancelled()).isTrue();
                });
    }

    @Test
    void resultAfterTheCancelIsDropped() {
        Future<String> future = loop.wrapFuture(stage);

        stage.complete("late");
        future.cancel();
        turns(3);

        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void stageThatRefusesACancelDoesNotHoldUpVirtualTime() {
        run(
                () -> {
                    Task<String> task = createTask(() -> await(stage.minimalCompletionStage()));
                    sleep(0);
                    task.cancel();
                    sleep(3600); // virtual time waits for what is expected from outside
                    assertThat(task.cancelled()).isTrue();
                });

        assertThat(stage.isDone()).isFalse();
        stage.complete("late");
        turns(1);
    }

    @Test
    void virtualTimeWaitsForTheStage() {
        run(
                () -> {
                    var go = new CountDownLatch(1);
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        awaitQuietly(go);
                                        stage.complete("slow");
                                    });
                    loop.callSoon(go::countDown);

                    assertThat(timeout(1e-9, t -> await(stage)).length()).isEqualTo(4);
                });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stageThatEndsAfterTheLoopIsClosedIsDroppedInSilence() {
        var uncaught = new ArrayList<Throwable>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        var reported = new CountDownLatch(1);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> {
                    uncaught.add(e);
                    reported.countDown();
                });
        try {
            Future<String> future = loop.wrapFuture(stage);
            Future<String> other = loop.wrapFuture(new CompletableFuture<>());
            loop.close();

            stage.complete("too late");
            afterTheLateComers();

            assertThat(uncaught).isEmpty();
            assertThat(reported.getCount()).isEqualTo(1);
            assertThat(List.of(future, other)).allMatch(f -> !f.cancelled());
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    /** Waits until what was handed to the thread for closed loops has run. */
    private void afterTheLateComers() {
        var ran = new CountDownLatch(1);
        LateComers.run(
                loop,
                new ReadyItem() {
                    @Override
                    void proceed() {
                        ran.countDown();
                    }
                });
        awaitQuietly(ran);
    }

    @Test
    void closedLoopWrapsNothing() {
        loop.close();

        assertThatIllegalStateException().isThrownBy(() -> loop.wrapFuture(stage));
    }

    @Test
    void wrapFutureNeedsARunningLoopAndItsThread() {
        assertThatIllegalStateException().isThrownBy(() -> wrapFuture(stage));
        try (var running = loop.drive()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> loop.wrapFuture(stage)));
        }
    }

    @Test
    void timeoutCancelsTheStage() {
        run(
                () -> {
                    loop.callSoon(() -> clock.advance(java.time.Duration.ofSeconds(2)));
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(1, t -> await(stage)));
                    assertThat(stage.isCancelled()).isTrue();
                });
    }
}
