package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** In a cancelled scope each wait throws, however often the error is swallowed. */
class CancelScopeLevelTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void tryTo(String name, Runnable wait) {
        try {
            wait.run();
            log.add(name + " ended");
        } catch (CancelledError e) {
            log.add(name + " cancelled: " + e.getMessage());
        }
    }

    @Test
    void eachWaitThrowsUntilTheScopeIsLeft() {
        Future<Void> future = loop.createFuture();
        run(
                () -> {
                    CancelScope scope = new CancelScope();
                    loop.callLater(1, () -> scope.cancel("enough"));

                    scope.run(
                            s -> {
                                tryTo("first", () -> sleep(100));
                                tryTo("sleep", () -> sleep(100));
                                tryTo("yield", () -> sleep(0));
                                tryTo("future", future::await);
                                tryTo("suspension", () -> new Parked().suspend());
                            });

                    assertThat(loop.time()).isEqualTo(1);
                    tryTo("behind the scope", () -> sleep(1));
                });

        assertThat(log)
                .containsExactly(
                        "first cancelled: enough",
                        "sleep cancelled: enough",
                        "yield cancelled: enough",
                        "future cancelled: enough",
                        "suspension cancelled: enough",
                        "behind the scope ended");
    }

    /** A wait that only a cancel ends. */
    private static class Parked extends Suspension {

        @Override
        protected boolean callOff() {
            return true;
        }
    }

    /** A wait that cannot be withdrawn. */
    private static final class Stubborn extends Parked {

        @Override
        protected boolean callOff() {
            return false;
        }
    }

    @Test
    void swallowingTheErrorForGoodEndsTheBlockAsIfNothingHadHappened() {
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(1, scope::cancel);

                    String result =
                            scope.call(
                                    s -> {
                                        tryTo("body", () -> sleep(100));
                                        return "result";
                                    });

                    assertThat(result).isEqualTo("result");
                    assertThat(scope.cancelCalled()).isTrue();
                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void finallyBlocksThatWaitAreCancelledToo() {
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(1, scope::cancel);

                    scope.run(
                            s -> {
                                try {
                                    sleep(100);
                                } finally {
                                    try {
                                        sleep(100);
                                    } finally {
                                        sleep(100);
                                    }
                                }
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                });
    }

    @Test
    void errorOfAFinallyBlockOutranksTheCancel() {
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(1, scope::cancel);

                    assertThatThrownBy(
                                    () ->
                                            scope.run(
                                                    s -> {
                                                        try {
                                                            sleep(100);
                                                        } finally {
                                                            throw new IllegalStateException("own");
                                                        }
                                                    }))
                            .hasMessage("own");

                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void eachWaitLetsOthersRunOnce() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.cancel();
                    scope.run(
                            s -> {
                                for (int i = 0; i < 3; i++) {
                                    loop.callSoon(() -> log.add("callback"));
                                    tryTo("wait", () -> sleep(100));
                                }
                            });
                });

        assertThat(log)
                .containsExactly(
                        "callback",
                        "wait cancelled: null",
                        "callback",
                        "wait cancelled: null",
                        "callback",
                        "wait cancelled: null");
    }

    @Test
    void futureThatIsDoneIsNoWait() {
        Future<String> done = loop.createFuture();
        done.setResult("there");
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.cancel();

                    String result = scope.call(s -> done.await());

                    assertThat(result).isEqualTo("there");
                });
    }

    @Test
    void cancelAfterTheWakeUpComesWithTheNextWait() {
        Future<String> future = loop.createFuture();
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(
                            1,
                            () -> {
                                future.setResult("value");
                                scope.cancel();
                            });

                    scope.run(
                            s -> {
                                log.add(future.await());
                                sleep(100);
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                });

        assertThat(log).containsExactly("value");
    }

    @Test
    void waitThatCannotBeWithdrawnEndsAndTheNextOneThrows() {
        run(
                () -> {
                    var scope = new CancelScope();
                    var stubborn = new Stubborn();
                    loop.callLater(1, scope::cancel);
                    loop.callLater(5, stubborn::wake);

                    scope.run(
                            s -> {
                                stubborn.suspend();
                                log.add("woken at " + loop.time());
                                sleep(100);
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("woken at 5.0");
    }

    @Test
    void waitThatCannotBeWithdrawnThrowsInTheEndIfItBeganInACancelledScope() {
        run(
                () -> {
                    var scope = new CancelScope();
                    var stubborn = new Stubborn();
                    scope.cancel("enough");
                    loop.callLater(5, stubborn::wake);

                    scope.run(
                            s ->
                                    assertThatExceptionOfType(CancelledError.class)
                                            .isThrownBy(stubborn::suspend)
                                            .withMessage("enough"));

                    assertThat(loop.time()).isEqualTo(5);
                    assertThat(stubborn.isWoken()).isTrue();
                });
    }
}
