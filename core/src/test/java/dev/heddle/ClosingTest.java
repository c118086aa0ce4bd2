package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.CountingReactor;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What a closed loop refuses, and when a loop cannot be closed. */
class ClosingTest extends LoopFixture {

    private static final AtomicBoolean RAN = new AtomicBoolean();

    @FunctionalInterface
    private interface Use {
        void of(EventLoop loop) throws Exception;
    }

    private static Named<Use> use(String name, Use use) {
        return Named.of(name, use);
    }

    private static void watch(EventLoop loop, boolean write) throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            if (write) {
                loop.addWriter(sink, () -> {});
            } else {
                loop.addReader(source, () -> {});
            }
        }
    }

    static Stream<Named<Use>> refused() {
        return Stream.of(
                use("callSoon", l -> l.callSoon(() -> RAN.set(true))),
                use("callSoonThreadsafe", l -> l.callSoonThreadsafe(() -> RAN.set(true))),
                use("callLater", l -> l.callLater(0, () -> RAN.set(true))),
                use("callAt", l -> l.callAt(0, () -> RAN.set(true))),
                use("createTask", l -> l.createTask(() -> RAN.getAndSet(true))),
                use("runCoroutineThreadsafe", l -> l.runCoroutineThreadsafe(() -> 1)),
                use("runForever", EventLoop::runForever),
                use("runUntilComplete of a future", l -> l.runUntilComplete(l.createFuture())),
                use("runUntilComplete", l -> l.runUntilComplete(() -> RAN.getAndSet(true))),
                use("drive", EventLoop::drive),
                use("addReader", l -> watch(l, false)),
                use("addWriter", l -> watch(l, true)),
                use("runInExecutor", l -> l.runInExecutor(null, () -> RAN.getAndSet(true))));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void closedLoopRefusesAllWork(Use use) {
        RAN.set(false);
        loop.close();

        assertThatThrownBy(() -> use.of(loop))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Event loop is closed")
                .hasMessageContaining("EventLoop(test, closed)");

        assertThat(loop.allTasks()).isEmpty();
        assertThat(RAN).isFalse();
    }

    @Test
    void closingAgainDoesNothing() {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().reactor(reactor));
        assertThat(counted.isClosed()).isFalse();

        counted.close();
        counted.close();
        onOtherThread(counted::close);

        assertThat(counted.isClosed()).isTrue();
        assertThat(reactor.isClosed()).isTrue();
    }

    @Test
    void removingFromAClosedLoopReturnsFalse() throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            loop.addReader(source, () -> {});
            loop.addWriter(sink, () -> {});

            loop.close();

            assertThat(loop.removeReader(source)).isFalse();
            assertThat(loop.removeWriter(sink)).isFalse();
        }
    }

    @Test
    void runningLoopCannotBeClosed() {
        loop.callSoon(loop::close);
        turns(1);
        assertThat(takeError().exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Cannot close a running event loop");

        run(
                () -> {
                    assertThatThrownBy(loop::close)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("Cannot close a running event loop");
                    onOtherThread(
                            () -> {
                                assertThatThrownBy(loop::close)
                                        .isInstanceOf(IllegalStateException.class);
                            });
                });

        assertThat(loop.isClosed()).isFalse();
    }

    @Test
    void drivenLoopCannotBeClosed() {
        try (var driver = loop.drive()) {
            assertThatThrownBy(loop::close).isInstanceOf(IllegalStateException.class);
            driver.processReady();
        }

        assertThat(loop.isClosed()).isFalse();
    }

    @Test
    void callbacksAndTimersAreForgotten() {
        List<String> seen = new ArrayList<>();
        loop.callSoon(() -> seen.add("soon"));
        loop.callLater(0, () -> seen.add("timer"));
        onOtherThread(() -> loop.callSoonThreadsafe(() -> seen.add("foreign")));

        loop.close();

        assertThat(seen).isEmpty();
        assertThat(loop.turn.nothingReady()).isTrue();
        assertThat(loop.turn.timers.size()).isZero();
    }

    @Test
    void loopMayBeClosedWhileAnotherRunsHere() {
        EventLoop other = open(EventLoop.builder());
        Task<Void> waiting = other.createTask(() -> sleep(1000));

        run(other::close);

        assertThat(other.isClosed()).isTrue();
        assertThat(waiting.cancelled()).isTrue();
        assertThat(takeError().task()).isSameAs(waiting);
    }

    @Test
    void loopMayBeClosedOnAVirtualThread() throws InterruptedException {
        run(() -> sleep(1));

        Thread.startVirtualThread(loop::close).join();

        assertThat(loop.isClosed()).isTrue();
    }

    @Test
    void failureThatNobodyHasRetrievedIsReportedAtTheLatestNow() {
        var error = new IOException("unseen");
        Future<String> future = loop.createFuture();
        future.setException(error);
        Task<String> task =
                loop.createTask(
                        () -> {
                            throw error;
                        });
        turns(1);
        assertThat(takeErrors()).isEmpty();

        loop.close();

        assertThat(takeErrors())
                .hasSize(2)
                .allMatch(c -> c.exception() == error)
                .allMatch(c -> c.message().contains("never retrieved"))
                .anyMatch(c -> c.message().contains(task.getName()));
    }

    @Test
    void futuresOfAClosedLoopKeepTheirOutcome() {
        Future<String> done = loop.createFuture();
        done.setResult("kept");
        Future<String> pending = loop.createFuture();

        loop.close();

        assertThat(done.result()).isEqualTo("kept");
        assertThat(pending.done()).isFalse();
        assertThat(pending.cancel()).isTrue();
    }
}
