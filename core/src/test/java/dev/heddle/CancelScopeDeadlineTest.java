package dev.heddle;

import static dev.heddle.Asyncio.currentEffectiveDeadline;
import static dev.heddle.Asyncio.failAfter;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Scopes with a deadline. */
class CancelScopeDeadlineTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    /** Runs a body that sleeps for 100 s in a scope, and returns when it was ended. */
    private double endOf(CancelScope scope) {
        return run(
                () -> {
                    scope.run(
                            s -> {
                                try {
                                    sleep(100);
                                } catch (CancelledError e) {
                                    log.add(e.getMessage());
                                    throw e;
                                }
                            });
                    assertThat(scope.cancelledCaught()).isEqualTo(scope.cancelCalled());
                    return loop.time();
                });
    }

    @Test
    void scopeIsCancelledAtItsDeadline() {
        assertThat(endOf(new CancelScope().deadline(5.0))).isEqualTo(5);

        assertThat(log).containsExactly("deadline");
    }

    @Test
    void deadlineInThePastOrNowTakesEffectAtTheFirstWait() {
        run(() -> sleep(1));

        for (double when : new double[] {-1, 0, 1, Double.NEGATIVE_INFINITY}) {
            assertThat(endOf(new CancelScope().deadline(when))).isEqualTo(1);
        }

        assertThat(log).hasSize(4).containsOnly("deadline");
    }

    @Test
    void farDeadlineOrNoneDoesNotCancel() {
        assertThat(endOf(new CancelScope())).isEqualTo(100);
        assertThat(endOf(new CancelScope().deadline(null))).isEqualTo(200);
        assertThat(endOf(new CancelScope().deadline(300.5))).isEqualTo(300);
        assertThat(endOf(new CancelScope().deadline(Double.POSITIVE_INFINITY))).isEqualTo(400);

        assertThat(log).isEmpty();
    }

    @Test
    void scopeAfterSomeTimeCountsFromWhenItIsMade() {
        CancelScope scope =
                run(
                        () -> {
                            CancelScope made = CancelScope.after(5);
                            sleep(2);
                            return made;
                        });

        assertThat(scope.deadline()).isEqualTo(5.0);
        assertThat(endOf(scope)).isEqualTo(5);
        assertThat(endOf(run(() -> CancelScope.after(-1)))).isEqualTo(5);
        assertThat(endOf(run(() -> CancelScope.after(Duration.ofMillis(500))))).isEqualTo(5.5);
    }

    @Test
    void deadlineCanBeMovedLater() {
        run(
                () -> {
                    CancelScope scope = CancelScope.after(5);
                    loop.callLater(4, () -> scope.deadline(20.0));

                    scope.run(s -> sleep(100));

                    assertThat(loop.time()).isEqualTo(20);
                });
    }

    @Test
    void deadlineCanBeMovedEarlierAndIntoThePast() {
        run(
                () -> {
                    CancelScope earlier = CancelScope.after(50);
                    loop.callLater(4, () -> earlier.deadline(6.0));
                    earlier.run(s -> sleep(100));
                    assertThat(loop.time()).isEqualTo(6);

                    CancelScope past = CancelScope.after(50);
                    loop.callLater(1, () -> past.deadline(0.0));
                    past.run(s -> sleep(100));
                    assertThat(loop.time()).isEqualTo(7);
                });
    }

    @Test
    void deadlineCanBeRemovedAndSetInUse() {
        run(
                () -> {
                    CancelScope scope = CancelScope.after(5);
                    scope.run(
                            s -> {
                                s.deadline(null);
                                sleep(10);
                                s.deadline(loop.time() + 1);
                                sleep(100);
                            });

                    assertThat(loop.time()).isEqualTo(11);
                });
    }

    @Test
    void deadlineThatIsMovedAfterTheCancelDoesNotTakeItBack() {
        run(
                () -> {
                    CancelScope scope = CancelScope.after(5);
                    scope.run(
                            s -> {
                                try {
                                    sleep(100);
                                } finally {
                                    s.deadline(50.0);
                                    sleep(100);
                                }
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(5);
                });
    }

    @Test
    void bodyThatEndsInTimeLeavesNoTimerBehind() {
        run(
                () -> {
                    CancelScope scope = moveOnAfter(5, s -> sleep(1));

                    assertThat(scope.cancelCalled()).isFalse();
                    sleep(10);
                    assertThat(scope.cancelCalled()).isFalse();
                });

        assertThat(loop.turn.nextDeadline()).isNull();
    }

    @Test
    void scopeThatIsCancelledByHandHasNoTimerAnyMore() {
        run(
                () ->
                        CancelScope.after(5)
                                .run(
                                        s -> {
                                            s.cancel();
                                            assertThat(loop.turn.nextDeadline()).isNull();
                                        }));
    }

    @Test
    void deadlineThatIsOverAtTheEntryCancelsAtOnce() {
        run(() -> CancelScope.after(0).run(s -> assertThat(s.cancelCalled()).isTrue()));
    }

    @Test
    void moveOnAfterGoesOnBehindTheBlock() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    5,
                                    s -> {
                                        sleep(100);
                                        log.add("never");
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(5);
                    assertThat(log).isEmpty();
                });
    }

    @Test
    void failAfterThrowsBehindTheBlock() {
        run(
                () -> {
                    String inTime = failAfter(5, s -> sleep(1, "result"));
                    assertThat(inTime).isEqualTo("result");

                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> failAfter(5, s -> sleep(100, "never")))
                            .withMessageContaining("5");
                    assertThat(loop.time()).isEqualTo(6);
                    sleep(1);
                });
    }

    @Test
    void failAfterTellsWhereTheTimeRanOut() {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> failAfter(5, s -> sleep(100, "never")))
                                .havingCause()
                                .isInstanceOf(CancelledError.class)
                                .withMessage("deadline"));
    }

    @Test
    void effectiveDeadlineIsTheEarliestAroundTheCaller() {
        run(
                () -> {
                    assertThat(currentEffectiveDeadline()).isNull();
                    new CancelScope().run(s -> assertThat(currentEffectiveDeadline()).isNull());

                    moveOnAfter(
                            10,
                            outer -> {
                                assertThat(currentEffectiveDeadline()).isEqualTo(10);
                                moveOnAfter(
                                        20,
                                        s -> assertThat(currentEffectiveDeadline()).isEqualTo(10));
                                moveOnAfter(
                                        5,
                                        s -> {
                                            assertThat(currentEffectiveDeadline()).isEqualTo(5);
                                            outer.deadline(3.0);
                                            assertThat(s.effectiveDeadline()).isEqualTo(3);
                                            s.shield(true);
                                            assertThat(currentEffectiveDeadline()).isEqualTo(5);
                                            s.deadline(null);
                                            assertThat(currentEffectiveDeadline()).isNull();
                                        });
                            });
                });
    }

    @Test
    void effectiveDeadlineOfACancelledScopeIsOver() {
        run(
                () ->
                        moveOnAfter(
                                10,
                                outer -> {
                                    outer.cancel();
                                    moveOnAfter(
                                            5,
                                            s -> {
                                                assertThat(currentEffectiveDeadline())
                                                        .isEqualTo(Double.NEGATIVE_INFINITY);
                                                s.shield(true);
                                                assertThat(currentEffectiveDeadline()).isEqualTo(5);
                                            });
                                }));
    }
}
