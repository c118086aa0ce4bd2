package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A scope around a group cancels the group's tasks as well, level-triggered. */
class CancelScopeGroupTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepLong(String name) {
        sleepAndLog(name, 100);
    }

    private void sleepAndLog(String name, double seconds) {
        try {
            sleep(seconds);
            log.add(name + " ended at " + loop.time());
        } catch (CancelledError e) {
            log.add(name + " cancelled at " + loop.time());
            throw e;
        }
    }

    /** Runs a group in a scope that is cancelled at 1 s, and must catch that. */
    private void group(TaskGroup.VoidBody body) {
        run(
                () -> {
                    CancelScope scope = moveOnAfter(1, s -> taskGroup(body));

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(scope.tasks).isEmpty();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });
    }

    @Test
    void bodyAndTasksAreCancelled() {
        group(
                group -> {
                    group.createTask(() -> sleepLong("a"));
                    group.createTask(() -> sleepLong("b"));
                    sleepLong("body");
                });

        assertThat(log)
                .containsExactly(
                        "body cancelled at 1.0", "a cancelled at 1.0", "b cancelled at 1.0");
    }

    @Test
    void tasksAreCancelledWhenTheBodyHasEnded() {
        var tasks = new ArrayList<Task<?>>();
        group(group -> tasks.add(group.createTask(() -> sleepLong("a"))));

        assertThat(log).containsExactly("a cancelled at 1.0");
        assertThat(tasks.getFirst().cancelled()).isTrue();
        assertThat(tasks.getFirst().cancelling()).as("requests: a scope makes none").isZero();
    }

    @Test
    void tasksAreCancelledAtEachWait() {
        group(
                group ->
                        group.createTask(
                                () -> {
                                    try {
                                        sleepLong("first");
                                    } catch (CancelledError e) {
                                        sleepLong("second");
                                    } finally {
                                        sleepLong("third");
                                    }
                                }));

        assertThat(log)
                .containsExactly(
                        "first cancelled at 1.0",
                        "second cancelled at 1.0",
                        "third cancelled at 1.0");
    }

    @Test
    void tasksOfATaskOfTheGroupAreCancelledToo() {
        group(
                outer ->
                        outer.createTask(
                                () ->
                                        taskGroup(
                                                inner -> {
                                                    inner.createTask(() -> sleepLong("a"));
                                                    sleepLong("body");
                                                })));

        assertThat(log).containsExactly("body cancelled at 1.0", "a cancelled at 1.0");
    }

    @Test
    void taskThatIsCreatedInACancelledScopeIsCancelledAtItsFirstWait() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s ->
                                    taskGroup(
                                            group -> {
                                                s.cancel();
                                                group.createTask(
                                                        () -> {
                                                            log.add("begins");
                                                            sleepLong("task");
                                                        });
                                            }));

                    // Nothing was cancelled in the scope's own task: it did not wait but for
                    // others.
                    assertThat(scope.cancelCalled()).isTrue();
                });

        assertThat(log).containsExactly("begins", "task cancelled at 0.0");
    }

    @Test
    void scopeInTheBodyDoesNotConcernTheTasks() {
        TaskGroup.VoidBody body =
                group ->
                        moveOnAfter(
                                1,
                                s -> {
                                    group.createTask(() -> sleepAndLog("task", 5));
                                    sleepLong("body");
                                });

        run(() -> taskGroup(body));

        assertThat(log).containsExactly("body cancelled at 1.0", "task ended at 5.0");
    }

    @Test
    void scopeInATaskIsItsOwn() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(
                                            () -> moveOnAfter(1, s -> sleepLong("in the scope")));
                                    group.createTask(() -> sleepAndLog("sibling", 5));
                                    sleepAndLog("body", 5);
                                }));

        assertThat(log)
                .containsExactly(
                        "in the scope cancelled at 1.0",
                        "body ended at 5.0",
                        "sibling ended at 5.0");
    }

    @Test
    void errorOfACleanUpOutranksTheCancel() {
        run(
                () -> {
                    var scope = CancelScope.after(1);

                    var thrown =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            scope.run(
                                                    s ->
                                                            taskGroup(
                                                                    group -> {
                                                                        group.createTask(
                                                                                () -> cleanUp());
                                                                        sleepLong("body");
                                                                    })));

                    assertThat(thrown.leaves()).hasSize(1);
                    assertThat(scope.cancelledCaught()).isFalse();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });
    }

    private static void cleanUp() throws IOException {
        try {
            sleep(100);
        } finally {
            throw new IOException("clean-up");
        }
    }

    @Test
    void groupThatIsCancelledInACancelledScopeLeavesTheErrorToTheScope() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                taskGroup(
                                        group -> {
                                            s.cancel();
                                            group.cancel();
                                            sleepLong("body");
                                        });
                                log.add("behind the group");
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(log).containsExactly("body cancelled at 0.0");
    }

    @Test
    void awaitOfAPlainTaskCancelsItAsTaskCancelDoes() {
        run(
                () -> {
                    var plain = createTask(() -> sleepLong("plain task"));

                    CancelScope scope = moveOnAfter(1, s -> plain.await());

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(plain.cancelled()).isTrue();
                });

        assertThat(log).containsExactly("plain task cancelled at 1.0");
    }
}
