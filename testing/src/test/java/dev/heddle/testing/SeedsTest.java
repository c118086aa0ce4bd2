package dev.heddle.testing;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.heddle.Asyncio;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.Event;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

class SeedsTest {

    private static final List<String> RUNS = new ArrayList<>();

    @BeforeEach
    void forget() {
        RUNS.clear();
    }

    @AfterEach
    void noProperties() {
        System.clearProperty("heddle.seed");
        System.clearProperty("heddle.seeds");
    }

    static class Bug {

        @BeforeEach
        void before() {
            sleep(1);
        }

        @Seeds(50)
        void failsWithOneSeed(Seed seed) {
            RUNS.add("" + seed.value());
            assertNotEquals(17, seed.value());
        }

        @Seeds(of = {5, 3, 9})
        void passes(Seed seed) {
            RUNS.add("" + seed.value());
        }

        @Seeds(10)
        void leaves(Seed seed) {
            RUNS.add("" + seed.value());
            if (seed.value() == 4) {
                createTask(() -> sleep(5));
                sleep(1);
            }
        }
    }

    @Test
    void firstFailureEndsTheRunsAndTellsHowToReplayIt() {
        var tests = Samples.run(Bug.class, "failsWithOneSeed", Seed.class);

        assertThat(RUNS).hasSize(17).endsWith("17");
        Throwable failure = Samples.failures(tests).getFirst();
        assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("not equal");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0].toString())
                .isEqualTo(
                        "With seed 17. To replay it: -Dheddle.seed=17, as in: mvn test"
                                + " -Dtest='dev.heddle.testing.SeedsTest$Bug#failsWithOneSeed'"
                                + " -Dheddle.seed=17");
        assertThat(tests.failed().stream().map(Event::getTestDescriptor))
                .singleElement()
                .satisfies(test -> assertThat(test.getDisplayName()).isEqualTo("seed 17"));
    }

    @Test
    void seedsCanBeListed() {
        Samples.run(Bug.class, "passes", Seed.class).assertStatistics(s -> s.succeeded(3));

        assertThat(RUNS).containsExactly("5", "3", "9");
    }

    @Test
    void leftoversEndTheRunsToo() {
        var tests = Samples.run(Bug.class, "leaves", Seed.class);

        assertThat(RUNS).hasSize(4);
        assertThat(Samples.failures(tests).getFirst())
                .isInstanceOf(LeakError.class)
                .satisfies(e -> assertThat(e.getSuppressed()[0].toString()).contains("seed 4"));
    }

    @Test
    void propertyReplacesTheSeeds() {
        System.setProperty("heddle.seed", "42");

        Samples.run(Bug.class, "failsWithOneSeed", Seed.class)
                .assertStatistics(s -> s.succeeded(1));

        assertThat(RUNS).containsExactly("42");
    }

    @Test
    void propertySetsTheirNumber() {
        System.setProperty("heddle.seeds", "3");

        Samples.run(Bug.class, "failsWithOneSeed", Seed.class)
                .assertStatistics(s -> s.succeeded(3));

        assertThat(RUNS).containsExactly("1", "2", "3");
    }

    // ---------------------------------------------------------------- what the seed decides on

    static class Orders {

        @Seeds(30)
        void timers(Random random) {
            RUNS.add(orderOfTimers() + " " + random.nextInt());
        }

        @Seeds(30)
        @Shuffled(ready = true)
        void tasks() {
            RUNS.add(orderOfTasks());
        }

        @Seeds(30)
        void tasksInOrder() {
            RUNS.add(orderOfTasks());
        }

        @AsyncTest
        void plain(Random random, Seed seed) {
            RUNS.add(
                    "%s %s %d %d"
                            .formatted(
                                    orderOfTimers(),
                                    orderOfTasks(),
                                    random.nextInt(),
                                    seed.value()));
        }

        private static String orderOfTimers() {
            var order = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                int number = i;
                getRunningLoop().callLater(1, () -> order.append(number));
            }
            sleep(2);
            return order.toString();
        }

        private static String orderOfTasks() {
            var order = new StringBuilder();
            var step = new AtomicInteger();
            Asyncio.taskGroup(
                    group -> {
                        for (int i = 0; i < 5; i++) {
                            int number = i;
                            group.createTask(
                                    () -> {
                                        int mine = step.get();
                                        sleep(0);
                                        assertThat(step.get()).isGreaterThanOrEqualTo(mine);
                                        order.append(number);
                                    });
                        }
                    });
            return order.toString();
        }
    }

    @Test
    void timersWithEqualDeadlinesComeInAnyOrderAndTheSameSeedRepeatsIt() {
        Samples.run(Orders.class, "timers", Random.class).assertStatistics(s -> s.succeeded(30));
        List<String> first = List.copyOf(RUNS);
        RUNS.clear();
        Samples.run(Orders.class, "timers", Random.class).assertStatistics(s -> s.succeeded(30));

        assertThat(RUNS).isEqualTo(first);
        assertThat(first.stream().map(run -> run.split(" ")[0]).distinct()).hasSizeGreaterThan(20);
        assertThat(first.stream().map(run -> run.split(" ")[1]).distinct()).hasSize(30);
    }

    @Test
    void readyTasksAreShuffledOnDemandOnly() {
        Samples.run(Orders.class, "tasks").assertStatistics(s -> s.succeeded(30));
        List<String> shuffled = List.copyOf(RUNS);
        RUNS.clear();
        Samples.run(Orders.class, "tasksInOrder").assertStatistics(s -> s.succeeded(30));

        assertThat(shuffled.stream().distinct()).hasSizeGreaterThan(20);
        assertThat(RUNS).containsOnly("01234");
    }

    @Test
    void testWithoutSeedsIsAlwaysTheSame() {
        Samples.run(Orders.class, "plain", Random.class, Seed.class)
                .assertStatistics(s -> s.succeeded(1));
        Samples.run(Orders.class, "plain", Random.class, Seed.class)
                .assertStatistics(s -> s.succeeded(1));

        assertThat(RUNS.get(0)).startsWith("01234 01234 ").endsWith(" 0").isEqualTo(RUNS.get(1));
    }
}
