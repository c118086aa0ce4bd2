package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What runs in one turn, and in which order. */
class TurnOrderTest extends LoopFixture {

    private final List<Object> seen = new ArrayList<>();

    private Runnable note(Object what) {
        return () -> seen.add(what);
    }

    @Test
    void callbacksRunInTheOrderOfSchedulingOnceEach() {
        loop.callSoon(note("a"));
        loop.callSoon(note("b"));
        loop.callSoon(note("c"));

        turns(3);

        assertThat(seen).containsExactly("a", "b", "c");
    }

    @Test
    void callbackNeverRunsInsideTheCallThatSchedulesIt() {
        loop.callSoon(
                () -> {
                    loop.callSoon(note("scheduled"));
                    loop.callLater(-1, note("timer of the past"));
                    seen.add("scheduler ends");
                });

        turns(2);

        assertThat(seen).containsExactly("scheduler ends", "scheduled", "timer of the past");
    }

    @Test
    void turnRunsExactlyTheBatchThatWasReadyWhenItBegan() {
        loop.callSoon(
                () -> {
                    seen.add(1);
                    loop.callSoon(
                            () -> {
                                seen.add(3);
                                loop.callSoon(note(4));
                            });
                });
        loop.callSoon(note(2));

        turns(1);
        assertThat(seen).containsExactly(1, 2);
        turns(1);
        assertThat(seen).containsExactly(1, 2, 3);
        turns(1);
        assertThat(seen).containsExactly(1, 2, 3, 4);
    }

    @Test
    void whatADueTimerSchedulesWaitsForTheNextTurn() {
        loop.callLater(
                0,
                () -> {
                    seen.add("timer");
                    loop.callSoon(note("soon"));
                    loop.callLater(0, note("timer of a timer"));
                });

        turns(1);
        assertThat(seen).containsExactly("timer");
        turns(1);
        assertThat(seen).containsExactly("timer", "soon", "timer of a timer");
    }

    @Test
    void readyGoesBeforeIoAndIoBeforeTimers() throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);
            loop.addReader(source, note("I/O"));
            sink.write(ByteBuffer.wrap(new byte[1]));
            loop.callLater(0, note("timer"));
            loop.callSoon(note("ready"));

            turns(1);

            assertThat(seen).containsExactly("ready", "I/O", "timer");
            loop.removeReader(source);
        }
    }

    @Test
    void timersRunInTheOrderOfTheirDeadlines() {
        loop.callLater(3, note(3));
        loop.callLater(1, note(1));
        loop.callLater(2, note(2));

        run(() -> sleep(4));

        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void negativeDelaysRunInTheOrderOfTheirDeadlines() {
        loop.callLater(-1, note("a"));
        loop.callLater(-2, note("b"));

        turns(1);

        assertThat(seen).containsExactly("b", "a");
    }

    @Test
    void equalDeadlinesRunInTheOrderOfMaking() {
        List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
        for (int i : numbers) {
            loop.callAt(5, note(i));
            loop.callAt(7 + i % 3, () -> {}); // others in between
        }

        run(() -> sleep(6));

        assertThat(seen).containsExactlyElementsOf(List.copyOf(numbers));
    }

    @Test
    void equalDeadlinesStayInOrderAfterAPurge() {
        List<TimerHandle> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            crowd.add(loop.callAt(3 + i % 7, () -> seen.add("cancelled")));
            if (i % 10 == 0) {
                loop.callAt(5, note(i));
            }
        }
        crowd.forEach(Handle::cancel);

        run(() -> sleep(12));

        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).<Object>mapToObj(i -> i * 10).toList());
    }

    @Test
    void sleepersAndTimersOfOneDeadlineRunInTheOrderOfMaking() {
        loop.createTask(
                () -> {
                    sleep(1);
                    seen.add("sleeper 1");
                });
        loop.createTask(
                () -> {
                    loop.callLater(1, note("timer 2"));
                    sleep(1);
                    seen.add("sleeper 3");
                });

        run(() -> sleep(2));

        // A sleeper's timer puts the task behind what is due at the same time.
        assertThat(seen).containsExactly("timer 2", "sleeper 1", "sleeper 3");
    }

    @Test
    void timeStandsStillWhileAnythingCanRun() {
        loop.callLater(1, note("timer"));
        loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(note(loop.time()))));

        turns(5);

        assertThat(seen).containsExactly(0.0);

        clock.advance(Duration.ofSeconds(1));
        turns(1);

        assertThat(seen).containsExactly(0.0, "timer");
    }
}
