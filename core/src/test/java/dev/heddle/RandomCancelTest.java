package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.RandomProgram.OwnError;
import dev.heddle.RandomProgram.Root;
import dev.heddle.RandomProgram.Step;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Thousands of small random programs keep the rules of cancellation, whatever meets whatever.
 *
 * <p>A failure names its seed; {@code -Ddev.heddle.random.seed=...} begins with it.
 */
class RandomCancelTest extends LoopFixture {

    private static final long FIRST_SEED = Long.getLong("dev.heddle.random.seed", 1);
    private static final int PROGRAMS = Integer.getInteger("dev.heddle.random.programs", 10_000);

    private int cancelled;
    private int refused;
    private int timeouts;
    private int reported;
    private final int[] counts = new int[Step.values().length];

    @Test
    void everyProgramKeepsTheRules() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            try {
                runAndCheck(new RandomProgram(seed, loop));
            } catch (Throwable e) {
                throw new AssertionError("the program with seed " + seed, e);
            }
        }

        // All of this has happened, so that the checks were not idle.
        assertThat(List.of(cancelled, refused, timeouts, reported)).allMatch(n -> n > 0);
        assertThat(counts).doesNotContain(0);
    }

    private void runAndCheck(RandomProgram program) {
        run(program::main);
        turns(3); // for the callbacks of what was done last

        program.roots.forEach(this::check);
        assertThat(loop.allTasks()).as("tasks that are left").isEmpty();
        assertThat(loop.turn.nothingReady()).as("nothing is left in the ready queue").isTrue();
        assertThat(loop.turn.nextDeadline()).as("a timer that is left").isNull();
        checkReports(program);

        timeouts += program.timeouts;
        program.counts.forEach((step, n) -> counts[step.ordinal()] += n);
    }

    private void check(Root root) {
        Task<Integer> task = root.task;
        assertThat(task.done()).as("%s is done", task).isTrue();
        assertThat(task.cancelling()).as("requests of %s", task).isEqualTo(root.requests);
        if (task.cancelled()) {
            assertThat(root.requests).as("%s was asked to end", task).isPositive();
            cancelled++;
        } else if (!root.refuses) {
            Throwable error = task.exception();
            assertThat(error == null || error instanceof OwnError).as("%s", error).isTrue();
            if (error == null) {
                assertThat(root.requests).as("cancels that %s has lost", task).isZero();
            }
        }
        refused += root.refused;
    }

    /**
     * Each failure in a shield was either received by the one who waited, or reported once. What
     * else was reported came out of a gathering when the one who waited had been cancelled.
     */
    private void checkReports(RandomProgram program) {
        List.copyOf(loop.unretrieved).forEach(FailureReport::report);
        var errors = new ArrayList<Throwable>();
        takeErrors().forEach(report -> errors.add(report.exception()));
        reported += errors.size();

        var expected = new HashSet<>(program.raisedInShields);
        expected.removeAll(program.received);
        assertThat(errors)
                .as("reported errors")
                .hasOnlyElementsOfTypes(OwnError.class)
                .doesNotHaveDuplicates()
                .noneMatch(program.received::contains)
                .containsAll(expected);
    }
}
