package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Base of the tests of the simulated network: a network of two hosts, client and server, on a loop
 * in virtual time.
 *
 * <p>A test fails if it leaves a task or an open socket, or if the loop's exception handler was
 * told of an error that the test has not taken.
 */
@Timeout(60)
abstract class SimulationFixture {

    static final int PORT = 80;

    private final List<ErrorContext> errors = new ArrayList<>();

    final SimulatedNetwork net = new SimulatedNetwork(options());
    final VirtualClock clock = Clock.virtual();
    final EventLoop loop =
            EventLoop.builder()
                    .name("test")
                    .clock(clock)
                    .reactor(net.reactor())
                    .exceptionHandler((where, error) -> errors.add(error))
                    .build();
    final Host client = net.host("client");
    final Host server = net.host("server");

    /** When the body of the test was over. */
    private Duration ended;

    /** Two connected channels. */
    record Pair(SocketChannel client, SocketChannel server) {

        void close() throws IOException {
            client.close();
            server.close();
        }
    }

    NetworkOptions options() {
        return NetworkOptions.DEFAULT.withSeed(1);
    }

    /** Runs {@code body} as a task of no host, then switches all hosts off. */
    final void run(VoidCoroutine body) {
        loop.runUntilComplete(
                () -> {
                    try {
                        body.await();
                    } finally {
                        ended = net.time();
                        net.hosts().forEach(net::crash);
                        for (int i = 0; i < 20 && loop.allTasks().size() > 1; i++) {
                            Asyncio.sleep(0);
                        }
                    }
                });
    }

    /** Same as {@link #run}, with {@code body} on the client. */
    final void runOnClient(VoidCoroutine body) {
        run(() -> client.createTask(body).await());
    }

    final void on(Host host, VoidCoroutine body) {
        host.run(body);
    }

    final <T> T on(Host host, Coroutine<T> body) {
        return host.run(body);
    }

    // ---------------------------------------------------------------- plain channels

    final ServerSocketChannel listen(Host host, int port, int backlog) {
        return host.run(
                () -> {
                    var channel = net.openServerSocket(StandardProtocolFamily.INET);
                    channel.configureBlocking(false);
                    channel.bind(new InetSocketAddress(port), backlog);
                    return channel;
                });
    }

    final SocketChannel open(Host host) {
        return host.run(
                () -> {
                    var channel = net.openSocket(StandardProtocolFamily.INET);
                    channel.configureBlocking(false);
                    return channel;
                });
    }

    final InetSocketAddress at(Host host, int port) {
        return new InetSocketAddress(host.address(), port);
    }

    final SocketChannel connect(Host from, Host to, int port) throws IOException {
        SocketChannel channel = open(from);
        Sockets.connect(channel, at(to, port));
        return channel;
    }

    /** Connects the client with the server. */
    final Pair pair() throws IOException {
        try (ServerSocketChannel listener = listen(server, PORT, 10)) {
            SocketChannel one = connect(client, server, PORT);
            SocketChannel other = Sockets.accept(listener);
            other.configureBlocking(false);
            return new Pair(one, other);
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static String receive(SocketChannel channel) throws IOException {
        return new String(Sockets.recv(channel, 100_000), StandardCharsets.UTF_8);
    }

    /** Reads at once; null if there is nothing. */
    static String readNow(SocketChannel channel) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(100_000);
        int n = channel.read(target);
        return n == 0
                ? null
                : n < 0 ? "<end>" : new String(target.array(), 0, n, StandardCharsets.UTF_8);
    }

    // ---------------------------------------------------------------- streams

    /** A server that sends back what it gets, for ever, and bears broken connections. */
    static void serveEcho() throws IOException {
        StreamServer echo = Streams.startServer(SimulationFixture::echo, null, PORT);
        echo.serveForever(Duration.ofSeconds(1));
    }

    private static void echo(Connection connection) {
        var buffer = new byte[10_000];
        try {
            for (int n; (n = connection.read(buffer)) > 0; ) {
                connection.write(buffer, 0, n);
            }
        } catch (IOException e) {
            connection.abort();
        }
    }

    // ---------------------------------------------------------------- what has happened

    final Duration now() {
        return ended == null ? net.time() : ended;
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    final List<String> trace(Kind... kinds) {
        return net.trace().stream()
                .filter(event -> List.of(kinds).contains(event.kind()))
                .map(TraceEvent::toString)
                .toList();
    }

    final List<ErrorContext> takeErrors() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    @AfterEach
    final void nothingIsLeft() {
        var pending = new ArrayList<String>();
        loop.allTasks().forEach(task -> pending.add(task.toString()));
        var open = new ArrayList<String>();
        net.openChannels().forEach(channel -> open.add(channel.toString()));
        List<ErrorContext> reported = takeErrors();
        loop.close();

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(open).as("sockets that the test has left open").isEmpty();
        assertThat(reported).as("errors that the test did not expect").isEmpty();
        assertThat(errors).as("errors reported when the loop was closed").isEmpty();
    }
}
