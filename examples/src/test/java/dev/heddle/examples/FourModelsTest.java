package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Not tested: that several processors are faster than one. The machine may have only one, or have
 * other things to do.
 */
class FourModelsTest {

    private static final Pattern HEAD = Pattern.compile("processors: (\\d+), best of 3 runs");
    private static final Pattern ROW =
            Pattern.compile(
                    "^  (\\S.{25}) +(\\d+) +(\\d+)[.,](\\d\\d) +(\\d+)[.,](\\d)$",
                    Pattern.MULTILINE);
    private static final Pattern DELAYS =
            Pattern.compile(
                    "late by (\\d+) ms; .* by (\\d+) ms, which is \\d+ times less", Pattern.DOTALL);

    private static ProgramRunner.Result result;
    private static int few;
    private static List<Row> primes;
    private static List<Row> waits;

    private record Row(String model, int result, double seconds, double speedUp) {

        static Row of(MatchResult match) {
            return new Row(
                    match.group(1).strip(),
                    Integer.parseInt(match.group(2)),
                    Double.parseDouble(match.group(3) + "." + match.group(4)),
                    Double.parseDouble(match.group(5) + "." + match.group(6)));
        }
    }

    @BeforeAll
    static void run() throws Exception {
        result = ProgramRunner.run(Duration.ofSeconds(100), "FourModels.java");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        var head = HEAD.matcher(result.out());
        assertThat(head.find()).as(result.out()).isTrue();
        few = Math.min(Integer.parseInt(head.group(1)), 8);
        List<Row> rows = ROW.matcher(result.out()).results().map(Row::of).toList();
        assertThat(rows).as(result.out()).hasSize(11);
        primes = rows.subList(0, 6);
        waits = rows.subList(6, 11);
    }

    @Test
    void everyModelCountsTheSamePrimes() {
        assertThat(primes.stream().map(Row::model))
                .containsExactly(
                        "one after the other",
                        "processes (" + few + ")",
                        "threads (" + few + ")",
                        "green threads (20)",
                        "tasks of a loop (20)",
                        "tasks with toThread (20)");
        assertThat(primes).allSatisfy(row -> assertThat(row.result()).isEqualTo(183_072));
    }

    @Test
    void everyModelServesItsWaitsAndNoneFasterThanItCan() {
        assertThat(waits.stream().map(Row::model))
                .containsExactly(
                        "one after the other",
                        "processes (" + few + ")",
                        "threads (100)",
                        "green threads (1000)",
                        "tasks of a loop (1000)");
        assertThat(waits.stream().map(Row::result)).containsExactly(3, 3 * few, 300, 1000, 1000);
        assertThat(waits.subList(0, 3))
                .allSatisfy(row -> assertThat(row.seconds()).isGreaterThanOrEqualTo(0.6));
        assertThat(waits.subList(3, 5))
                .allSatisfy(row -> assertThat(row.seconds()).isGreaterThanOrEqualTo(0.2));
    }

    @Test
    void aThousandTasksWaitAtTheSameTime() {
        Row tasks = waits.getLast();

        // 200 s one after the other, 25 s if eight of them waited at the same time.
        assertThat(tasks.seconds()).isLessThan(10);
        assertThat(tasks.speedUp()).isGreaterThan(20);
    }

    @Test
    void aLoopThatLeavesWorkToThreadsIsOnTime() {
        var delays = DELAYS.matcher(result.out());

        assertThat(delays.find()).as(result.out()).isTrue();
        double byTasks = Double.parseDouble(delays.group(1)) / 1000;
        double byThreads = Double.parseDouble(delays.group(2)) / 1000;
        assertThat(byTasks).isGreaterThan(primes.get(4).seconds() / 2);
        assertThat(byThreads).isLessThan(byTasks / 2);
    }
}
