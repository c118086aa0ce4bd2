package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Thousands of random nestings of scopes, timeouts and groups do what a model of the rules says.
 *
 * <p>A failure names its seed; {@code -Ddev.heddle.random.seed=...} begins with it.
 */
class StructuredRandomTest extends LoopFixture {

    private static final long FIRST_SEED = Long.getLong("dev.heddle.random.seed", 1);
    private static final int PROGRAMS = Integer.getInteger("dev.heddle.random.programs", 10_000);

    private final Map<String, Integer> outcomes = new HashMap<>();

    @Test
    void everyNestingDoesWhatTheModelSays() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
            var program = new StructuredProgram(seed);
            List<String> expected = new StructuredModel(program).log;

            program.run(loop);

            assertThat(program.log)
                    .as("seed %d: %s, cancelled at %s", seed, program.blocksOfMain, program.cancels)
                    .isEqualTo(expected);
            assertThat(loop.allTasks()).as("tasks that seed %d has left", seed).isEmpty();
            program.log.forEach(this::count);
        }

        // All of this has happened, so that the comparison was not idle.
        assertThat(outcomes.keySet())
                .contains(
                        "scope caught",
                        "scope ended",
                        "limit timed out",
                        "limit ended",
                        "group failed",
                        "group ended",
                        "main cancelled",
                        "main ended",
                        "requests: 2");
        assertThat(outcomes.values()).allMatch(n -> n > 10);
    }

    private void count(String line) {
        String[] words = line.split(" ");
        String outcome =
                words[0].equals("requests:")
                        ? line
                        : line.replaceFirst("\\d+ ", "").replaceFirst(" (\\d+ times )?at .*", "");
        outcomes.merge(outcome, 1, Integer::sum);
    }
}
