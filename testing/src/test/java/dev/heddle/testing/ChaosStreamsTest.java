package dev.heddle.testing;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.Asyncio.timeout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamServer;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.Chaos;
import dev.heddle.testing.net.Delay;
import dev.heddle.testing.net.LinkOptions;
import dev.heddle.testing.net.SimulatedNetwork;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/**
 * An echo server and its clients in a network where everything goes wrong for a minute: what comes
 * back is what was sent, every wait ends, and in the end all works again and nothing is left.
 */
class ChaosStreamsTest {

    private static final int PORT = 7;

    private int exchanges;
    private boolean over;

    @Seeds(60)
    @Shuffled(ready = true)
    @TimeLimit(virtual = "1h")
    void streamsSurviveChaos(SimulatedNetwork network, Random random) {
        var server = network.host("server");
        var client = network.host("client");
        network.linkAll(
                LinkOptions.DEFAULT
                        .withLatency(Delay.uniform(Duration.ofMillis(1), Duration.ofMillis(40)))
                        .withLoss(0.02)
                        .withDuplication(0.02));
        server.start(this::serve);
        client.start(() -> talk(random));

        network.chaos(Chaos.DEFAULT, List.of(server, client), Duration.ofSeconds(60));
        sleep(60);
        int before = exchanges;
        sleep(60);

        assertTrue(exchanges > before, "there was nothing more after the chaos");
        over = true;
        sleep(60);
        assertTrue(client.program().done(), "the clients go on");
    }

    private void serve() throws IOException {
        try (StreamServer server = Streams.startServer(ChaosStreamsTest::echo, null, PORT)) {
            server.serveForever();
        }
    }

    private static void echo(Connection connection) {
        try {
            for (byte[] part; (part = connection.read(5000)).length > 0; ) {
                connection.write(part);
            }
        } catch (IOException e) {
            // the client, or the way to it, is gone
        }
    }

    private void talk(Random random) {
        taskGroup(
                group -> {
                    for (int i = 0; i < 3; i++) {
                        long seed = random.nextLong();
                        group.createTask(() -> exchangeUntilOver(new Random(seed)));
                    }
                });
    }

    private void exchangeUntilOver(Random random) {
        while (!over) {
            try {
                timeout(10, () -> exchange(random));
            } catch (TimeoutException e) {
                // try again
            } catch (Exception e) {
                assertTrue(e instanceof IOException, () -> "not an IOException: " + e);
            }
            sleep(random.nextDouble());
        }
    }

    private void exchange(Random random) throws IOException {
        try (Connection connection = Streams.openConnection("server", PORT)) {
            for (int i = random.nextInt(5); i >= 0; i--) {
                var sent = new byte[1 + random.nextInt(20_000)];
                random.nextBytes(sent);
                connection.write(sent);
                assertArrayEquals(sent, connection.readExactly(sent.length));
                exchanges++;
            }
            connection.writeEof();
            assertEquals(0, connection.read(1).length);
        }
    }
}
