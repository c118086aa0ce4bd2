package dev.heddle;

import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/** A {@link Shuffle} changes the order where it is free, and nowhere else. */
class ShuffleTest extends LoopFixture {

    private EventLoop shuffled(Shuffle shuffle) {
        return open(EventLoop.builder().clock(Clock.virtual()).shuffle(shuffle));
    }

    private Set<List<String>> orders(Function<Shuffle, List<String>> program) {
        Set<List<String>> orders = new HashSet<>();
        LongStream.range(0, 50).forEach(seed -> orders.add(program.apply(Shuffle.of(seed))));
        return orders;
    }

    @Test
    void timersWithEqualDeadlinesRunInTheOrderOfTheSeed() {
        Set<List<String>> orders = orders(this::timers);

        assertThat(orders).hasSizeGreaterThan(10);
        assertThat(orders)
                .allSatisfy(
                        order ->
                                assertThat(order)
                                        .startsWith("early")
                                        .endsWith("late")
                                        .contains("a", "b", "c", "d")
                                        .hasSize(6));
        assertThat(timers(Shuffle.of(7))).isEqualTo(timers(Shuffle.of(7)));
    }

    private List<String> timers(Shuffle shuffle) {
        var log = new ArrayList<String>();
        shuffled(shuffle)
                .runUntilComplete(
                        () -> {
                            EventLoop here = Asyncio.getRunningLoop();
                            here.callAt(2, () -> log.add("late"));
                            for (String name : List.of("a", "b", "c", "d")) {
                                here.callAt(1, () -> log.add(name));
                            }
                            here.callAt(0.5, () -> log.add("early"));
                            sleep(3);
                        });
        return log;
    }

    @Test
    void timersKeepTheirOrderWithoutAShuffle() {
        assertThat(orders(shuffle -> timers(null)))
                .containsOnly(List.of("early", "a", "b", "c", "d", "late"));
    }

    @Test
    void readyTasksStayInOrderUnlessTheyAreToBeShuffled() {
        assertThat(orders(this::tasks)).containsOnly(List.of("a1", "b1", "c1", "a2", "b2", "c2"));

        Set<List<String>> orders = orders(shuffle -> tasks(shuffle.withReady()));

        assertThat(orders).hasSizeGreaterThan(10);
        assertThat(orders)
                .allSatisfy(
                        order -> {
                            assertThat(order).hasSize(6);
                            // turn by turn, and so each task after itself
                            assertThat(order.subList(0, 3))
                                    .containsExactlyInAnyOrder("a1", "b1", "c1");
                        });
    }

    private List<String> tasks(Shuffle shuffle) {
        var log = new ArrayList<String>();
        shuffled(shuffle)
                .runUntilComplete(
                        () ->
                                gather(
                                        () -> twice("a", log),
                                        () -> twice("b", log),
                                        () -> twice("c", log)));
        return log;
    }

    private static void twice(String name, List<String> log) {
        log.add(name + "1");
        sleep(0);
        log.add(name + "2");
    }

    @Test
    void callbacksStayInOrderAlsoIfTasksAreShuffled() {
        assertThat(orders(shuffle -> callbacks(shuffle.withReady())))
                .containsOnly(List.of("a", "b", "c", "d"));
    }

    private List<String> callbacks(Shuffle shuffle) {
        var log = new ArrayList<String>();
        EventLoop here = shuffled(shuffle);
        List.of("a", "b", "c", "d").forEach(name -> here.callSoon(() -> log.add(name)));
        turns(here, 1);
        return log;
    }

    @Test
    void channelsOfOnePollComeInTheOrderOfTheSeed() {
        Set<List<String>> orders = orders(this::channels);

        assertThat(orders).hasSizeGreaterThan(3);
        assertThat(orders)
                .allSatisfy(o -> assertThat(o).containsExactlyInAnyOrder("0", "1", "2", "3"));
    }

    private List<String> channels(Shuffle shuffle) {
        var log = new ArrayList<String>();
        EventLoop here = shuffled(shuffle);
        var pipes = new ArrayList<Pipe>();
        try {
            for (int i = 0; i < 4; i++) {
                String name = "" + i;
                Pipe pipe = Pipe.open();
                pipes.add(pipe);
                pipe.source().configureBlocking(false);
                pipe.sink().write(ByteBuffer.allocate(1));
                here.addReader(pipe.source(), () -> log.add(name));
            }
            turns(here, 1);
            for (Pipe pipe : pipes) {
                here.removeReader(pipe.source());
                pipe.source().close();
                pipe.sink().close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return log;
    }

    @Test
    void randomNumbersDependOnTheSeedAndThePurpose() {
        long one = Shuffle.of(1).random("x").nextLong();

        assertThat(Shuffle.of(1).random("x").nextLong()).isEqualTo(one);
        assertThat(Shuffle.of(2).random("x").nextLong()).isNotEqualTo(one);
        assertThat(Shuffle.of(1).random("y").nextLong()).isNotEqualTo(one);
    }
}
