package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Another thread starts a coroutine in a loop, and waits for it or cancels it. */
class RunCoroutineThreadsafeTest extends LoopFixture {

    private final Future<Void> never = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    /** Runs {@code job} on a thread without a loop, while the test's loop runs. */
    private <T> T onThreadWhileRunning(Callable<T> job) {
        return run(() -> await(loop.runInExecutor(null, job)));
    }

    @Test
    void threadGetsTheResult() {
        String result =
                onThreadWhileRunning(
                        () ->
                                loop.runCoroutineThreadsafe(
                                                () -> {
                                                    sleep(0);
                                                    return "on "
                                                            + (currentTask() == null
                                                                    ? "nothing"
                                                                    : "the loop");
                                                })
                                        .get());

        assertThat(result).isEqualTo("on the loop");
    }

    @Test
    void asyncioHasItToo() {
        CompletableFuture<Integer> result = Asyncio.runCoroutineThreadsafe(() -> 42, loop);

        turns(3);

        assertThat(result.getNow(0)).isEqualTo(42);
    }

    @Test
    void threadGetsTheError() {
        var error = new IOException("disk");

        onThreadWhileRunning(
                () ->
                        assertThatExceptionOfType(ExecutionException.class)
                                .isThrownBy(
                                        () ->
                                                loop.runCoroutineThreadsafe(
                                                                () -> {
                                                                    throw error;
                                                                })
                                                        .get())
                                .withCause(error));

        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void threadGivesUpAndCancels() {
        var started = new CountDownLatch(1);
        onThreadWhileRunning(
                () -> {
                    var result =
                            loop.runCoroutineThreadsafe(
                                    () -> {
                                        started.countDown();
                                        try {
                                            return never.await();
                                        } finally {
                                            log.add("cleaned up");
                                        }
                                    });
                    started.await();
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> result.get(1, TimeUnit.MILLISECONDS));
                    return result.cancel(true);
                });
        turns(3);

        assertThat(log).containsExactly("cleaned up");
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void cancelBeforeTheStartPreventsIt() {
        CompletableFuture<Boolean> result = loop.runCoroutineThreadsafe(() -> log.add("started"));

        result.cancel(true);
        turns(3);

        assertThat(log).isEmpty();
        assertThat(result).isCancelled();
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void taskThatIsCancelledInTheLoopCancelsTheResult() {
        var tasks = new ArrayList<Task<?>>();
        CompletableFuture<Void> result =
                loop.runCoroutineThreadsafe(
                        () -> {
                            tasks.add(currentTask());
                            return never.await();
                        });
        turns(2);

        tasks.getFirst().cancel();
        turns(3);

        assertThat(result).isCancelled();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> result.getNow(null));
    }

    @Test
    void errorOfTheTaskFactoryReachesTheThreadAndTheHandler() {
        var error = new IllegalStateException("factory");
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T extends @Nullable Object> Task<T> create(
                            EventLoop where, Coroutine<T> coroutine, TaskOptions options) {
                        throw error;
                    }
                });

        CompletableFuture<Integer> result = loop.runCoroutineThreadsafe(() -> 42);
        turns(1);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> result.getNow(null))
                .withCause(error);
        assertThat(takeError().exception()).isSameAs(error);
    }

    @Test
    void closedLoopTakesNone() {
        loop.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> loop.runCoroutineThreadsafe(() -> log.add("started")))
                .withMessageContaining("closed");
    }

    @Test
    void closingTheLoopEndsTheWaitForThem() {
        CompletableFuture<Void> running = loop.runCoroutineThreadsafe(() -> never.await());
        turns(2);
        CompletableFuture<Boolean> queued = loop.runCoroutineThreadsafe(() -> log.add("started"));

        loop.close();

        assertThat(running).isCompletedExceptionally();
        assertThat(queued).isCompletedExceptionally();
        assertThat(log).isEmpty();
        assertThat(takeError().message()).contains("destroyed");
    }

    @Test
    void coroutineCannotBeNull() {
        assertThatNullPointerException().isThrownBy(() -> loop.runCoroutineThreadsafe(null));
    }

    @Test
    void loopMayAwaitWhatItGotFromAnotherLoop() throws Exception {
        EventLoop other = open(EventLoop.builder().name("other"));
        Thread thread = Thread.ofPlatform().start(other::runForever);

        String result =
                run(
                        () ->
                                await(
                                        other.runCoroutineThreadsafe(
                                                () -> {
                                                    sleep(0);
                                                    return currentTask().getLoop() == other
                                                            ? "there"
                                                            : "here";
                                                })));

        other.callSoonThreadsafe(other::stop);
        thread.join();
        assertThat(result).isEqualTo("there");
    }

    @Test
    void manyThreadsAtATime() throws Exception {
        int threads = 8;
        var all = new ArrayList<Thread>();
        var sums = new ArrayList<CompletableFuture<Integer>>();
        for (int t = 0; t < threads; t++) {
            var sum = new CompletableFuture<Integer>();
            sums.add(sum);
            all.add(Thread.ofPlatform().unstarted(() -> sum.complete(submitAndAdd(200))));
        }

        run(
                () -> {
                    all.forEach(Thread::start);
                    for (CompletableFuture<Integer> sum : sums) {
                        assertThat(await(sum)).isEqualTo(200);
                    }
                });
        for (Thread thread : all) {
            thread.join();
        }
    }

    private int submitAndAdd(int times) {
        int sum = 0;
        for (int i = 0; i < times; i++) {
            sum += loop.runCoroutineThreadsafe(() -> sleep(0, 1)).join();
        }
        return sum;
    }
}
