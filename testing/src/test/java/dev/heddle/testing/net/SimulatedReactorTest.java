package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.reactor.Clock;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Test;

import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The reactor, and what the loop does with it. */
class SimulatedReactorTest extends SimulationFixture {

    @Test
    void anotherThreadWakesTheLoopUp() {
        run(
                () -> {
                    assertThat(Asyncio.toThread(() -> 42)).isEqualTo(42);
                    var done = new Future<String>(loop);
                    Thread.ofPlatform()
                            .start(() -> loop.callSoonThreadsafe(() -> done.setResult("woken")));
                    assertThat(done.await()).isEqualTo("woken"); // with no timer at all
                    assertThat(now()).isZero();
                });
    }

    @Test
    void whatIsReadyIsSeenBeforeTimeJumps() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("now"));
                    var timedOut = new boolean[1];
                    loop.callLater(0.0010001, () -> timedOut[0] = true);

                    assertThat(receive(pair.server())).isEqualTo("now");
                    assertThat(timedOut[0]).isFalse();
                    pair.close();
                });
    }

    @Test
    void readinessIsLevelTriggered() {
        run(
                () -> {
                    Pair pair = pair();
                    pair.client().write(bytes("abc"));
                    var read = new StringBuilder();
                    loop.addReader(
                            pair.server(),
                            () -> {
                                ByteBuffer one = ByteBuffer.allocate(1);
                                try {
                                    pair.server().read(one);
                                } catch (java.io.IOException e) {
                                    throw new AssertionError(e);
                                }
                                read.append((char) one.get(0));
                            });
                    Asyncio.sleep(1);

                    assertThat(read).hasToString("abc");
                    assertThat(loop.removeReader(pair.server())).isTrue();
                    pair.client().write(bytes("d"));
                    Asyncio.sleep(1);
                    assertThat(read).hasToString("abc");
                    loop.addWriter(pair.server(), () -> read.append("w"));
                    Asyncio.sleep(0);
                    Asyncio.sleep(0);
                    assertThat(read.toString()).startsWith("abcw");
                    loop.removeWriter(pair.server());
                    pair.close();
                });
    }

    @Test
    void realChannelsMayBeAmongThem() {
        run(
                () -> {
                    Pipe pipe = Pipe.open();
                    pipe.source().configureBlocking(false);
                    Pair pair = pair();
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (var sink = pipe.sink()) {
                                            sink.write(bytes("real"));
                                        } catch (java.io.IOException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
                    assertThat(Sockets.recv(pipe.source(), 10)).isEqualTo("real".getBytes());
                    pipe.source().close();
                    pair.client().write(bytes("simulated"));

                    assertThat(receive(pair.server())).isEqualTo("simulated");
                    pair.close();
                });
    }

    @Test
    void itRunsOnTheClockOfTheMachineToo() {
        var real = new SimulatedNetwork(1);
        try (var onClock =
                EventLoop.builder().clock(Clock.system()).reactor(real.reactor()).build()) {
            Duration time =
                    onClock.runUntilComplete(
                            () -> {
                                var listener = real.openServerSocket(StandardProtocolFamily.INET);
                                listener.configureBlocking(false);
                                listener.bind(null);
                                SocketChannel channel =
                                        real.openSocket(StandardProtocolFamily.INET);
                                channel.configureBlocking(false);
                                Sockets.connect(channel, listener.getLocalAddress());
                                channel.close();
                                listener.close();
                                return real.time();
                            });
            assertThat(time).isPositive();
        }
    }

    @Test
    void aNetworkHasOneLoop() {
        assertThatThrownBy(net::reactor)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one loop");
        var other = new SimulatedNetwork(1);
        run(
                () ->
                        assertThatThrownBy(
                                        () -> {
                                            var channel =
                                                    other.openSocket(StandardProtocolFamily.INET);
                                            channel.configureBlocking(false);
                                            loop.addReader(channel, () -> {});
                                        })
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("another network"));
    }

    @Test
    void otherThreadsMayNotUseIt() {
        var error = new AtomicReference<Throwable>();
        run(
                () ->
                        Asyncio.toThread(
                                () -> {
                                    try {
                                        net.openSocket(StandardProtocolFamily.INET);
                                    } catch (Throwable e) {
                                        error.set(e);
                                    }
                                }));

        assertThat(error.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("callSoonThreadsafe");
    }

    @Test
    void blockingChannelsAndSelectorsOfTheJdkAreRefused() {
        run(
                () -> {
                    SocketChannel channel = net.openSocket(StandardProtocolFamily.INET);
                    assertThatThrownBy(() -> loop.addReader(channel, () -> {}))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("configureBlocking");
                    channel.configureBlocking(false);
                    try (Selector selector = Selector.open()) {
                        assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_READ))
                                .isInstanceOf(IllegalSelectorException.class);
                    }
                    channel.close();
                });
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        var other = new SimulatedNetwork(1);
        var waiting = EventLoop.builder().clock(Clock.virtual()).reactor(other.reactor()).build();
        Thread thread = Thread.ofPlatform().start(waiting::runForever);
        thread.interrupt();
        thread.join();
        waiting.close();

        assertThat(waiting.isClosed()).isTrue();
    }

    @Test
    void closingTheLoopClosesWhatTransportsHave() {
        var other = new SimulatedNetwork(1);
        var closing = EventLoop.builder().clock(Clock.virtual()).reactor(other.reactor()).build();
        other.host("server").start(SimulationFixture::serveEcho);
        closing.setExceptionHandler((where, error) -> {}); // it is told of the tasks
        closing.runUntilComplete(
                () -> {
                    Asyncio.sleep(1);
                    other.host("client")
                            .createTask(
                                    () -> {
                                        var c =
                                                dev.heddle.stream.Streams.openConnection(
                                                        "server", PORT);
                                        c.write("x");
                                        c.readExactly(2);
                                    });
                    Asyncio.sleep(1);
                });
        assertThat(other.openChannels()).hasSize(3);
        closing.close();

        assertThat(other.openChannels()).isEmpty();
    }
}
