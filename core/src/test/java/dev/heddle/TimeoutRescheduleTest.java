package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A timeout can be moved while it is active, and only then. */
class TimeoutRescheduleTest extends LoopFixture {

    private final List<Timeout> timeouts = new ArrayList<>();

    private void assertTimeout(double seconds, Timeout.Body<Object> body) {
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(
                        () ->
                                timeout(
                                        seconds,
                                        t -> {
                                            timeouts.add(t);
                                            return body.run(t);
                                        }));
    }

    @Test
    void laterDeadlineGivesMoreTime() {
        run(
                () -> {
                    String result =
                            timeout(
                                    1,
                                    t -> {
                                        t.reschedule(10.0);
                                        assertThat(t.when()).isEqualTo(10);
                                        return sleep(5, "result");
                                    });

                    assertThat(result).isEqualTo("result");
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void earlierDeadlineComesEarlier() {
        run(
                () -> {
                    assertTimeout(
                            10,
                            t -> {
                                t.reschedule(2.0);
                                return sleep(5, "never");
                            });
                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void deadlineMayBeTakenAwayAndSetAgain() {
        run(
                () -> {
                    assertTimeout(
                            1,
                            t -> {
                                t.reschedule(null);
                                assertThat(t.when()).isNull();
                                sleep(100);
                                t.reschedule(loop.time() + 1);
                                return sleep(5, "never");
                            });
                    assertThat(loop.time()).isEqualTo(101);
                });
    }

    @Test
    void deadlineMayBeSetWhereThereWasNone() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(
                                        () ->
                                                Asyncio.timeoutAt(
                                                        null,
                                                        t -> {
                                                            t.reschedule(3.0);
                                                            return sleep(5, "never");
                                                        })));

        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void deadlineInThePastTakesEffectAtTheNextSuspension() {
        run(
                () -> {
                    sleep(5);
                    assertTimeout(
                            10,
                            t -> {
                                t.reschedule(2.0);
                                assertThat(t.expired()).isFalse();
                                return sleep(0, "never");
                            });
                    assertThat(loop.time()).isEqualTo(5);
                });
    }

    @Test
    void deadlineInThePastThatIsMovedInTimeHasNoEffect() {
        run(
                () -> {
                    sleep(5);
                    String result =
                            timeout(
                                    10,
                                    t -> {
                                        t.reschedule(2.0);
                                        t.reschedule(20.0);
                                        return sleep(1, "result");
                                    });

                    assertThat(result).isEqualTo("result");
                });
    }

    @Test
    void anotherTaskMayMoveIt() {
        run(
                () -> {
                    loop.callLater(0.5, () -> timeouts.getFirst().reschedule(2.0));
                    assertTimeout(1, t -> sleep(5, "never"));
                    assertThat(loop.time()).isEqualTo(2);
                });
    }

    @Test
    void expiringTimeoutCannotBeMoved() {
        run(
                () ->
                        assertTimeout(
                                1,
                                t -> {
                                    try {
                                        return sleep(5, "never");
                                    } finally {
                                        assertThatIllegalStateException()
                                                .isThrownBy(() -> t.reschedule(9.0))
                                                .withMessageContaining("EXPIRING");
                                    }
                                }));

        assertThat(timeouts.getFirst().when()).isEqualTo(1);
    }

    @Test
    void expiredTimeoutCannotBeMoved() {
        run(() -> assertTimeout(1, t -> sleep(5, "never")));

        assertThatIllegalStateException()
                .isThrownBy(() -> timeouts.getFirst().reschedule(9.0))
                .withMessageContaining("EXPIRED");
    }

    @Test
    void finishedTimeoutCannotBeMoved() {
        run(() -> timeout(1, t -> timeouts.add(t)));

        assertThatIllegalStateException()
                .isThrownBy(() -> timeouts.getFirst().reschedule(null))
                .withMessageContaining("FINISHED");
    }

    @Test
    void deadlineThatIsNoNumberIsRefused() {
        run(
                () ->
                        timeout(
                                1,
                                t -> {
                                    assertThatIllegalArgumentException()
                                            .isThrownBy(() -> t.reschedule(Double.NaN));
                                    return t.when();
                                }));
    }

    @Test
    void watchdogThatIsFedNeverExpires() {
        run(
                () -> {
                    var feeder = new ArrayList<Task<Void>>();
                    String result =
                            timeout(
                                    1,
                                    t -> {
                                        feeder.add(
                                                createTask(
                                                        () -> {
                                                            for (int i = 0; i < 20; i++) {
                                                                sleep(0.5);
                                                                t.reschedule(loop.time() + 1);
                                                            }
                                                        }));
                                        return sleep(10.5, "fed");
                                    });

                    assertThat(result).isEqualTo("fed");
                    feeder.getFirst().await();
                });
    }
}
