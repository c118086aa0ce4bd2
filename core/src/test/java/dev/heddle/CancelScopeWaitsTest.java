package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shieldAsync;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a cancelled scope does to the waits for several things, and for threads. */
class CancelScopeWaitsTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    /** Runs a body in a scope that is cancelled at 1 s, and must catch that. */
    private void cancelledAtOne(CancelScope.VoidBody body) {
        run(
                () -> {
                    var scope = CancelScope.after(1);
                    scope.run(body);

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                });
    }

    @Test
    void gatherCancelsItsChildren() {
        var children = new ArrayList<Task<Void>>();
        cancelledAtOne(
                s -> {
                    children.add(createTask(() -> sleep(100)));
                    children.add(createTask(() -> sleep(200)));
                    gather(children);
                });

        assertThat(children).hasSize(2).allMatch(Future::cancelled);
    }

    @Test
    void gatherInACancelledScopeCancelsItsChildrenAtOnce() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.cancel();
                    scope.run(s -> gather(() -> sleep(100), () -> log.add("begun")));

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.allTasks()).hasSize(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void shieldOfAsyncioLetsTheInnerTaskGoOn() {
        run(
                () -> {
                    var inner = createTask(() -> sleep(5, "inner"));
                    var scope = CancelScope.after(1);

                    scope.run(s -> shieldAsync(inner).await());

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(inner.await()).isEqualTo("inner");
                    assertThat(loop.time()).isEqualTo(5);
                });
    }

    @Test
    void waitEndsAndCancelsNothing() {
        run(
                () -> {
                    var inner = createTask(() -> sleep(5, "inner"));
                    var scope = CancelScope.after(1);

                    scope.run(
                            s -> {
                                try {
                                    Asyncio.wait(List.of(inner));
                                } finally {
                                    Asyncio.wait(List.of(inner));
                                }
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                    assertThat(inner.await()).isEqualTo("inner");
                });
    }

    @Test
    void waitForLeavesTheCancelToTheScope() {
        cancelledAtOne(s -> waitFor(() -> sleep(100, "never"), 50.0));
    }

    @Test
    void asCompletedEnds() {
        cancelledAtOne(
                s -> {
                    List<Coroutine<String>> coroutines = List.of(() -> sleep(100, "never"));
                    for (var next : Asyncio.asCompleted(coroutines)) {
                        next.await();
                    }
                });

        loop.allTasks().forEach(Task::cancel);
        turns(1);
    }

    @Test
    void errorOfAnAwaitedTasksCleanUpIsThrownAndNotLost() {
        for (boolean before : new boolean[] {true, false}) {
            var task = loop.createTask(CancelScopeWaitsTest::failInCleanUp);
            run(
                    () -> {
                        sleep(0);
                        var scope = new CancelScope();
                        if (before) {
                            scope.cancel();
                        } else {
                            loop.callLater(1, scope::cancel);
                        }

                        assertThatThrownBy(() -> scope.run(s -> task.await()))
                                .isInstanceOf(IOException.class)
                                .hasMessage("clean-up");
                    });
        }
    }

    private static void failInCleanUp() throws IOException {
        try {
            sleep(100);
        } finally {
            throw new IOException("clean-up");
        }
    }

    @Test
    void valueOfATaskThatRefusesItsCancelIsNotWaitedForInACancelledScope() {
        run(
                () -> {
                    var task =
                            createTask(
                                    () -> {
                                        try {
                                            return sleep(100, "ended");
                                        } catch (CancelledError e) {
                                            return "refused";
                                        }
                                    });
                    sleep(0);
                    var scope = new CancelScope();
                    scope.cancel();

                    scope.run(s -> log.add(task.await()));

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(task.result()).isEqualTo("refused");
                });

        assertThat(log).isEmpty();
    }

    @Test
    void jobInAThreadIsInterrupted() {
        var started = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        run(
                () -> {
                    var scope = new CancelScope();
                    Task<?> canceller =
                            createTask(
                                    () -> {
                                        started.await();
                                        scope.cancel();
                                    });

                    scope.run(
                            s ->
                                    toThread(
                                            () -> {
                                                started.countDown();
                                                try {
                                                    Thread.sleep(1_000_000);
                                                } catch (InterruptedException e) {
                                                    interrupted.countDown();
                                                    throw e;
                                                }
                                                return null;
                                            }));

                    assertThat(scope.cancelledCaught()).isTrue();
                    canceller.await();
                    interrupted.await();
                });
    }

    @Test
    void resultOfAJobThatIsCancelledIsDropped() {
        var release = new CountDownLatch(1);
        run(
                () -> {
                    var job = loop.runInExecutor(null, () -> release.await(50, TimeUnit.SECONDS));
                    var scope = new CancelScope();
                    loop.callSoon(scope::cancel);

                    scope.run(s -> job.await());

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(job.cancelled()).isTrue();
                    release.countDown();
                });
    }
}
