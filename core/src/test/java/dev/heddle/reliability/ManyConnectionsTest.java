package dev.heddle.reliability;

import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.sync.Event;
import dev.heddle.transport.ServerOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;

/**
 * Ten thousand connections at once on one loop. The clients are in another process, as a process
 * may not open as many files as both sides need.
 */
class ManyConnectionsTest {

    private static final int CONNECTIONS = 10_000;

    /** The socket and its key, the transport, both streams, the task and its stack. */
    private static final long MOST_BYTES_EACH = 8_000;

    private final Event allThere = new Event();
    private int accepted;
    private int served;

    @Test
    @Timeout(120)
    void tenThousandConnectionsAreServed() {
        run(
                () -> {
                    ServerOptions limits =
                            ServerOptions.DEFAULT.withMaxConnections(CONNECTIONS + 1);
                    StreamServer server =
                            Streams.startServer(
                                    this::echo,
                                    "127.0.0.1",
                                    0,
                                    StreamOptions.DEFAULT.withServer(limits));
                    long before = usedMemory();
                    Process clients = toThread(() -> startClients(server.port()));
                    try (BufferedReader output = clients.inputReader();
                            Writer input = clients.outputWriter()) {
                        assertThat(toThread(output::readLine)).isEqualTo("connected");
                        allThere.await();
                        assertThat(server.server().connections()).isEqualTo(CONNECTIONS);
                        long each = (usedMemory() - before) / CONNECTIONS;
                        input.append("go\n").flush();

                        assertThat(toThread(output::readLine)).isEqualTo("echoed " + CONNECTIONS);
                        assertThat(toThread(() -> clients.waitFor())).isZero();
                        assertThat(each).isLessThan(MOST_BYTES_EACH);
                    } finally {
                        clients.destroyForcibly();
                    }
                    server.close();
                    server.waitClosed();
                    assertThat(served).isEqualTo(CONNECTIONS);
                    assertThat(getRunningLoop().openChannels()).isEmpty();
                });
    }

    private void echo(Connection connection) throws IOException {
        if (++accepted == CONNECTIONS) {
            allThere.set();
        }
        for (byte[] line; (line = connection.readLine()).length > 0; ) {
            connection.write(line);
        }
        served++;
    }

    private static Process startClients(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx256m",
                        ManyClients.class.getName(),
                        Integer.toString(port),
                        Integer.toString(CONNECTIONS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
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
