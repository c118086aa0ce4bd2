package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;

/** shutdownDefaultExecutor, and what becomes of the executor when the loop is closed. */
class ExecutorShutdownTest extends LoopFixture {

    @Test
    void shutdownWaitsForTheJobs() {
        var gate = new Semaphore(0);
        var ended = new AtomicBoolean();
        run(
                () -> {
                    loop.runInExecutor(
                            null,
                            () -> {
                                gate.acquire();
                                ended.set(true);
                                return true;
                            });
                    loop.callSoon(gate::release);

                    loop.shutdownDefaultExecutor(null);

                    assertThat(ended).isTrue();
                });
    }

    @Test
    void shutdownWithoutAnExecutorDoesNothing() {
        run(() -> loop.shutdownDefaultExecutor(Duration.ofSeconds(5)));

        assertThat(loop.time()).isZero();
    }

    @Test
    void afterShutdownTheDefaultExecutorIsRefused() {
        try (ExecutorService own = Executors.newSingleThreadExecutor()) {
            run(
                    () -> {
                        loop.shutdownDefaultExecutor(null);

                        assertThatThrownBy(() -> loop.runInExecutor(null, () -> 1))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Executor shutdown has been called");
                        assertThatThrownBy(() -> Asyncio.toThread(() -> 1))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("Executor shutdown has been called");
                        assertThat(loop.runInExecutor(own, () -> "own").await()).isEqualTo("own");
                    });
        }
    }

    @Test
    void shutdownTwiceIsHarmless() {
        run(
                () -> {
                    loop.runInExecutor(null, () -> 1).await();
                    loop.shutdownDefaultExecutor(null);
                    loop.shutdownDefaultExecutor(null);
                });

        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void jobThatOutlastsTheTimeoutIsLeftAloneWithAWarning() {
        var gate = new Semaphore(0);
        try (var log = new LoopLog()) {
            run(
                    () -> {
                        Future<String> job =
                                loop.runInExecutor(
                                        null,
                                        () -> {
                                            gate.acquire();
                                            return "late";
                                        });

                        loop.shutdownDefaultExecutor(Duration.ofMillis(10));

                        assertThat(log.messages(Level.WARNING))
                                .singleElement()
                                .asString()
                                .contains("did not finish its jobs within PT0.01S")
                                .contains("EventLoop(test");
                        gate.release();
                        assertThat(job.await()).isEqualTo("late");
                    });
        }
    }

    @Test
    void shutdownOutsideOfATaskIsAnErrorAndChangesNothing() {
        run(() -> loop.runInExecutor(null, () -> 1).await());

        assertThatThrownBy(() -> loop.shutdownDefaultExecutor(null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shutdownDefaultExecutor");
        loop.callSoon(() -> loop.shutdownDefaultExecutor(null));
        turns(1);

        assertThat(takeError().exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shutdownDefaultExecutor");
        assertThat(run(() -> loop.runInExecutor(null, () -> "open").await())).isEqualTo("open");
    }

    /** An executor whose end another thread has to allow. */
    private static final class SlowToEnd extends AbstractExecutorService {

        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile boolean shutdown;

        @Override
        public void execute(Runnable command) {
            command.run();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            asked.countDown();
            mayEnd.await();
            return true;
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public java.util.List<Runnable> shutdownNow() {
            shutdown = true;
            return java.util.List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown && mayEnd.getCount() == 0;
        }
    }

    @Test
    void virtualTimeStandsStillWhileTheExecutorEnds() throws InterruptedException {
        var executor = new SlowToEnd();
        loop.setDefaultExecutor(executor);
        double[] seen = {-1};
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    var idled = new CountDownLatch(1);
                                    try {
                                        executor.asked.await();
                                        loop.callSoonThreadsafe(
                                                () -> loop.callSoon(idled::countDown));
                                        idled.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                    seen[0] = loop.time();
                                    executor.mayEnd.countDown();
                                });

        run(
                () -> {
                    loop.callLater(50, () -> {});
                    loop.shutdownDefaultExecutor(null);
                });

        other.join();
        assertThat(seen[0]).isZero();
        assertThat(loop.time()).isZero();
    }

    @Test
    void closingTheLoopShutsItsExecutorDownWithoutWaiting() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        loop.setDefaultExecutor(executor);
        var gate = new Semaphore(0);
        var job = run(() -> loop.runInExecutor(null, () -> gate.tryAcquire(1, TimeUnit.HOURS)));

        loop.close();

        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(job.done()).isFalse();
        gate.release();
        assertThat(executor).satisfies(e -> e.awaitTermination(1, TimeUnit.HOURS));
    }

    @Test
    void executorOfTheCallerIsNotShutDown() {
        try (ExecutorService own = Executors.newSingleThreadExecutor()) {
            run(() -> loop.runInExecutor(own, () -> 1).await());

            loop.close();

            assertThat(own.isShutdown()).isFalse();
        }
    }
}
