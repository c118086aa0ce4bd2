package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A scope that is cancelled by hand, and one that is not. */
class CancelScopeTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepLong(String name) {
        try {
            sleep(100);
            log.add(name + " ended");
        } catch (CancelledError e) {
            log.add(name + " cancelled: " + e.getMessage());
            throw e;
        }
    }

    @Test
    void scopeThatIsNotCancelledReturnsWhatItsBodyReturns() {
        run(
                () -> {
                    var scope = new CancelScope();

                    String result = scope.call(s -> sleep(1, "result"));

                    assertThat(result).isEqualTo("result");
                    assertThat(scope.cancelCalled()).isFalse();
                    assertThat(scope.cancelledCaught()).isFalse();
                    assertThat(scope).hasToString("CancelScope(LEFT)");
                });
    }

    @Test
    void errorsPass() {
        var disk = new IOException("disk");
        run(
                () -> {
                    var scope = new CancelScope();

                    assertThatThrownBy(
                                    () ->
                                            scope.run(
                                                    s -> {
                                                        s.cancel();
                                                        throw disk;
                                                    }))
                            .isSameAs(disk);

                    assertThat(scope.cancelCalled()).isTrue();
                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void callbackCancelsAScopeThatWaits() {
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(1, scope::cancel);

                    String result =
                            scope.call(
                                    s -> {
                                        sleepLong("body");
                                        return "result";
                                    });

                    assertThat(result).isNull();
                    assertThat(scope.cancelCalled()).isTrue();
                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                    sleepLong("behind the scope");
                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(log).containsExactly("body cancelled: null", "behind the scope ended");
    }

    @Test
    void anotherTaskCancelsAScopeAndSaysWhy() {
        run(
                () -> {
                    var scope = new CancelScope();
                    Task<?> other =
                            createTask(
                                    () -> {
                                        sleep(1);
                                        scope.cancel("enough");
                                        scope.cancel("the first reason counts");
                                    });

                    scope.run(s -> sleepLong("body"));

                    assertThat(scope.cancelledCaught()).isTrue();
                    other.await();
                });

        assertThat(log).containsExactly("body cancelled: enough");
    }

    @Test
    void bodyCancelsItsOwnScopeAndGoesOnToTheNextWait() {
        run(
                () -> {
                    var scope = new CancelScope();

                    scope.run(
                            s -> {
                                s.cancel("by itself");
                                log.add("goes on");
                                sleepLong("body");
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isZero();
                });

        assertThat(log).containsExactly("goes on", "body cancelled: by itself");
    }

    @Test
    void cancelThatComesTooLateChangesNothing() {
        run(
                () -> {
                    var scope = new CancelScope();

                    String result =
                            scope.call(
                                    s -> {
                                        s.cancel();
                                        return "result";
                                    });

                    assertThat(result).isEqualTo("result");
                    assertThat(scope.cancelCalled()).isTrue();
                    assertThat(scope.cancelledCaught()).isFalse();
                    sleepLong("behind the scope");
                });

        assertThat(log).containsExactly("behind the scope ended");
    }

    @Test
    void cancelOfAScopeThatIsLeftHasNoEffect() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(s -> sleep(1));

                    scope.cancel();

                    assertThat(scope.cancelCalled()).isFalse();
                    sleepLong("behind the scope");
                });

        assertThat(log).containsExactly("behind the scope ended");
    }

    @Test
    void scopeMayBeCancelledBeforeItIsEntered() {
        var scope = new CancelScope();
        scope.cancel("in advance");

        run(
                () -> {
                    scope.run(
                            s -> {
                                log.add("begins");
                                sleepLong("body");
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isZero();
                });

        assertThat(log).containsExactly("begins", "body cancelled: in advance");
    }

    @Test
    void bodyThatDoesNotWaitIsNotStopped() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.cancel();

                    int result = scope.call(s -> 42);

                    assertThat(result).isEqualTo(42);
                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void futureThatSomebodyElseCancelsIsNotTheScopesDoing() {
        Future<Void> future = loop.createFuture();
        run(
                () -> {
                    var scope = new CancelScope();
                    loop.callLater(1, () -> future.cancel("someone else"));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(() -> scope.run(s -> future.await()))
                            .withMessage("someone else");

                    assertThat(scope.cancelledCaught()).isFalse();
                });
    }

    @Test
    void plainTaskRunsInNoScope() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<?>>();
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                tasks.add(createTask(() -> sleepLong("plain task")));
                                sleep(1);
                                s.cancel();
                                sleepLong("body");
                            });

                    tasks.getFirst().await();
                });

        assertThat(log).containsExactly("body cancelled: null", "plain task ended");
    }

    @Test
    void textTellsTheStateAndWhatIsSet() {
        run(
                () -> {
                    var scope = new CancelScope().deadline(7.0).shield(true);
                    assertThat(scope).hasToString("CancelScope(CREATED, shielded, deadline=7.0)");

                    scope.run(
                            s -> {
                                s.cancel();
                                assertThat(s)
                                        .hasToString(
                                                "CancelScope(ACTIVE, shielded, cancelled,"
                                                        + " deadline=7.0)");
                            });
                });
    }
}
