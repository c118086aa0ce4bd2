package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Shuffle;
import dev.heddle.reactor.Clock;
import dev.heddle.stream.Connection;
import dev.heddle.stream.Streams;
import dev.heddle.testing.net.TraceEvent.Kind;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A loop that shuffles its timers does not shuffle the network. */
@Timeout(60)
class ShuffledLoopTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatHappensAtTheSameTimeInTheNetworkStaysInOrder(long seed) {
        var net = new SimulatedNetwork(seed);
        Host client = net.host("client");
        Host server = net.host("server");
        server.start(SimulationFixture::serveEcho);
        var notes = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            String text = "" + i;
            notes.add(text);
            net.at(Duration.ofSeconds(1), () -> net.note(text));
        }
        try (var loop =
                EventLoop.builder()
                        .clock(Clock.virtual())
                        .reactor(net.reactor())
                        .shuffle(Shuffle.of(seed))
                        .build()) {
            loop.runUntilComplete(
                    () -> {
                        client.createTask(
                                        () -> {
                                            try (Connection c =
                                                    Streams.openConnection("server", 80)) {
                                                c.write(new byte[50_000]);
                                                c.readExactly(50_000);
                                            }
                                        })
                                .await();
                        Asyncio.sleep(2);
                        net.crash(server);
                        Asyncio.sleep(1);
                    });
        }
        List<TraceEvent> trace = net.trace();

        assertThat(trace)
                .filteredOn(e -> e.kind() == Kind.NOTE)
                .extracting(TraceEvent::what)
                .isEqualTo(notes);
        assertThat(trace).noneMatch(e -> e.what().contains("again"));
    }
}
