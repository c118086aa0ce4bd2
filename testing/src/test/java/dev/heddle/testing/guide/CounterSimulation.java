package dev.heddle.testing.guide;

import static dev.heddle.Asyncio.sleep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.testing.net.Delay;
import dev.heddle.testing.net.Host;
import dev.heddle.testing.net.LinkOptions;
import dev.heddle.testing.net.SimulatedNetwork;

import java.time.Duration;
import java.util.Random;

/** Three machines, a client and two servers, and a network that fails once for some seconds. */
final class CounterSimulation {

    private static final int ADDS = 5;

    /** How to make a server, with the bug or without it. */
    interface Maker {

        CounterServer make(CounterClient copy);
    }

    private CounterSimulation() {}

    static void run(SimulatedNetwork network, Random random, Maker maker) {
        Host client = network.host("client");
        Host primary = network.host("primary");
        Host backup = network.host("backup");
        network.linkAll(
                LinkOptions.DEFAULT.withLatency(
                        Delay.uniform(Duration.ofMillis(1), Duration.ofMillis(5))));

        CounterServer second = maker.make(null);
        CounterServer first = maker.make(new CounterClient("primary", "backup"));
        backup.start(second::run);
        primary.start(first::run);

        Duration begin = Duration.ofMillis(random.nextInt(20_000));
        Duration length = Duration.ofMillis(random.nextInt(5_000));
        network.script().at(begin).partition(client, primary).after(length).healAll();

        client.run(
                () -> {
                    try (var counters = new CounterClient("client", "primary")) {
                        for (int i = 0; i < ADDS; i++) {
                            sleep(4 * random.nextDouble());
                            counters.add("visits", 1);
                        }
                    }
                });

        assertEquals(ADDS, first.value("visits"), "visits at the primary");
        assertEquals(ADDS, second.value("visits"), "visits at the backup");
    }
}
