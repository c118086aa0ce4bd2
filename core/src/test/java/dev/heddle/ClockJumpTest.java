package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Virtual time jumps if all wait for it, and only if nothing can come from outside before. */
class ClockJumpTest extends LoopFixture {

    /**
     * Lets {@code foreign} go on only after the loop has come to rest, and has been there twice.
     */
    private void afterTheLoopHasIdled(Runnable foreign) {
        var idled = new CountDownLatch(1);
        loop.callSoonThreadsafe(() -> {});
        loop.callSoonThreadsafe(() -> loop.callSoon(idled::countDown));
        try {
            idled.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        foreign.run();
    }

    @Test
    void sleepsTakeNoRealTimeAndShowExactTimes() {
        long begin = System.nanoTime();

        run(
                () -> {
                    sleep(Duration.ofDays(365));
                    assertThat(loop.time()).isEqualTo(365 * 86_400.0);
                    sleep(0.001);
                    assertThat(clock.nanoTime())
                            .isEqualTo(Duration.ofDays(365).plusMillis(1).toNanos());
                });

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofDays(1));
    }

    @Test
    void doesNotJumpWhileAJobIsInAnExecutor() {
        run(
                () -> {
                    Task<Void> sleeper = loop.createTask(() -> sleep(100));
                    Future<Double> job =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        double[] time = new double[1];
                                        afterTheLoopHasIdled(() -> time[0] = loop.time());
                                        return time[0];
                                    });

                    assertThat(job.await()).isZero();
                    assertThat(loop.time()).isZero();

                    sleeper.await();
                    assertThat(loop.time()).isEqualTo(100);
                });
    }

    @Test
    void doesNotJumpWhileATaskIsBlockedInTheJdk() {
        run(
                () -> {
                    Task<Void> sleeper = loop.createTask(() -> sleep(100));

                    Thread.sleep(20);

                    assertThat(loop.time()).isZero();
                    assertThat(sleeper.done()).isFalse();
                    sleeper.await();
                    assertThat(loop.time()).isEqualTo(100);
                });
    }

    @Test
    void doesNotJumpWhileACompletableFutureIsAwaited() {
        run(
                () -> {
                    Task<Void> sleeper = loop.createTask(() -> sleep(100));
                    var stage = new CompletableFuture<Double>();
                    Thread other =
                            Thread.ofPlatform()
                                    .start(
                                            () ->
                                                    afterTheLoopHasIdled(
                                                            () -> stage.complete(loop.time())));

                    assertThat(Asyncio.await(stage)).isZero();

                    sleeper.await();
                    other.join();
                });
    }

    @Test
    void doesNotJumpWhileAChannelIsWatched() throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);

            run(
                    () -> {
                        Task<Void> sleeper = loop.createTask(() -> sleep(100));
                        Future<Double> readable = loop.createFuture();
                        loop.addReader(
                                source,
                                () -> {
                                    loop.removeReader(source);
                                    readable.setResult(loop.time());
                                });
                        Thread other =
                                Thread.ofPlatform()
                                        .start(() -> afterTheLoopHasIdled(() -> write(sink)));

                        assertThat(readable.await()).isZero();

                        sleeper.await(); // jumps again, now that the channel is forgotten
                        assertThat(loop.time()).isEqualTo(100);
                        other.join();
                    });
        }
    }

    @Test
    void jumpsAgainWhenAWatchedChannelWasClosed() throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);

            run(
                    () -> {
                        loop.addReader(source, () -> {});
                        sleep(0);
                        source.close();
                        sleep(100);
                        assertThat(loop.time()).isEqualTo(100);
                        assertThat(loop.removeReader(source)).isTrue();
                        assertThat(sink.isOpen()).isTrue();
                    });
        }
    }

    private static void write(Pipe.SinkChannel sink) {
        try {
            sink.write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timersThatAreDueMeanwhileRunWhileSomethingIsExpected() {
        run(
                () -> {
                    var gate = new Semaphore(0);
                    Future<Boolean> job =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        gate.acquire();
                                        return true;
                                    });
                    Task<Void> sleeper = loop.createTask(() -> sleep(5));
                    sleep(0);

                    clock.advance(Duration.ofSeconds(5));
                    sleeper.await();
                    assertThat(loop.time()).isEqualTo(5);

                    gate.release();
                    assertThat(job.await()).isTrue();
                });
    }

    @Test
    void foreignThreadThatMovesTheClockMustWakeTheLoop() {
        run(
                () -> {
                    var gate = new Semaphore(0);
                    Future<Boolean> job =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        gate.acquire();
                                        return true;
                                    });
                    Thread other =
                            Thread.ofPlatform()
                                    .start(
                                            () ->
                                                    loop.callSoonThreadsafe(
                                                            () ->
                                                                    clock.advance(
                                                                            Duration.ofSeconds(
                                                                                    7))));

                    sleep(7);

                    assertThat(loop.time()).isEqualTo(7);
                    gate.release();
                    assertThat(job.await()).isTrue();
                    other.join();
                });
    }
}
