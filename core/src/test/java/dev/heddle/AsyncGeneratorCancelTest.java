package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.AsyncGenerator.State;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** What becomes of an async generator when the task that waits for it is cancelled. */
class AsyncGeneratorCancelTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    /** Yields 1, waits for long, and logs how that ends. */
    private AsyncGenerator<Integer, Object> slow() {
        return AsyncGenerator.produce(
                y -> {
                    y.yield(1);
                    try {
                        sleep(100);
                    } catch (CancelledError e) {
                        log.add("body: " + e.cancelMessage());
                        throw e;
                    }
                });
    }

    @Test
    void cancelReachesTheBodyWhereItWaits() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = slow();
                    generator.next();
                    Task<Integer> task = createTask(generator::next);
                    sleep(1);

                    task.cancel("enough");

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("enough");
                    assertThat(task.cancelled()).isTrue();
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                    assertThatThrownBy(generator::next).isInstanceOf(StopAsyncIteration.class);
                });

        assertThat(log).containsExactly("body: enough");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void bodyMayRefuseTheCancelAndYield() {
        run(
                () -> {
                    AsyncGenerator<String, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            sleep(100);
                                        } catch (CancelledError e) {
                                            y.yield("in spite of it");
                                        }
                                        y.yield("next");
                                    });
                    Task<String> task = createTask(generator::next);
                    sleep(1);

                    task.cancel();

                    assertThat(task.await()).isEqualTo("in spite of it");
                    assertThat(generator.next()).isEqualTo("next");
                    generator.close();
                });
    }

    @Test
    void bodyCleansUpBeforeTheTaskGoesOn() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            sleep(5);
                                            log.add("cleaned up");
                                        }
                                    });
                    Task<Integer> task = createTask(generator::next);
                    task.addDoneCallback(t -> log.add("task ended"));
                    sleep(1);

                    task.cancel();
                    Asyncio.wait(List.of(task));
                });

        assertThat(log).containsExactly("cleaned up", "task ended");
        assertThat(loop.time()).isEqualTo(6);
    }

    @Test
    void errorOfTheCleanUpOutranksTheCancel() {
        var error = new IllegalStateException("clean-up failed");
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            throw error;
                                        }
                                    });
                    Task<Integer> task = createTask(generator::next);
                    sleep(1);

                    task.cancel();

                    assertThat(catchThrowable(task::await)).isSameAs(error);
                });
    }

    @Test
    void cancelRightAfterTheStartStillLetsTheBodyCleanUp() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            log.add("cleaned up");
                                        }
                                    });
                    Task<Integer> task = createTask(generator::next);
                    loop.callSoon(task::cancel); // after next() was called, and before the body
                    sleep(0);
                    assertThat(task.cancelling()).isOne();

                    Asyncio.wait(List.of(task));

                    assertThat(task.cancelled()).isTrue();
                });

        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void taskThatIsCancelledBeforeItAsksDoesNotDisturbTheGenerator() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = slow();
                    generator.next();
                    Task<Integer> task =
                            createTask(
                                    () -> {
                                        loop.currentTask().cancel("before");
                                        return generator.next();
                                    });

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("before");
                    assertThat(generator.state()).isEqualTo(State.SUSPENDED);
                    generator.close();
                });
    }

    @Test
    void bodysTaskMayBeCancelledByItselfBeforeItStarts() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = slow();
                    Task<Integer> task = createTask(generator::next);
                    loop.callSoon(() -> loop.allTasks().getLast().cancel()); // as a Runner does
                    sleep(0);

                    Asyncio.wait(List.of(task));

                    assertThat(task.cancelled()).isTrue();
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                });
    }

    // ---------------------------------------------------------------- a cancel that meets no wait

    @Test
    void cancelThatMeetsNoWaitInTheBodyIsMetByTheTasksNextWait() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        y.yield(1);
                                        y.yield(2);
                                        y.yield(3);
                                    });
                    generator.next();
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        log.add(generator.next());
                                        sleep(1);
                                        log.add("not reached");
                                    });
                    // Its step stands in the queue, then; before the body's.
                    loop.callSoon(() -> task.cancel("late"));
                    sleep(0);

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("late");
                    assertThat(generator.next()).isEqualTo(3); // the body has not felt it
                    generator.close();
                });

        assertThat(log).containsExactly(2);
    }

    @Test
    void generatorCanBeClosedByATaskThatIsBeingCancelled() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            log.add("closed");
                                        }
                                    });
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        try (generator) {
                                            generator.next();
                                            loop.currentTask().cancel("now");
                                        }
                                        log.add("before the next wait");
                                        sleep(1);
                                    });

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("now");
                });

        assertThat(log).containsExactly("closed", "before the next wait");
    }

    // ---------------------------------------------------------------- timeouts and scopes

    @Test
    void timeoutEndsTheBody() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = slow();
                    generator.next();

                    assertThatThrownBy(() -> Asyncio.timeout(3, () -> generator.next()))
                            .isInstanceOf(TimeoutException.class);
                });

        assertThat(loop.time()).isEqualTo(3);
        assertThat(log).hasSize(1);
    }

    @Test
    void bodyRunsInTheScopeOfTheTaskThatAsks() {
        run(
                () -> {
                    AsyncGenerator<Object, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        while (true) {
                                            y.yield("" + Asyncio.currentEffectiveDeadline());
                                        }
                                    });
                    log.add(generator.next());
                    Asyncio.moveOnAfter(5, s -> log.add(generator.next()));
                    log.add(generator.next());
                    generator.close();
                });

        assertThat(log).containsExactly("null", "5.0", "null");
    }

    @Test
    void cancelledScopeThrowsAtEachWaitOfTheBody() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            log.add(catchThrowable(() -> sleep(50)).getClass());
                                        }
                                    });

                    CancelScope scope = Asyncio.moveOnAfter(3, s -> generator.next());

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                });

        assertThat(log).containsExactly(CancelledError.class);
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void shieldInTheBodyKeepsTheScopesCancelOff() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y ->
                                            new CancelScope()
                                                    .shield(true)
                                                    .run(
                                                            s -> {
                                                                sleep(10);
                                                                log.add("done at " + loop.time());
                                                            }));

                    CancelScope scope = Asyncio.moveOnAfter(3, s -> generator.hasNext());

                    assertThat(scope.cancelCalled()).isTrue();
                });

        assertThat(log).containsExactly("done at 10.0");
    }

    @Test
    void generatorIsClosedInACancelledScope() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            log.add("closed");
                                        }
                                    });

                    CancelScope scope =
                            Asyncio.moveOnAfter(
                                    3,
                                    s -> {
                                        try (generator) {
                                            generator.next();
                                            sleep(100);
                                        }
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                    assertThat(loop.currentTask().cancelling()).isZero();
                    sleep(1); // throws nothing
                });

        assertThat(log).containsExactly("closed");
    }

    @Test
    void scopeOfTheBodyMayReachAcrossAYield() {
        run(
                () -> {
                    AsyncGenerator<Object, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        CancelScope own =
                                                Asyncio.moveOnAfter(
                                                        10,
                                                        s -> {
                                                            y.yield(1);
                                                            sleep(100);
                                                        });
                                        y.yield(own.cancelledCaught() + " at " + loop.time());
                                        y.yield("" + Asyncio.currentEffectiveDeadline());
                                    });
                    Asyncio.moveOnAfter(2, s -> log.add(generator.next()));

                    log.add(generator.next());
                    Asyncio.moveOnAfter(5, s -> log.add(generator.next()));
                    generator.close();
                });

        assertThat(log).containsExactly(1, "true at 10.0", "15.0");
    }
}
