package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A race whose runners start one after the other. */
class StaggeredRaceTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();
    private final List<String> late = new ArrayList<>();

    private StaggeredRace<String> race(Double delay, List<Coroutine<String>> runners) {
        Duration time = delay == null ? null : Duration.ofMillis(Math.round(delay * 1000));
        return run(() -> StaggeredRace.run(runners, time, late::add));
    }

    private void begin(String name) {
        log.add(name + " begins at " + loop.time());
    }

    private Coroutine<String> returning(String name, double after) {
        return () -> {
            begin(name);
            sleep(after);
            return name;
        };
    }

    private Coroutine<String> failing(String name, double after) {
        return () -> {
            begin(name);
            sleep(after);
            throw new IOException(name + " fails");
        };
    }

    @Test
    void raceOfNobodyHasNoWinner() {
        StaggeredRace<String> race = race(1.0, List.of());

        assertThat(race.winner()).isEmpty();
        assertThat(race.result()).isNull();
        assertThat(race.exceptions()).isEmpty();
        assertThatIllegalStateException().isThrownBy(race::orThrow);
    }

    @Test
    void firstOneThatReturnsInTimeWinsAndNobodyElseStarts() {
        StaggeredRace<String> race =
                race(5.0, List.of(returning("a", 1), returning("b", 1), returning("c", 1)));

        assertThat(race.winner()).isEqualTo(OptionalInt.of(0));
        assertThat(race.result()).isEqualTo("a");
        assertThat(race.orThrow()).isEqualTo("a");
        assertThat(race.exceptions()).hasSize(1).containsOnlyNulls();
        assertThat(log).containsExactly("a begins at 0.0");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void nextOneStartsAtOnceWhenOneFails() {
        StaggeredRace<String> race =
                race(50.0, List.of(failing("a", 1), failing("b", 2), returning("c", 3)));

        assertThat(race.winner()).isEqualTo(OptionalInt.of(2));
        assertThat(race.result()).isEqualTo("c");
        assertThat(race.exceptions()).hasSize(3);
        assertThat(race.exceptions().get(0)).hasMessage("a fails");
        assertThat(race.exceptions().get(1)).hasMessage("b fails");
        assertThat(race.exceptions().get(2)).isNull();
        assertThat(log).containsExactly("a begins at 0.0", "b begins at 1.0", "c begins at 3.0");
    }

    @Test
    void nextOneStartsAfterTheDelayAndTheOthersAreCancelledWhenItWins() {
        StaggeredRace<String> race = race(2.0, List.of(returning("a", 100), returning("b", 1)));

        assertThat(race.winner()).isEqualTo(OptionalInt.of(1));
        assertThat(race.result()).isEqualTo("b");
        assertThat(race.exceptions().get(0)).isInstanceOf(CancelledError.class);
        assertThat(race.exceptions().get(1)).isNull();
        assertThat(log).containsExactly("a begins at 0.0", "b begins at 2.0");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void firstOneMayStillWinAfterTheOthersHaveStarted() {
        StaggeredRace<String> race =
                race(2.0, List.of(returning("a", 5), returning("b", 100), returning("c", 100)));

        assertThat(race.winner()).isEqualTo(OptionalInt.of(0));
        assertThat(race.exceptions()).hasSize(3);
        assertThat(race.exceptions().subList(1, 3)).allMatch(e -> e instanceof CancelledError);
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void delayCountsFromTheStartOfTheOneBefore() {
        race(2.0, List.of(failing("a", 1), failing("b", 100), failing("c", 1), returning("d", 1)));

        assertThat(log)
                .containsExactly(
                        "a begins at 0.0", "b begins at 1.0", "c begins at 3.0", "d begins at 4.0");
    }

    @Test
    void failureOfAnEarlierOneDoesNotStartTheNext() {
        race(2.0, List.of(failing("a", 3), failing("b", 100), returning("c", 1)));

        assertThat(log).containsExactly("a begins at 0.0", "b begins at 2.0", "c begins at 4.0");
    }

    @Test
    void withoutADelayOnlyAFailureStartsTheNext() {
        StaggeredRace<String> race =
                race(null, List.of(failing("a", 500), returning("b", 1), returning("c", 1)));

        assertThat(race.result()).isEqualTo("b");
        assertThat(log).containsExactly("a begins at 0.0", "b begins at 500.0");
    }

    @Test
    void delayOfZeroStartsAll() {
        StaggeredRace<String> race =
                race(0.0, List.of(returning("a", 3), returning("b", 1), returning("c", 2)));

        assertThat(race.result()).isEqualTo("b");
        assertThat(log).containsExactly("a begins at 0.0", "b begins at 0.0", "c begins at 0.0");
    }

    @Test
    void raceThatAllLoseHasAllErrors() {
        StaggeredRace<String> race =
                race(1.0, List.of(failing("a", 5), failing("b", 2), failing("c", 1)));

        assertThat(race.winner()).isEmpty();
        assertThat(race.exceptions())
                .extracting(Throwable::getMessage)
                .containsExactly("a fails", "b fails", "c fails");
        assertThat(loop.time()).isEqualTo(5);
        var thrown = catchThrowableOfType(ExceptionGroup.class, race::orThrow);
        assertThat(thrown.leaves()).containsExactlyElementsOf(race.exceptions());
    }

    @Test
    void oneThatThrowsACancelledErrorItselfHasFailed() {
        Future<String> cancelled = loop.createFuture();
        cancelled.cancel("by someone");

        StaggeredRace<String> race =
                race(null, List.of(() -> cancelled.await(), returning("b", 1)));

        assertThat(race.result()).isEqualTo("b");
        assertThat(race.exceptions().get(0))
                .isInstanceOf(CancelledError.class)
                .hasMessage("by someone");
    }

    @Test
    void winnerMayReturnNull() {
        StaggeredRace<String> race = race(1.0, List.of(() -> null, returning("b", 1)));

        assertThat(race.winner()).isEqualTo(OptionalInt.of(0));
        assertThat(race.orThrow()).isNull();
    }

    @Test
    void eagerTasksRaceAsWell() {
        loop.setTaskFactory(TaskFactory.EAGER);
        List<Coroutine<String>> runners =
                List.of(
                        () -> {
                            throw new IOException("a fails");
                        },
                        () -> "b",
                        returning("c", 1));

        StaggeredRace<String> race = race(null, runners);

        assertThat(race.winner()).isEqualTo(OptionalInt.of(1));
        assertThat(race.result()).isEqualTo("b");
        assertThat(race.exceptions()).hasSize(2);
        assertThat(log).isEmpty();
    }

    @Test
    void ofTwoThatAreReadyAtTheSameTimeTheFirstWins() {
        StaggeredRace<String> race = race(0.0, List.of(returning("a", 1), returning("b", 1)));

        assertThat(race.result()).isEqualTo("a");
        assertThat(race.exceptions().get(1)).isInstanceOf(CancelledError.class);
        assertThat(late).isEmpty();
    }
}
