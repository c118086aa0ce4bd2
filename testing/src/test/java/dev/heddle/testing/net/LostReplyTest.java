package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * What a network in memory is for: a client that asks again when the reply is lost has the counter
 * of the server count twice. Some seeds find it; the version that numbers its requests survives
 * all.
 */
@Timeout(60)
class LostReplyTest {

    private static final int SEEDS = 200;
    private static final int REQUESTS = 20;

    private static final Chaos BAD_DAYS =
            Chaos.NONE
                    .withTimes(
                            Delay.exponential(Duration.ofSeconds(2)),
                            Delay.uniform(Duration.ofMillis(10), Duration.ofSeconds(2)))
                    .withPartition(0.2)
                    .withOneWay(0.2)
                    .withReset(0.2);

    /** Counts; with {@code careful}, each number of a request once. */
    private static final class Counter {

        private final boolean careful;
        private final Set<String> known = new HashSet<>();
        int count;

        Counter(boolean careful) {
            this.careful = careful;
        }

        void serve() throws IOException {
            Streams.startServer(this::answer, null, 80).serveForever();
        }

        private void answer(Connection connection) {
            try {
                for (String id; (id = connection.readLine(StandardCharsets.UTF_8)) != null; ) {
                    if (known.add(id) || !careful) {
                        count++;
                    }
                    connection.write("done\n");
                }
            } catch (IOException e) {
                connection.abort(); // the client asks again
            }
        }
    }

    private static void addOne(int number) throws InterruptedException {
        while (true) {
            try (Connection connection = Streams.openConnection("server", 80)) {
                Asyncio.timeout(
                        1,
                        () -> {
                            connection.write(number + "\n");
                            if (connection.readLine(StandardCharsets.UTF_8) == null) {
                                throw new IOException("no reply");
                            }
                        });
                return;
            } catch (IOException | TimeoutException e) {
                Asyncio.sleep(0.1);
            }
        }
    }

    /** Returns to what the server has counted when the client has counted to {@link #REQUESTS}. */
    private static int countWith(long seed, boolean careful) {
        var net = new SimulatedNetwork(seed);
        Host server = net.host("server");
        Host client = net.host("client");
        var counter = new Counter(careful);
        server.start(counter::serve);
        net.chaos(BAD_DAYS, List.of(client, server), Duration.ofSeconds(10));
        try (var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build()) {
            loop.runUntilComplete(
                    () -> {
                        client.createTask(
                                        () -> {
                                            for (int i = 0; i < REQUESTS; i++) {
                                                addOne(i);
                                                Asyncio.sleep(0.5);
                                            }
                                        })
                                .await();
                        net.crash(server);
                        Asyncio.sleep(1);
                    });
        }
        return counter.count;
    }

    @Test
    void someSeedsFindTheBugAndTheSameOnesEachTime() {
        long first = -1;
        for (long seed = 0; seed < SEEDS && first < 0; seed++) {
            if (countWith(seed, false) != REQUESTS) {
                first = seed;
            }
        }

        assertThat(first).isNotNegative();
        assertThat(countWith(first, false)).isGreaterThan(REQUESTS);
        assertThat(countWith(first, false)).isEqualTo(countWith(first, false));
    }

    @Test
    void theFixedVersionSurvivesAllSeeds() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(countWith(seed, true)).as("seed %d", seed).isEqualTo(REQUESTS);
        }
    }
}
