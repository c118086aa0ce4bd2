package dev.heddle;

import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Shielded scopes keep the cancels of the scopes around them off. */
class CancelScopeShieldTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(String name, double seconds) {
        try {
            sleep(seconds);
            log.add(name + " ended at " + loop.time());
        } catch (CancelledError e) {
            log.add(name + " cancelled at " + loop.time());
            throw e;
        }
    }

    private static CancelScope shielded() {
        return new CancelScope().shield(true);
    }

    @Test
    void shieldedBlockGoesOnAndTheCancelComesBehindIt() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    outer -> {
                                        shielded().run(s -> sleepAndLog("shielded", 5));
                                        sleepAndLog("behind", 5);
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("shielded ended at 5.0", "behind cancelled at 5.0");
    }

    @Test
    void shieldedBlockMayBeginInACancelledScope() {
        run(
                () ->
                        moveOnAfter(
                                1,
                                outer -> {
                                    try {
                                        sleepAndLog("body", 100);
                                    } finally {
                                        shielded()
                                                .run(
                                                        s -> {
                                                            sleepAndLog("clean-up", 5);
                                                            sleepAndLog("more", 5);
                                                        });
                                        sleepAndLog("behind", 5);
                                    }
                                }));

        assertThat(log)
                .containsExactly(
                        "body cancelled at 1.0",
                        "clean-up ended at 6.0",
                        "more ended at 11.0",
                        "behind cancelled at 11.0");
    }

    @Test
    void shieldWithADeadlineBoundsTheCleanUp() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    outer -> {
                                        try {
                                            sleepAndLog("body", 100);
                                        } finally {
                                            CancelScope cleanUp = CancelScope.after(5).shield(true);
                                            cleanUp.run(s -> sleepAndLog("clean-up", 100));
                                            log.add("bounded: " + cleanUp.cancelledCaught());
                                        }
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log)
                .containsExactly(
                        "body cancelled at 1.0", "clean-up cancelled at 6.0", "bounded: true");
    }

    @Test
    void scopeInAShieldedOneIsShieldedToo() {
        run(
                () ->
                        moveOnAfter(
                                1,
                                outer ->
                                        shielded()
                                                .run(
                                                        s ->
                                                                new CancelScope()
                                                                        .run(
                                                                                inner ->
                                                                                        sleepAndLog(
                                                                                                "in",
                                                                                                5)))));

        assertThat(log).containsExactly("in ended at 5.0");
    }

    @Test
    void shieldDoesNotKeepItsOwnCancelOff() {
        run(
                () -> {
                    CancelScope scope = shielded();
                    loop.callLater(1, scope::cancel);

                    scope.run(s -> sleepAndLog("body", 5));

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("body cancelled at 1.0");
    }

    @Test
    void shieldedScopeThatIsCancelledTooEndsItsOwnBlock() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    outer -> {
                                        CancelScope inner = CancelScope.after(2).shield(true);
                                        inner.run(s -> sleepAndLog("inner", 100));
                                        log.add("inner caught: " + inner.cancelledCaught());
                                        sleepAndLog("outer", 100);
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log)
                .containsExactly(
                        "inner cancelled at 2.0", "inner caught: true", "outer cancelled at 2.0");
    }

    @Test
    void loweringTheShieldLetsTheCancelInAtOnce() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    outer -> {
                                        CancelScope inner = shielded();
                                        loop.callLater(3, () -> inner.shield(false));
                                        inner.run(s -> sleepAndLog("inner", 100));
                                        log.add("behind the inner one");
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("inner cancelled at 3.0");
    }

    @Test
    void loweringTheShieldTellsWhy() {
        run(
                () ->
                        new CancelScope()
                                .run(
                                        outer -> {
                                            outer.cancel("outer reason");
                                            CancelScope inner = shielded();
                                            loop.callLater(1, () -> inner.shield(false));
                                            assertThatExceptionOfType(CancelledError.class)
                                                    .isThrownBy(() -> inner.run(s -> sleep(5)))
                                                    .withMessage("outer reason");
                                        }));
    }

    @Test
    void loweringTheShieldOfAScopeInAShieldedOneLetsNothingIn() {
        run(
                () ->
                        moveOnAfter(
                                1,
                                outer ->
                                        shielded()
                                                .run(
                                                        middle ->
                                                                shielded()
                                                                        .run(
                                                                                s -> {
                                                                                    sleep(2);
                                                                                    s.shield(false);
                                                                                    sleepAndLog(
                                                                                            "in",
                                                                                            5);
                                                                                }))));

        assertThat(log).containsExactly("in ended at 7.0");
    }

    @Test
    void raisingTheShieldInUseKeepsLaterCancelsOff() {
        run(
                () ->
                        moveOnAfter(
                                1,
                                outer ->
                                        new CancelScope()
                                                .run(
                                                        s -> {
                                                            s.shield(true);
                                                            sleepAndLog("first", 5);
                                                            s.shield(false);
                                                            sleepAndLog("second", 5);
                                                        })));

        assertThat(log).containsExactly("first ended at 5.0", "second cancelled at 5.0");
    }

    @Test
    void raisingTheShieldInACancelledScopeLetsWaitsThroughAgain() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    outer ->
                                            new CancelScope()
                                                    .run(
                                                            s -> {
                                                                try {
                                                                    sleepAndLog("body", 100);
                                                                } finally {
                                                                    s.shield(true);
                                                                    sleepAndLog("clean-up", 5);
                                                                }
                                                            }));

                    // The error was on its way when the shield was raised; it goes to the outer
                    // scope.
                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("body cancelled at 1.0", "clean-up ended at 6.0");
    }

    @Test
    void shieldOfTheOutermostScopeHasNothingToKeepOff() {
        run(
                () -> {
                    CancelScope scope = CancelScope.after(1).shield(true);

                    scope.run(s -> sleepAndLog("body", 5));

                    assertThat(scope.cancelledCaught()).isTrue();
                });
    }
}
