package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.Task;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.transport.Transports;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/** Programs that use streams run on the simulated network as they are. */
class StreamsOnSimulationTest extends SimulationFixture {

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void anEchoTakesTheRoundTripsThatTcpTakes() {
        server.start(SimulationFixture::serveEcho);

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        assertThat(now()).isEqualTo(millis(3)); // the name, and a handshake
                        connection.write("hello");

                        assertThat(text(connection.readExactly(5))).isEqualTo("hello");
                        assertThat(now()).isEqualTo(millis(5));
                    }
                });
    }

    @Test
    void aSlowReaderHoldsTheWriterUpWithBuffersThatAreBounded() {
        var data = new byte[3_000_000];
        new Random(7).nextBytes(data);
        var received = new byte[data.length];
        long[] written = {0};
        server.start(
                () -> {
                    StreamServer serving =
                            Streams.startServer(
                                    connection -> {
                                        Asyncio.sleep(60);
                                        connection.reader().readExactly(received);
                                        connection.write("done");
                                    },
                                    "",
                                    PORT,
                                    StreamOptions.DEFAULT.withoutTimeouts());
                    serving.serveForever();
                });

        runOnClient(
                () -> {
                    try (Connection connection =
                            Streams.openConnection(
                                    "server", PORT, StreamOptions.DEFAULT.withoutTimeouts())) {
                        Task<Void> writer =
                                client.createTask(
                                        () -> {
                                            for (int i = 0; i < data.length; i += 1000) {
                                                connection.write(data, i, 1000);
                                                written[0] += 1000;
                                            }
                                        });
                        Asyncio.sleep(59);
                        long heldUpAt = written[0];
                        writer.await();

                        assertThat(text(connection.readExactly(4))).isEqualTo("done");
                        assertThat(heldUpAt).isBetween(64_000L, 500_000L);
                        assertThat(received).isEqualTo(data);
                    }
                });
    }

    @Test
    void aHostThatReadsSlowlySlowsTheTransferDown() {
        server.start(SimulationFixture::serveEcho);
        net.slowReader(server, 10_000);

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        connection.write(new byte[50_000]);
                        connection.readExactly(50_000);
                    }
                });

        assertThat(now()).isBetween(Duration.ofMillis(4900), Duration.ofMillis(5200));
    }

    @Test
    void aResetInTheMiddleReachesBothSides() {
        Throwable[] atServer = {null};
        server.start(
                () ->
                        Streams.startServer(
                                        connection -> {
                                            try {
                                                connection.readExactly(1000);
                                            } catch (IOException e) {
                                                atServer[0] = e;
                                            }
                                        },
                                        null,
                                        PORT)
                                .serveForever());
        net.script().at(millis(500)).reset(client, server);

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        connection.write("a part");

                        assertThatThrownBy(() -> connection.read(10))
                                .isInstanceOf(SocketException.class)
                                .hasMessageContaining("Connection reset");
                    }
                    Asyncio.sleep(1);
                });

        assertThat(atServer[0]).isNotNull();
        assertThat(trace(Kind.FAULT)).contains("0.500000000 FAULT client:49152 → server:80 reset");
    }

    @Test
    void aStreamTimesOutInAPartitionAndGoesOnWhenItIsHealed() {
        server.start(SimulationFixture::serveEcho);

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        net.partition(client, server);
                        connection.write("lost?");
                        assertThatThrownBy(
                                        () -> Asyncio.timeout(5, () -> connection.readExactly(5)))
                                .isInstanceOf(TimeoutException.class);
                        assertThat(now()).isEqualTo(millis(5003));
                        net.heal(client, server);

                        assertThat(text(connection.readExactly(5))).isEqualTo("lost?");
                        assertThat(now()).isBetween(millis(5003), millis(12_000));
                    }
                });
    }

    @Test
    void oneWayPartitionLosesTheReplyOnly() {
        String[] got = {""};
        server.start(
                () ->
                        Streams.startServer(
                                        connection -> {
                                            got[0] = text(connection.readExactly(7));
                                            connection.write("done");
                                            connection.read(1);
                                        },
                                        null,
                                        PORT)
                                .serveForever());

        runOnClient(
                () -> {
                    Connection connection = Streams.openConnection("server", PORT);
                    net.partitionOneWay(server, client);
                    connection.write("request");
                    assertThatThrownBy(() -> Asyncio.timeout(5, () -> connection.readExactly(4)))
                            .isInstanceOf(TimeoutException.class);
                    connection.abort();
                    assertThat(got[0]).isEqualTo("request");
                });
    }

    @Test
    void aThousandClientsAtOneMomentAreServed() {
        server.start(SimulationFixture::serveEcho);

        runOnClient(
                () -> {
                    var tasks = new ArrayList<Task<Void>>();
                    for (int i = 0; i < 1000; i++) {
                        tasks.add(
                                client.createTask(
                                        () -> {
                                            try (Connection connection =
                                                    Streams.openConnection("server", PORT)) {
                                                connection.write("hello");
                                                connection.readExactly(5);
                                            }
                                        }));
                    }
                    tasks.forEach(Task::await);

                    assertThat(now()).isEqualTo(millis(5));
                });
    }

    @Test
    void filesAreSent(@TempDir Path dir) throws IOException {
        var content = new byte[300_000];
        new Random(9).nextBytes(content);
        Path file = Files.write(dir.resolve("file"), content);
        server.start(
                () ->
                        Streams.startServer(
                                        connection -> {
                                            try (var from = FileChannel.open(file)) {
                                                Transports.sendfile(
                                                        connection.writer().transport(),
                                                        from,
                                                        0,
                                                        null);
                                            }
                                        },
                                        null,
                                        PORT)
                                .serveForever());

        runOnClient(
                () -> {
                    try (Connection connection = Streams.openConnection("server", PORT)) {
                        assertThat(connection.reader().readAll(1_000_000)).isEqualTo(content);
                    }
                });
    }

    @Test
    void readTimeoutOfAStreamIsVirtualTime() {
        server.start(
                () ->
                        Streams.startServer(
                                        connection -> connection.read(1),
                                        "",
                                        PORT,
                                        StreamOptions.DEFAULT.withoutTimeouts())
                                .serveForever());

        runOnClient(
                () -> {
                    try (Connection connection =
                            Streams.openConnection(
                                    "server",
                                    PORT,
                                    StreamOptions.DEFAULT.withReadTimeout(Duration.ofHours(10)))) {
                        assertThatThrownBy(() -> connection.read(1))
                                .isInstanceOf(SocketTimeoutException.class);
                    }
                });

        assertThat(now()).isBetween(Duration.ofHours(10), Duration.ofHours(11));
    }

    @Test
    void connectionsToOneHostDoNotSeeThoseOfAnother() {
        Host other = net.host("other");
        server.start(SimulationFixture::serveEcho);
        other.start(
                () ->
                        Streams.startServer(connection -> connection.write("other"), null, PORT)
                                .serveForever());

        runOnClient(
                () -> {
                    List<String> answers =
                            Asyncio.gather(
                                    () -> {
                                        try (var c = Streams.openConnection("server", PORT)) {
                                            c.write("echo!");
                                            return text(c.readExactly(5));
                                        }
                                    },
                                    () -> {
                                        try (var c = Streams.openConnection("other", PORT)) {
                                            return text(c.readExactly(5));
                                        }
                                    });
                    assertThat(answers).containsExactly("echo!", "other");
                });
    }
}
