package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.timeoutAt;

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

/** A timeout cancels a piece of a task when its time is over, and turns that into its error. */
class TimeoutTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();
    private final List<Timeout> timeouts = new ArrayList<>();

    @Test
    void pieceThatTakesTooLongEndsWithATimeout() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    1,
                                                    t -> {
                                                        timeouts.add(t);
                                                        assertThat(t.when()).isEqualTo(1);
                                                        assertThat(t.expired()).isFalse();
                                                        return sleep(10, "never");
                                                    }))
                            .withCauseInstanceOf(CancelledError.class);

                    assertThat(loop.time()).isEqualTo(1);
                    assertThat(timeouts.getFirst().expired()).isTrue();
                    assertThat(timeouts.getFirst().when()).isEqualTo(1);
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1); // the cancel has not leaked
                });
    }

    @Test
    void pieceThatIsFastGivesItsResult() {
        run(
                () -> {
                    String result =
                            timeout(
                                    10,
                                    t -> {
                                        timeouts.add(t);
                                        return sleep(1, "result");
                                    });

                    assertThat(result).isEqualTo("result");
                    assertThat(timeouts.getFirst().expired()).isFalse();
                    assertThat(loop.turn.nextDeadline()).isNull();
                    sleep(20);
                });
    }

    @Test
    void pieceWithoutAResult() throws Exception {
        run(() -> timeout(10, () -> sleep(1)));

        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void noLimitNeverExpires() {
        run(
                () -> {
                    Duration none = null;
                    timeout(
                            none,
                            t -> {
                                assertThat(t.when()).isNull();
                                sleep(1e6);
                                return t.expired();
                            });
                    timeoutAt(null, t -> sleep(1e6, t.when()));
                });

        assertThat(loop.time()).isEqualTo(2e6);
    }

    @Test
    void limitMayBeAPointInTime() {
        run(
                () -> {
                    sleep(5);
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeoutAt(7.0, t -> sleep(10, "never")));
                    assertThat(loop.time()).isEqualTo(7);
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeoutAt(3.0, t -> sleep(10, "never")));
                    assertThat(loop.time()).isEqualTo(7);
                });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NEGATIVE_INFINITY})
    void limitThatIsOverEndsThePieceAtItsFirstSuspension(double seconds) {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    seconds,
                                                    t -> {
                                                        log.add("started");
                                                        sleep(0);
                                                        return log.add("never");
                                                    }));
                    assertThat(loop.time()).isZero();
                });

        assertThat(log).containsExactly("started");
    }

    @Test
    void limitThatIsOverLetsAPieceThatNeverSuspendsPass() {
        run(
                () -> {
                    assertThat(timeout(0, () -> "result")).isEqualTo("result");
                    sleep(0);
                    sleep(1);
                    assertThat(currentTask().cancelling()).isZero();
                });
    }

    @Test
    void veryLongLimitsDoNotOverflow() {
        run(
                () -> {
                    assertThat(timeout(Double.POSITIVE_INFINITY, () -> sleep(1, "a")))
                            .isEqualTo("a");
                    String b = timeout(Duration.ofSeconds(Long.MAX_VALUE), t -> sleep(1, "b"));
                    assertThat(b).isEqualTo("b");
                    String c = timeoutAt(1e300, t -> sleep(1, "c"));
                    assertThat(c).isEqualTo("c");
                });

        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void limitThatIsNoNumberIsRefused() {
        run(
                () ->
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> timeout(Double.NaN, () -> log.add("ran")))
                                .withMessageContaining("NaN"));

        assertThat(log).isEmpty();
    }

    @Test
    void timeoutsNeedATask() {
        assertThatIllegalStateException().isThrownBy(() -> timeout(1, () -> log.add("ran")));
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> timeout(1, () -> log.add("ran")))
                                .withMessageContaining("callback"));

        turns(1);

        assertThat(log).isEmpty();
    }

    @Test
    void swallowedCancelIsNoErrorButExpired() {
        run(
                () -> {
                    String result =
                            timeout(
                                    1,
                                    t -> {
                                        timeouts.add(t);
                                        try {
                                            return sleep(10, "never");
                                        } catch (CancelledError e) {
                                            assertThat(t.expired()).isTrue();
                                            return "swallowed";
                                        }
                                    });

                    assertThat(result).isEqualTo("swallowed");
                    assertThat(timeouts.getFirst().expired()).isTrue();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });
    }

    @Test
    void expiredPieceMayCleanUpForAsLongAsItTakes() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    1,
                                                    () -> {
                                                        try {
                                                            sleep(10);
                                                        } finally {
                                                            sleep(5);
                                                            log.add("cleaned up");
                                                        }
                                                    }));
                    assertThat(loop.time()).isEqualTo(6);
                });

        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void onlyThePieceIsCancelledNotWhatItHasStarted() {
        run(
                () -> {
                    var started = new ArrayList<Task<String>>();
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    1,
                                                    () -> {
                                                        started.add(
                                                                createTask(() -> sleep(5, "end")));
                                                        sleep(10);
                                                    }));

                    assertThat(started.getFirst().await()).isEqualTo("end");
                });
    }

    @Test
    void textTellsTheState() {
        run(
                () -> {
                    timeout(
                            10,
                            t -> {
                                timeouts.add(t);
                                assertThat(t).hasToString("Timeout(ACTIVE, when=10.0)");
                                return "result";
                            });
                    assertThat(timeouts.getFirst()).hasToString("Timeout(FINISHED, when=10.0)");
                });
    }
}
