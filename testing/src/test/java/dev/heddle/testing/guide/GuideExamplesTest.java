package dev.heddle.testing.guide;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.testing.Testing.assertCheckpoints;
import static dev.heddle.testing.Testing.waitAllTasksBlocked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.EventLoop;
import dev.heddle.reactor.VirtualClock;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.sync.Queue;
import dev.heddle.testing.AsyncTest;
import dev.heddle.testing.HeddleTest;
import dev.heddle.testing.LoopErrors;
import dev.heddle.testing.MemoryStreams;
import dev.heddle.testing.Seeds;
import dev.heddle.testing.Sequencer;
import dev.heddle.testing.Shuffled;
import dev.heddle.testing.net.Delay;
import dev.heddle.testing.net.LinkOptions;
import dev.heddle.testing.net.SimulatedNetwork;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** What docs/testing.md shows; {@link GuideTest} sees to it that the two agree. */
class GuideExamplesTest {

    @AsyncTest
    void anHourIsOver(EventLoop loop) {
        sleep(3600);
        assertEquals(3600, loop.time());
    }

    @HeddleTest
    static class QueueTest {

        private final Queue<String> queue = new Queue<>(1);

        @Test
        void putWaitsForRoom() {
            var writer =
                    createTask(
                            () -> {
                                queue.put("a");
                                queue.put("b");
                            });

            waitAllTasksBlocked();
            assertFalse(writer.done());

            assertEquals("a", queue.get());
            writer.await();
            assertEquals("b", queue.get());
        }

        @Test
        void getTimesOutExactly(VirtualClock clock) {
            assertThrows(TimeoutException.class, () -> timeout(30, () -> queue.get()));
            assertEquals(Duration.ofSeconds(30).toNanos(), clock.nanoTime());
        }

        @Test
        void getCanBeCancelled() {
            queue.putNowait("there");
            queue.get();
            assertThrows(AssertionError.class, () -> assertCheckpoints(() -> queue.empty()));
        }
    }

    @AsyncTest
    void failureOfABackgroundTaskIsExpected(LoopErrors errors) {
        createTask(
                () -> {
                    throw new IOException("disk full");
                });
        sleep(1);
        assertEquals("disk full", errors.takeOne(IOException.class).getMessage());
    }

    @AsyncTest
    void interleavingIsForced() {
        var log = new ArrayList<String>();
        var order = new Sequencer();
        gather(
                () -> {
                    order.step(0, () -> log.add("first reads"));
                    order.step(2, () -> log.add("first writes"));
                },
                () -> order.step(1, () -> log.add("second reads")));
        assertEquals(List.of("first reads", "second reads", "first writes"), log);
    }

    @Seeds(100)
    @Shuffled(ready = true)
    void whoeverComesFirst() {
        var winners = new ArrayList<String>();
        gather(() -> winners.add("a"), () -> winners.add("b"), () -> winners.add("c"));
        assertEquals(3, winners.size());
    }

    @AsyncTest
    void greetsWithoutANetwork() throws IOException {
        try (var pair = MemoryStreams.lockstepPair()) {
            var server = createTask(() -> greet(pair.right()));
            pair.left().write("ann\n");
            assertEquals("hello ann", pair.left().readLine(StandardCharsets.UTF_8));
            pair.left().close();
            server.await();
        }
    }

    private static void greet(Connection connection) throws IOException {
        for (String name; (name = connection.readLine(StandardCharsets.UTF_8)) != null; ) {
            connection.write("hello " + name + "\n");
        }
    }

    @AsyncTest
    void greetsAcrossTheOcean(SimulatedNetwork network, EventLoop loop) {
        var server = network.host("server");
        var client = network.host("client");
        network.link(
                server,
                client,
                LinkOptions.DEFAULT.withLatency(Delay.constant(Duration.ofMillis(80))));

        server.start(
                () -> {
                    try (var listening = Streams.startServer(GuideExamplesTest::greet, null, 80)) {
                        listening.serveForever();
                    }
                });
        sleep(1);

        client.run(
                () -> {
                    double begin = loop.time();
                    try (var connection = Streams.openConnection("server", 80)) {
                        connection.write("bob\n");
                        assertEquals("hello bob", connection.readLine(StandardCharsets.UTF_8));
                    }
                    assertTrue(loop.time() - begin >= 0.32); // there and back, twice
                });
    }
}
