package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Losers that are slow to leave, and a race that is called off. */
class StaggeredRaceCancelTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();
    private final List<String> late = new ArrayList<>();

    private StaggeredRace<String> race(List<Coroutine<String>> runners) {
        return StaggeredRace.run(runners, Duration.ofSeconds(1), late::add);
    }

    private Coroutine<String> cleaningUp(String name, double seconds) {
        return () -> {
            try {
                return sleep(100, name);
            } finally {
                sleep(seconds);
                log.add(name + " cleaned up at " + loop.time());
            }
        };
    }

    @Test
    void raceWaitsForTheCleanUpOfTheLosers() {
        StaggeredRace<String> race =
                run(() -> race(List.of(cleaningUp("a", 5), () -> sleep(1, "b"))));

        assertThat(race.result()).isEqualTo("b");
        assertThat(log).containsExactly("a cleaned up at 7.0");
    }

    @Test
    void errorOfACleanUpIsInPlaceOfTheCancel() {
        StaggeredRace<String> race =
                run(
                        () ->
                                race(
                                        List.of(
                                                () -> {
                                                    try {
                                                        return sleep(100, "a");
                                                    } catch (CancelledError e) {
                                                        throw new IOException("clean-up", e);
                                                    }
                                                },
                                                () -> "b")));

        assertThat(race.result()).isEqualTo("b");
        assertThat(race.exceptions().getFirst()).hasMessage("clean-up");
    }

    @Test
    void loserThatReturnsInSpiteOfItsCancelIsLate() {
        StaggeredRace<String> race =
                run(() -> race(List.of(StaggeredRaceCancelTest::refusing, () -> "b")));

        assertThat(race.result()).isEqualTo("b");
        assertThat(late).containsExactly("refused");
        assertThat(race.exceptions().getFirst()).isInstanceOf(CancelledError.class);
    }

    @Test
    void cancelOfTheCallerCancelsAllAndWaitsForThem() {
        run(
                () -> {
                    Task<?> task =
                            createTask(
                                    () ->
                                            race(
                                                    List.of(
                                                            cleaningUp("a", 5),
                                                            cleaningUp("b", 3),
                                                            cleaningUp("never begun", 0))));
                    sleep(1.5);
                    task.cancel("outside");
                    Asyncio.wait(List.of(task));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("b cleaned up at 4.5", "a cleaned up at 6.5");
    }

    @Test
    void cancelOfTheCallerWhileTheLosersCleanUpHandsTheResultBack() {
        run(
                () -> {
                    Task<?> task = createTask(() -> race(List.of(cleaningUp("a", 5), () -> "b")));
                    sleep(3);
                    task.cancel("outside");
                    Asyncio.wait(List.of(task));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("a cleaned up at 6.0");
        assertThat(late).containsExactly("b");
    }

    @Test
    void scopeAroundTheRaceCancelsIt() {
        run(
                () -> {
                    CancelScope scope =
                            Asyncio.moveOnAfter(
                                    3, s -> race(List.of(cleaningUp("a", 5), cleaningUp("b", 5))));

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(3); // the clean-ups were cancelled as well
                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(log).isEmpty();
    }

    @Test
    void blockedRunnerIsInterrupted() {
        StaggeredRace<String> race =
                run(
                        () ->
                                StaggeredRace.run(
                                        List.of(
                                                () -> {
                                                    Thread.sleep(1_000_000);
                                                    return "a";
                                                },
                                                () -> "b"),
                                        Duration.ZERO,
                                        late::add));

        assertThat(race.result()).isEqualTo("b");
        assertThat(race.exceptions().getFirst())
                .isInstanceOf(CancelledError.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void keyboardInterruptLeavesTheRaceAsItIs() {
        var interrupt = new KeyboardInterrupt();
        Task<?> task =
                loop.createTask(
                        () ->
                                race(
                                        List.of(
                                                cleaningUp("a", 5),
                                                () -> {
                                                    throw interrupt;
                                                })));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> loop.runUntilComplete(task)).isSameAs(interrupt);
        }

        assertThat(task.exception()).isSameAs(interrupt);
        assertThat(log).containsExactly("a cleaned up at 6.0");
    }

    @Test
    void errorOfWhatTakesLateResultsIsThrown() {
        List<Coroutine<String>> runners = List.of(StaggeredRaceCancelTest::refusing, () -> "b");
        run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                StaggeredRace.run(
                                                        runners,
                                                        Duration.ofSeconds(1),
                                                        value -> {
                                                            late.add(value);
                                                            throw new IllegalStateException("late");
                                                        }))
                                .isInstanceOf(ExceptionGroup.class));

        assertThat(late).startsWith("refused");
    }

    private static String refusing() {
        try {
            return sleep(100, "a");
        } catch (CancelledError e) {
            return "refused";
        }
    }
}
