package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.Reactor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;

/** How a group ends, by itself and by force. */
class LoopGroupCloseTest extends LoopGroupFixture {

    /** A task in each loop that runs until it is cancelled, and then {@code atEnd}. */
    private static void startOnAll(LoopGroup group, VoidCoroutine atEnd) {
        for (EventLoop loop : group.loops()) {
            var begun = new CompletableFuture<Boolean>();
            loop.runCoroutineThreadsafe(
                    () -> {
                        try {
                            begun.complete(true);
                            return sleep(1000, 1);
                        } finally {
                            atEnd.await();
                        }
                    });
            begun.join();
        }
    }

    @Test
    void tasksAreCancelledAndAwaited() {
        LoopGroup group = open(3);
        var ended = new AtomicInteger();
        startOnAll(
                group,
                () -> {
                    sleep(0.001);
                    ended.incrementAndGet();
                });

        group.close();

        assertThat(ended).hasValue(3);
        assertThat(group).hasToString("LoopGroup(%s, 3 loops, closed)".formatted(group.name()));
    }

    @Test
    void tasksThatEndMayStillCallOtherLoops() {
        LoopGroup group = open(3);
        List<EventLoop> loops = group.loops();
        var ended = new AtomicInteger();
        startOnAll(
                group,
                () -> {
                    for (EventLoop loop : loops) {
                        ended.addAndGet(LoopGroup.call(loop, () -> sleep(0.001, 1)));
                    }
                });

        group.close();

        assertThat(ended).hasValue(9);
    }

    @Test
    void calleeIsCancelledOnceByItsCaller() throws Exception {
        LoopGroup group = open(2);
        var begun = new CountDownLatch(1);
        var requests = new CompletableFuture<Integer>();
        group.loops()
                .get(0)
                .runCoroutineThreadsafe(
                        () ->
                                LoopGroup.call(
                                        group.loops().get(1),
                                        () -> {
                                            begun.countDown();
                                            try {
                                                return sleep(1000, 1);
                                            } finally {
                                                sleep(0.01); // a second cancel would cut it short
                                                requests.complete(currentTask().cancelling());
                                            }
                                        }));
        begun.await();

        group.close();

        assertThat(requests).isCompletedWithValue(1);
    }

    @Test
    void asyncGeneratorsAreClosed() {
        LoopGroup group = open(1);
        var closed = new AtomicBoolean();

        group.runOnAll(
                () -> {
                    AsyncGenerator<Integer, Void> numbers =
                            AsyncGenerator.of(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            closed.set(true);
                                        }
                                    });
                    numbers.next();
                });
        group.close();

        assertThat(closed).isTrue();
    }

    @Test
    void errorsWhileEndingAreReported() {
        LoopGroup group = open(1);
        var failure = new IOException("flush");
        startOnAll(
                group,
                () -> {
                    throw failure;
                });

        group.close();

        assertThat(takeErrors())
                .singleElement()
                .satisfies(error -> assertThat(error.exception()).isSameAs(failure));
    }

    @Test
    void closingTwiceAndFromManyThreadsIsTheSameAsOnce() throws Exception {
        LoopGroup group = open(2);
        List<FutureTask<Boolean>> closings = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var closing =
                    new FutureTask<>(
                            () -> {
                                group.close();
                                return group.loops().stream().allMatch(EventLoop::isClosed);
                            });
            closings.add(closing);
            Thread.ofPlatform().start(closing);
        }

        for (var closing : closings) {
            assertThat(closing.get()).isTrue();
        }
        group.close();
        group.shutdown();
    }

    @Test
    void closedGroupRefusesWork() {
        LoopGroup group = open(1);
        EventLoop loop = group.next();
        group.close();

        assertThat(group.isShutdown()).isTrue();
        assertRefuses(() -> group.next());
        assertRefuses(() -> group.submit(() -> 1));
        assertRefuses(() -> group.runOnAll(() -> 1));
        run(() -> assertRefuses(() -> LoopGroup.call(loop, () -> 1)));
    }

    private static void assertRefuses(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void whatWasSubmittedIsCancelled() {
        LoopGroup group = open(1);
        var begun = new CountDownLatch(1);
        var result =
                group.submit(
                        () -> {
                            begun.countDown();
                            sleep(1000);
                        });

        group.close();

        assertThat(result.isDone()).isTrue();
        assertThatThrownBy(result::get)
                .isInstanceOfAny(
                        java.util.concurrent.CancellationException.class, ExecutionException.class);
    }

    @Test
    void timeForClosingMayBeWithoutLimit() {
        LoopGroup group =
                open(LoopGroup.builder().loops(1).closeTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        var ended = new AtomicBoolean();
        startOnAll(
                group,
                () -> {
                    sleep(0.01);
                    ended.set(true);
                });

        group.close();

        assertThat(ended).isTrue();
    }

    @Test
    void timeForClosingMustNotBeNegative() {
        assertThatThrownBy(() -> LoopGroup.builder().closeTimeout(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("closeTimeout");
    }

    // ---------------------------------------------------------------- by whom

    @Test
    void ownTaskIsToldToShutDownInstead() {
        LoopGroup group = open(1);

        group.runOnAll(
                () ->
                        assertThatThrownBy(group::close)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("shutdown()"));

        assertThat(group.isShutdown()).isFalse();
    }

    @Test
    void ownTaskMayShutDown() {
        LoopGroup group = open(2);
        var ended = new AtomicBoolean();

        var result =
                group.submit(
                        () -> {
                            group.shutdown();
                            try {
                                sleep(1000);
                            } finally {
                                ended.set(true);
                            }
                        });

        assertThatThrownBy(result::join)
                .isInstanceOf(java.util.concurrent.CancellationException.class);
        group.close();
        assertThat(ended).isTrue();
    }

    @Test
    void taskOfAnotherLoopIsSuspendedMeanwhile() {
        LoopGroup group = open(2);
        var turn = new AtomicBoolean();

        run(
                () -> {
                    startOnAll(group, () -> sleep(0.001));
                    createTask(() -> turn.set(true));
                    group.close();
                });

        assertThat(turn).isTrue();
    }

    @Test
    void callbackIsToldThatItCannotWait() {
        LoopGroup group = open(1);

        run(
                () -> {
                    var told = Asyncio.<Throwable>createFuture();
                    Asyncio.getRunningLoop()
                            .callSoon(
                                    () -> {
                                        try {
                                            group.close();
                                        } catch (IllegalStateException e) {
                                            told.setResult(e);
                                        }
                                    });
                    assertThat(told.await()).hasMessageContaining("callback");
                });
    }

    @Test
    void interruptIsKeptForLater() {
        LoopGroup group = open(2);
        startOnAll(group, () -> sleep(0.001));

        Thread.currentThread().interrupt();
        group.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(group.loops()).allMatch(EventLoop::isClosed);
    }

    // ---------------------------------------------------------------- loops that fail

    @Test
    void loopThatFailsClosesTheGroupAndIsReported() {
        List<BreakableReactor> reactors = List.of(new BreakableReactor(), new BreakableReactor());
        LoopGroup group =
                open(
                        LoopGroup.builder()
                                .loops(2)
                                .loopFactory(
                                        i -> EventLoop.builder().reactor(reactors.get(i)).build()));
        List<Thread> threads = threadsOf(group);
        var ended = new AtomicInteger();
        startOnAll(group, ended::incrementAndGet);

        group.loops().get(1).callSoonThreadsafe(() -> reactors.get(1).broken = true);
        threads.forEach(LoopGroupCloseTest::join);

        assertThat(ended).hasValue(2);
        assertThat(group.failure()).isInstanceOf(UncheckedIOException.class);
        assertThat(takeErrors())
                .anySatisfy(error -> assertThat(error.exception()).isSameAs(group.failure()));
        assertThatThrownBy(group::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a loop failed")
                .cause()
                .isSameAs(group.failure());
    }

    /** A reactor that fails from some moment on, as one whose selector somebody has closed. */
    private static final class BreakableReactor implements Reactor {

        private final Reactor real;
        volatile boolean broken;

        BreakableReactor() {
            try {
                real = Reactor.nio();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Registration register(SelectableChannel channel, Object attachment)
                throws IOException {
            return real.register(channel, attachment);
        }

        @Override
        public void poll(long timeoutNanos, ObjIntConsumer<Object> ready) throws IOException {
            if (broken) {
                throw new IOException("the selector is broken");
            }
            real.poll(timeoutNanos, ready);
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        @Override
        public boolean watching() {
            return real.watching();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void loopThatIsStoppedClosesTheGroup() {
        LoopGroup group = open(2);
        List<Thread> threads = threadsOf(group);

        group.next().callSoonThreadsafe(() -> Asyncio.getRunningLoop().stop());
        threads.forEach(LoopGroupCloseTest::join);

        assertThat(group.failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was stopped");
        assertThat(takeErrors()).hasSize(1);
    }

    @Test
    void loopWhoseThreadIsInterruptedClosesItsTasksInOrder() throws InterruptedException {
        LoopGroup group = open(1);
        var ended = new AtomicBoolean();
        startOnAll(
                group,
                () -> {
                    sleep(0.001);
                    ended.set(true);
                });
        Thread thread = threadsOf(group).getFirst();

        // In a callback: when a task begins to run, the JDK clears the flag of the loop's thread.
        group.next().callSoonThreadsafe(thread::interrupt);
        thread.join();

        assertThat(ended).isTrue();
        assertThat(takeErrors()).hasSize(1);
    }

    // ---------------------------------------------------------------- by force

    @Test
    void taskThatRefusesToEndIsUnwound() {
        LoopGroup group = open(LoopGroup.builder().loops(2).closeTimeout(Duration.ofMillis(50)));
        var unwound = new AtomicInteger();
        startOnAll(
                group,
                () -> {
                    try {
                        while (!Asyncio.getRunningLoop().isClosing()) {
                            try {
                                sleep(0.01);
                            } catch (CancelledError e) {
                                // Refuses.
                            }
                        }
                    } finally {
                        unwound.incrementAndGet();
                    }
                });

        group.close();

        assertThat(unwound).hasValue(2);
        assertThat(takeErrors())
                .extracting(ErrorContext::message)
                .contains("Task was destroyed but it is pending!");
    }

    @Test
    void callbackThatBlocksALoopIsInterrupted() throws InterruptedException {
        LoopGroup group = open(LoopGroup.builder().loops(1).closeTimeout(Duration.ZERO));
        var begun = new CountDownLatch(1);
        group.next()
                .callSoonThreadsafe(
                        () -> {
                            begun.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException("interrupted", e);
                            }
                        });
        begun.await();

        group.close();

        assertThat(takeErrors())
                .extracting(ErrorContext::exception)
                .anySatisfy(e -> assertThat(e).hasMessage("interrupted"));
    }

    @Test
    void threadThatCannotBeEndedIsNamedWithItsStack() throws InterruptedException {
        LoopGroup group =
                LoopGroup.builder()
                        .loops(2)
                        .exceptionHandler((loop, error) -> {})
                        .closeTimeout(Duration.ZERO)
                        .build();
        List<Thread> threads = threadsOf(group);
        var begun = new CountDownLatch(1);
        var free = new AtomicBoolean();
        group.next()
                .callSoonThreadsafe(
                        () -> {
                            begun.countDown();
                            while (!free.get()) {
                                Thread.onSpinWait();
                            }
                        });
        begun.await();

        assertThatThrownBy(group::close)
                .isInstanceOf(IllegalStateException.class)
                .cause()
                .hasMessageContaining("heddle-" + group.name() + "-0")
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed()[0].getStackTrace())
                                        .anyMatch(
                                                frame ->
                                                        frame.getClassName()
                                                                .contains("LoopGroupCloseTest")));

        free.set(true);
        threads.forEach(LoopGroupCloseTest::join);
    }
}
