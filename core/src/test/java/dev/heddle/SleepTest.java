package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Sleep suspends a task for exactly its time; no time lets the others run once. */
class SleepTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    @Test
    void sleepTakesItsTimeInTheLoopsClock() {
        run(
                () -> {
                    sleep(1.5);
                    assertThat(loop.time()).isEqualTo(1.5);
                    sleep(Duration.ofMillis(250));
                    assertThat(loop.time()).isEqualTo(1.75);
                    sleep(1e-9);
                    assertThat(clock.nanoTime()).isEqualTo(1_750_000_001);
                });
    }

    @Test
    void sleepReturnsItsResult() {
        assertThat(run(() -> sleep(1, "result"))).isEqualTo("result");
        assertThat(run(() -> sleep(0, "result"))).isEqualTo("result");
        assertThat(run(() -> sleep(1, (String) null))).isNull();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -1, Double.NEGATIVE_INFINITY, 1e-10})
    void noTimeLetsEverythingRunThatIsReadyOnce(double seconds) {
        loop.callSoon(() -> log.add("before"));
        Task<Integer> task =
                loop.createTask(
                        () -> {
                            loop.callSoon(
                                    () -> {
                                        log.add("during");
                                        loop.callSoon(() -> log.add("after"));
                                    });
                            int result = sleep(seconds, 10);
                            log.add("slept");
                            return result;
                        });

        turns(2);

        assertThat(log).containsExactly("before", "during", "slept");
        assertThat(task.result()).isEqualTo(10);
        turns(1);
        assertThat(log).endsWith("after");
        assertThat(loop.time()).isZero();
    }

    @Test
    void durationOfZeroOrLessIsNoTimeToo() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            sleep(Duration.ZERO);
                            sleep(Duration.ofSeconds(-5));
                            sleep(Duration.ofSeconds(Long.MIN_VALUE));
                        });

        turns(3);
        assertThat(task.done()).isFalse();
        turns(1);

        assertThat(task.done()).isTrue();
    }

    @Test
    void notANumberIsNoTime() {
        run(
                () ->
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> sleep(Double.NaN))
                                .withMessageContaining("NaN"));
    }

    @Test
    void endlessSleepEndsWithACancel() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(3600, () -> sleep(Double.POSITIVE_INFINITY)));
                    Task<Void> task = createTask(() -> sleep(Duration.ofSeconds(Long.MAX_VALUE)));
                    sleep(1e6);
                    assertThat(task.done()).isFalse();
                    task.cancel();
                });

        assertThat(loop.time()).isEqualTo(1_003_600);
    }

    @Test
    void endlessSleepKeepsVirtualTimeStill() {
        Task<Void> task = loop.createTask(() -> sleep(Double.POSITIVE_INFINITY));
        turns(1);

        try (var driver = loop.drive()) {
            assertThat(driver.idleTime()).as("until something arrives").isNull();
        }

        assertThat(loop.time()).isZero();
        task.cancel();
        turns(1);
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void sleepersWakeInTheOrderOfTheirTimesThenOfTheirMaking() {
        run(
                () -> {
                    for (double seconds : new double[] {3, 1, 2, 1, 3}) {
                        int number = log.size();
                        log.add("");
                        createTask(
                                () -> {
                                    sleep(seconds);
                                    log.add(seconds + " of " + number);
                                });
                    }
                    log.clear();
                    sleep(10);
                });

        assertThat(log).containsExactly("1.0 of 1", "1.0 of 3", "2.0 of 2", "3.0 of 0", "3.0 of 4");
    }

    @Test
    void cancelledSleepLeavesNoTimer() {
        Task<Void> task = loop.createTask(() -> sleep(1000));
        turns(1);
        assertThat(loop.turn.nextDeadline()).isEqualTo(1_000_000_000_000L);

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(loop.turn.nextDeadline()).isNull();
    }

    @Test
    void tenThousandCancelledSleepsLeaveNoTimers() {
        run(
                () -> {
                    for (int i = 0; i < 10_000; i++) {
                        Task<Void> task = createTask(() -> sleep(1000));
                        sleep(0);
                        task.cancel();
                    }
                    sleep(0);
                    assertThat(loop.turn.timers.size()).isLessThan(200);
                });
    }

    @Test
    void sleepNeedsATask() {
        assertThatIllegalStateException()
                .isThrownBy(() -> sleep(1))
                .withMessageContaining("no running event loop");
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> sleep(1))
                                .withMessageContainingAll("sleep", "callback"));

        turns(1);
    }

    @Test
    void sleepOfTheJdkSuspendsTheTaskAndNotTheLoop() {
        run(
                () -> {
                    Task<Void> sleeper =
                            createTask(
                                    () -> {
                                        Thread.sleep(20);
                                        log.add("slept in " + currentTask().getName());
                                    });
                    while (!sleeper.done()) {
                        sleep(0);
                        log.add("turn");
                    }
                });

        assertThat(log).startsWith("turn");
        assertThat(log.stream().filter(l -> l.startsWith("slept in Task-"))).hasSize(1);
    }
}
