package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Future;
import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.Host;
import dev.heddle.testing.net.SimulatedNetwork;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Streams on the machine's network and on a simulated one keep the same contract. */
class NetworkStreamsTest {

    private static StreamPair connectTo(String host) throws Exception {
        Future<Connection> accepted = createFuture();
        try (StreamServer server =
                Streams.startServer(
                        connection -> {
                            connection.detach();
                            accepted.setResult(connection);
                        },
                        host,
                        0)) {
            Connection client = Streams.openConnection(host, server.port());
            return new StreamPair(client, accepted.await());
        }
    }

    @Nested
    @Loop(clock = Loop.Time.REAL)
    class TcpKeepsTheContract extends StreamContract {

        @Override
        protected StreamPair connect() throws Exception {
            return connectTo("127.0.0.1");
        }
    }

    @Nested
    class SimulatedTcpKeepsTheContract extends StreamContract {

        private Host server;
        private Host client;

        @BeforeEach
        void build(SimulatedNetwork network) {
            server = network.host("server");
            client = network.host("client");
        }

        @Override
        protected StreamPair connect() throws Exception {
            Future<Connection> accepted = createFuture();
            try (StreamServer listening =
                    server.run(
                            () ->
                                    Streams.startServer(
                                            connection -> {
                                                connection.detach();
                                                accepted.setResult(connection);
                                            },
                                            "server",
                                            7000))) {
                Connection made = client.run(() -> Streams.openConnection("server", 7000));
                return new StreamPair(made, accepted.await());
            }
        }
    }

    // ---------------------------------------------------------------- injected network

    @HeddleTest
    static class OnANetwork {

        @Test
        void canFail(SimulatedNetwork network, dev.heddle.EventLoop loop, Seed seed) {
            assertThat(loop.network()).isSameAs(network);
            assertThat(network.seed()).isEqualTo(seed.value());
            sleep(1);
            throw new IllegalStateException("on a network");
        }

        @Test
        void leavesASocket(SimulatedNetwork network) throws Exception {
            network.host("one")
                    .run(() -> Streams.startServer(connection -> {}, "one", 80).startServing());
        }
    }

    @Test
    void failureOnASimulatedNetworkTellsTheSeed() {
        var tests =
                Samples.run(
                        OnANetwork.class,
                        "canFail",
                        SimulatedNetwork.class,
                        dev.heddle.EventLoop.class,
                        Seed.class);

        assertThat(Samples.failures(tests).getFirst())
                .hasMessage("on a network")
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed()[0].toString())
                                        .startsWith("With seed 0."));
    }

    @Test
    void traceOfAFailureIsWrittenToTheDirectoryOfTheProperty(@TempDir Path directory)
            throws IOException {
        System.setProperty("heddle.trace", directory.resolve("traces").toString());
        try {
            Samples.run(OnANetwork.class, "leavesASocket", SimulatedNetwork.class);
        } finally {
            System.clearProperty("heddle.trace");
        }

        String name = "dev.heddle.testing.NetworkStreamsTest$OnANetwork.leavesASocket-seed-0";
        assertThat(directory.resolve("traces").resolve(name + ".txt")).isRegularFile();
        assertThat(Files.readString(directory.resolve("traces").resolve(name + ".html")))
                .contains("<svg");
    }

    @Test
    void socketLeftOpenOnASimulatedNetworkIsALeak() {
        var tests = Samples.run(OnANetwork.class, "leavesASocket", SimulatedNetwork.class);

        assertThat(Samples.failures(tests).getFirst())
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("open channel");
    }
}
