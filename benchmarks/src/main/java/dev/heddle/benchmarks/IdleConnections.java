package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.toThread;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;
import dev.heddle.sync.Event;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.Transport;
import dev.heddle.transport.Transports;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of the heap a connection takes that is open and does nothing, by a protocol or by
 * streams with a task each: {@code IdleConnections protocol|streams|both [CONNECTIONS]}. The
 * clients are in another process.
 */
public final class IdleConnections {

    private static final int DEFAULT_COUNT = 10_000;

    private final int count;
    private final Event allThere = new Event();
    private int there;

    private IdleConnections(int count) {
        this.count = count;
    }

    /** Prints the figures as JSON. */
    public static void main(String[] args) throws IOException {
        String mode = args.length > 0 ? args[0] : "both";
        int count = args.length > 1 ? Integer.parseInt(args[1]) : DEFAULT_COUNT;
        if (mode.equals("client")) {
            connect(Integer.parseInt(args[2]), count);
            return;
        }
        for (String kind : List.of("protocol", "streams")) {
            if (mode.equals("both") || mode.equals(kind)) {
                run(() -> new IdleConnections(count).measure(kind));
            }
        }
    }

    private void measure(String kind) throws Exception {
        ServerOptions limits = ServerOptions.DEFAULT.withMaxConnections(count + 1);
        try (var server =
                kind.equals("protocol")
                        ? Transports.createServer(Idle::new, "127.0.0.1", 0, limits)
                        : Streams.startServer(
                                this::waitForNothing,
                                "127.0.0.1",
                                0,
                                StreamOptions.DEFAULT.withServer(limits))) {
            long before = usedMemory();
            Process clients = toThread(() -> startClients(server.port()));
            allThere.await();
            long each = (usedMemory() - before) / count;
            System.out.printf(
                    "{\"kind\": \"%s\", \"connections\": %d, \"bytes\": %d}%n", kind, count, each);
            clients.destroyForcibly();
            toThread(() -> clients.waitFor());
            server.close();
            server.waitClosed();
        }
    }

    private void arrived() {
        if (++there == count) {
            allThere.set();
        }
    }

    private void waitForNothing(Connection connection) {
        arrived();
        try {
            connection.read(1);
        } catch (IOException e) {
            // The clients have been ended.
        }
    }

    private final class Idle implements Protocol {

        @Override
        public void connectionMade(Transport transport) {
            arrived();
        }

        @Override
        public void dataReceived(ByteBuffer data) {}
    }

    private Process startClients(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx256m",
                        IdleConnections.class.getName(),
                        "client",
                        Integer.toString(count),
                        Integer.toString(port))
                .inheritIO()
                .start();
    }

    private static void connect(int port, int count) throws IOException {
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        List<SocketChannel> connections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            connections.add(SocketChannel.open(server));
        }
        System.in.read(); // until it is ended
    }

    private static long usedMemory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
