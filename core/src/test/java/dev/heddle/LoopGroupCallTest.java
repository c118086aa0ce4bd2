package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** A task runs a coroutine in another loop, and gets its result. */
class LoopGroupCallTest extends LoopGroupFixture {

    private final LoopGroup group = open(2);
    private final EventLoop one = group.loops().get(0);
    private final EventLoop two = group.loops().get(1);

    /** Runs a coroutine in the first loop. */
    private <T> T inOne(Coroutine<T> coroutine) {
        return run(() -> LoopGroup.call(one, coroutine));
    }

    private void inOne(VoidCoroutine coroutine) {
        run(() -> LoopGroup.call(one, coroutine));
    }

    @Test
    void runsInTheOtherLoopAndGivesItsResult() {
        EventLoop ran = inOne(() -> LoopGroup.call(two, () -> Asyncio.getRunningLoop()));

        assertThat(ran).isSameAs(two);
    }

    @Test
    void resultMayBeNull() {
        Object result = inOne(() -> LoopGroup.call(two, () -> sleep(0, (Object) null)));

        assertThat(result).isNull();
    }

    @Test
    void itSuspendsTheTaskAndNotTheLoop() {
        inOne(
                () -> {
                    var turn = new CountDownLatch(1);
                    createTask(() -> turn.countDown());

                    LoopGroup.call(two, () -> turn.await());

                    assertThat(turn.getCount()).isZero();
                });
    }

    @Test
    void sameLoopMayBeCalled() {
        EventLoop ran = inOne(() -> LoopGroup.call(one, () -> Asyncio.getRunningLoop()));

        assertThat(ran).isSameAs(one);
    }

    @Test
    void callsNest() {
        EventLoop ran =
                inOne(
                        () ->
                                LoopGroup.call(
                                        two,
                                        () -> LoopGroup.call(one, () -> Asyncio.getRunningLoop())));

        assertThat(ran).isSameAs(one);
    }

    @Test
    void errorsArriveAsTheSameObject() {
        var failure = new IOException("disk");

        inOne(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                LoopGroup.call(
                                                        two,
                                                        () -> {
                                                            sleep(0);
                                                            throw failure;
                                                        }))
                                .isSameAs(failure));
    }

    @Test
    void contextVariablesAreCopiedOverAndStayThere() {
        var user = ContextVar.of("user", "nobody");

        inOne(
                () -> {
                    user.set("ada");
                    String seen =
                            LoopGroup.call(
                                    two,
                                    () -> {
                                        String before = user.get();
                                        user.set("eve");
                                        return before;
                                    });

                    assertThat(seen).isEqualTo("ada");
                    assertThat(user.get()).isEqualTo("ada");
                });
    }

    // ---------------------------------------------------------------- cancel

    @Test
    void cancelOfTheCallerCancelsTheCalleeAndWaitsForIt() {
        inOne(
                () -> {
                    var begun = new CountDownLatch(1);
                    var message = new AtomicReference<Object>();
                    var task =
                            createTask(
                                    () ->
                                            LoopGroup.call(
                                                    two,
                                                    () -> {
                                                        begun.countDown();
                                                        try {
                                                            sleep(1000);
                                                        } catch (CancelledError e) {
                                                            sleep(0.001);
                                                            message.set(e.cancelMessage());
                                                            throw e;
                                                        }
                                                    }));
                    begun.await();
                    task.cancel("enough");

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    assertThat(message.get()).isEqualTo("enough");
                });
    }

    @Test
    void cancelBeforeTheCallKeepsItFromBeginning() {
        inOne(
                () -> {
                    var task =
                            createTask(
                                    () -> {
                                        currentTask().cancel();
                                        LoopGroup.call(
                                                two,
                                                () -> {
                                                    throw new AssertionError("it has begun");
                                                });
                                    });

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                });
    }

    @Test
    void calleeThatSwallowsTheCancelDecides() {
        inOne(
                () -> {
                    var begun = new CountDownLatch(1);
                    var task =
                            createTask(
                                    () -> {
                                        int result =
                                                LoopGroup.call(
                                                        two,
                                                        () -> {
                                                            begun.countDown();
                                                            try {
                                                                return sleep(1000, 1);
                                                            } catch (CancelledError e) {
                                                                return 2;
                                                            }
                                                        });
                                        sleep(0); // the cancel has been dealt with
                                        return result;
                                    });
                    begun.await();
                    task.cancel();

                    assertThat(task.await()).isEqualTo(2);
                });
    }

    @Test
    void calleeThatFailsWhenItIsCancelledDecides() {
        inOne(
                () -> {
                    var begun = new CountDownLatch(1);
                    var task =
                            createTask(
                                    () ->
                                            LoopGroup.call(
                                                    two,
                                                    () -> {
                                                        begun.countDown();
                                                        try {
                                                            sleep(1000);
                                                        } catch (CancelledError e) {
                                                            throw new IOException("flush");
                                                        }
                                                    }));
                    begun.await();
                    task.cancel();

                    assertThatThrownBy(task::await).hasMessage("flush");
                });
    }

    @Test
    void eachCancelIsPassedOn() {
        inOne(
                () -> {
                    var begun = new CountDownLatch(1);
                    var again = new CountDownLatch(1);
                    var task =
                            createTask(
                                    () ->
                                            LoopGroup.call(
                                                    two,
                                                    () -> {
                                                        begun.countDown();
                                                        try {
                                                            sleep(1000);
                                                        } finally {
                                                            again.countDown();
                                                            sleep(1000); // cut short by the second
                                                        }
                                                    }));
                    begun.await();
                    task.cancel();
                    again.await();
                    task.cancel();

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    assertThat(task.cancelling()).isEqualTo(2);
                });
    }

    @Test
    void calleeThatIsCancelledByOthersThrowsCancelledErrorInTheCaller() {
        inOne(
                () -> {
                    assertThatThrownBy(
                                    () ->
                                            LoopGroup.call(
                                                    two,
                                                    () -> {
                                                        currentTask().cancel();
                                                        sleep(1000);
                                                    }))
                            .isInstanceOf(CancelledError.class);

                    assertThat(currentTask().cancelling()).isZero();
                });
    }

    @Test
    void timeoutAroundACallEndsIt() {
        var ended = new CountDownLatch(1);
        VirtualClock clock = Clock.virtual();
        EventLoop loop = EventLoop.builder().clock(clock).build();
        VoidCoroutine outlastsTheTime =
                () -> {
                    clock.advance(Duration.ofSeconds(2));
                    loop.callSoonThreadsafe(() -> {}); // lets it look at the clock
                    try {
                        sleep(1000);
                    } finally {
                        ended.countDown();
                    }
                };

        assertThatThrownBy(
                        () ->
                                loop.runUntilComplete(
                                        () ->
                                                Asyncio.timeout(
                                                        1,
                                                        () ->
                                                                LoopGroup.call(
                                                                        two, outlastsTheTime))))
                .isInstanceOf(TimeoutException.class);

        assertThat(ended.getCount()).isZero();
        loop.close();
    }

    @Test
    void cancelledScopeAroundACallEndsIt() {
        inOne(
                () -> {
                    var scope = new CancelScope();
                    var begun = new CountDownLatch(1);
                    createTask(
                            () -> {
                                begun.await();
                                scope.cancel();
                            });

                    scope.run(
                            s -> {
                                LoopGroup.call(
                                        two,
                                        () -> {
                                            begun.countDown();
                                            sleep(1000);
                                        });
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(currentTask().cancelling()).isZero();
                });
    }

    @Test
    void cancelThatPassesTheAnswerIsThrownAtTheNextWait() {
        var caller = new Caller();
        caller.answerStandsInTheQueue();

        caller.task.cancel("late");
        caller.turns(4);

        assertThat(caller.result).isEqualTo(7);
        assertThat(caller.task.cancelled()).isTrue();
        assertThat(caller.task.cancelling()).isEqualTo(1);
        caller.close();
    }

    @Test
    void cancelAfterTheAnswerIsThrownAtTheNextWait() {
        var caller = new Caller();
        caller.answerStandsInTheQueue();
        caller.turns(1);

        caller.task.cancel("late");
        caller.turns(4);

        assertThat(caller.result).isEqualTo(7);
        assertThat(caller.task.cancelled()).isTrue();
        assertThat(caller.task.cancelling()).isEqualTo(1);
        caller.close();
    }

    @Test
    void cancelThatPassesAnErrorOnTheWayLosesNeither() {
        var caller = new Caller();
        caller.failure = new IOException("disk");
        caller.answerStandsInTheQueue();

        caller.task.cancel("late");
        caller.turns(4);

        assertThat(caller.seen).isSameAs(caller.failure);
        assertThat(caller.task.cancelled()).isTrue();
        caller.close();
    }

    /** A task that calls the second loop, in a loop that the test drives by hand. */
    private final class Caller {

        final EventLoop loop = EventLoop.builder().clock(Clock.virtual()).build();
        final CountDownLatch ended = new CountDownLatch(1);
        Throwable failure;
        Integer result;
        Throwable seen;

        final Task<?> task =
                loop.createTask(
                        () -> {
                            try {
                                result = LoopGroup.call(two, this::callee);
                            } catch (Exception e) {
                                seen = e;
                            }
                            sleep(0);
                            throw new AssertionError("the cancel is lost");
                        });

        private int callee() throws IOException {
            ended.countDown();
            if (failure != null) {
                throw (IOException) failure;
            }
            return 7;
        }

        void answerStandsInTheQueue() {
            turns(1);
            try {
                ended.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            // The callee has begun; its answer comes two turns later.
            two.runCoroutineThreadsafe(
                            () -> {
                                for (int i = 0; i < 5; i++) {
                                    sleep(0);
                                }
                                return true;
                            })
                    .join();
        }

        void turns(int n) {
            LoopFixture.turns(loop, n);
        }

        void close() {
            loop.close();
        }
    }

    // ---------------------------------------------------------------- loops that end

    @Test
    void closedLoopRefuses() {
        var closed = EventLoop.create();
        closed.close();

        inOne(
                () ->
                        assertThatThrownBy(() -> LoopGroup.call(closed, () -> 1))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("closed"));
    }

    @Test
    void loopThatDoesNotRunYetIsWaitedFor() {
        var later = EventLoop.create();

        var result = group.submit(() -> LoopGroup.call(later, () -> 3));
        later.runUntilComplete(() -> sleep(0));
        later.runUntilComplete(() -> await(result));

        assertThat(result.join()).isEqualTo(3);
        later.close();
    }

    @Test
    void calleeThatIsUnwoundWithItsLoopThrowsCancelledErrorInTheCaller() {
        var other = EventLoop.builder().exceptionHandler((l, e) -> {}).build();
        var begun = new CountDownLatch(1);

        var result =
                group.submit(
                        () ->
                                LoopGroup.call(
                                        other,
                                        () -> {
                                            begun.countDown();
                                            Asyncio.getRunningLoop().stop();
                                            sleep(1000);
                                        }));
        other.runForever();
        while (begun.getCount() > 0) {
            other.runForever();
        }
        other.close();

        assertThatThrownBy(result::join)
                .isInstanceOf(java.util.concurrent.CancellationException.class);
    }

    @Test
    void loopThatIsClosedBeforeItBeginsIsAnError() {
        var other = EventLoop.create();
        var asked = new CountDownLatch(1);

        var result =
                group.submit(
                        () -> {
                            createTask(() -> asked.countDown());
                            LoopGroup.call(other, () -> 1);
                        });
        try {
            asked.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        other.close();

        assertThatThrownBy(result::join)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closingTheLoopOfTheCallerCancelsTheCallee() throws InterruptedException {
        var caller = EventLoop.builder().exceptionHandler((l, e) -> {}).build();
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);

        caller.createTask(
                () ->
                        LoopGroup.call(
                                two,
                                () -> {
                                    begun.countDown();
                                    try {
                                        sleep(1000);
                                    } finally {
                                        cancelled.countDown();
                                    }
                                }));
        LoopFixture.turns(caller, 2);
        begun.await();
        caller.close();

        cancelled.await();
    }

    // ---------------------------------------------------------------- where it may be called

    @Test
    void threadWithoutALoopIsToldToSubmit() {
        assertThatThrownBy(() -> LoopGroup.call(one, () -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("submit");
    }

    @Test
    void callbackIsToldThatItCannotWait() {
        run(
                () -> {
                    var told = Asyncio.<Throwable>createFuture();
                    Asyncio.getRunningLoop()
                            .callSoon(
                                    () -> {
                                        try {
                                            LoopGroup.call(one, () -> 1);
                                        } catch (IllegalStateException e) {
                                            told.setResult(e);
                                        }
                                    });
                    assertThat(told.await())
                            .hasMessageContaining("LoopGroup.call")
                            .hasMessageContaining("callback");
                });
    }

    @Test
    void futureOfAnotherLoopIsAwaitedByACall() {
        inOne(
                () -> {
                    Future<Integer> future =
                            LoopGroup.call(
                                    two,
                                    () -> {
                                        Future<Integer> made = Asyncio.createFuture();
                                        two.callLater(0.001, () -> made.setResult(4));
                                        return made;
                                    });

                    assertThat(LoopGroup.call(future.getLoop(), future::await)).isEqualTo(4);
                });
    }

    @Test
    void virtualTimeStandsStillWhileACallIsUnderWay() {
        var loop = EventLoop.builder().clock(Clock.virtual()).build();
        try {
            int result =
                    loop.runUntilComplete(
                            () ->
                                    Asyncio.timeout(
                                            3600, () -> LoopGroup.call(one, () -> sleep(0.01, 5))));

            assertThat(result).isEqualTo(5);
            assertThat(loop.time()).isZero();
        } finally {
            loop.close();
        }
    }

    @Test
    void keyboardInterruptOfTheCalleeGoesOnToTheCaller() {
        var interrupt = new KeyboardInterrupt();

        assertThatThrownBy(
                        () ->
                                run(
                                        () ->
                                                LoopGroup.call(
                                                        two,
                                                        () -> {
                                                            throw interrupt;
                                                        })))
                .isSameAs(interrupt);

        assertThat(group.failure()).isSameAs(interrupt);
    }

    @Test
    void taskThatWaitsSaysForWhat() {
        inOne(
                () -> {
                    var begun = new CountDownLatch(1);
                    var task =
                            createTask(
                                    () ->
                                            LoopGroup.call(
                                                    two,
                                                    () -> {
                                                        begun.countDown();
                                                        sleep(1000);
                                                    }));
                    begun.await();

                    assertThat(task.toString()).contains("waiting for LoopCall(to " + two);
                    task.cancel();
                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                });
    }
}
