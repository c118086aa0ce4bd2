package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** TaskGroup.cancel ends a group without an error. */
class TaskGroupStopTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepLong(String name) {
        try {
            sleep(100);
            log.add(name + " ended");
        } catch (CancelledError e) {
            log.add(name + " cancelled");
            throw e;
        }
    }

    /** Runs a group that must end without an error, and leave no cancel behind. */
    private void stopped(TaskGroup.VoidBody body) {
        run(
                () -> {
                    taskGroup(body);
                    log.add("over");
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });
    }

    @Test
    void aTaskMayCancelTheGroup() {
        stopped(
                group -> {
                    group.createTask(() -> sleepLong("other"));
                    group.createTask(
                            () -> {
                                sleep(1);
                                group.cancel();
                                sleepLong("itself");
                            });
                    sleepLong("body");
                });

        assertThat(log)
                .containsExactly("other cancelled", "body cancelled", "itself cancelled", "over");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void theBodyMayCancelTheGroup() {
        stopped(
                group -> {
                    group.createTask(() -> sleepLong("task"));
                    sleep(1);
                    group.cancel();
                    log.add("up to the next wait");
                    sleepLong("body");
                });

        assertThat(log)
                .containsExactly("up to the next wait", "task cancelled", "body cancelled", "over");
    }

    @Test
    void bodyThatDoesNotWaitAnyMoreReturnsItsResult() {
        run(
                () -> {
                    String result =
                            taskGroup(
                                    group -> {
                                        group.createTask(() -> sleepLong("task"));
                                        sleep(1);
                                        group.cancel();
                                        return "result";
                                    });

                    assertThat(result).isEqualTo("result");
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });

        assertThat(log).containsExactly("task cancelled");
    }

    @Test
    void bodyThatIsCancelledHasNoResult() {
        run(
                () -> {
                    String result =
                            taskGroup(
                                    group -> {
                                        group.cancel();
                                        sleepLong("body");
                                        return "result";
                                    });

                    assertThat(result).isNull();
                });
    }

    @Test
    void anyoneMayCancelTheGroupAlsoWhenItsBodyHasEnded() {
        stopped(
                group -> {
                    group.createTask(() -> sleepLong("task"));
                    loop.callLater(1, group::cancel);
                });

        assertThat(log).containsExactly("task cancelled", "over");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void tasksThatHaveNotBegunNeverRun() {
        stopped(
                group -> {
                    group.createTask(() -> log.add("begun"));
                    group.cancel();
                });

        assertThat(log).containsExactly("over");
    }

    @Test
    void cancelBeforeEntryTakesEffectAtTheFirstWait() {
        run(
                () -> {
                    var group = new TaskGroup();
                    group.cancel();

                    group.run(
                            g -> {
                                log.add("body begins");
                                sleepLong("body");
                                return null;
                            });

                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(log).containsExactly("body begins", "body cancelled");
    }

    @Test
    void cancelIsIdempotentAndHasNoEffectAfterTheEnd() {
        run(
                () -> {
                    var group = new TaskGroup();
                    group.run(
                            g -> {
                                g.createTask(
                                        () -> {
                                            try {
                                                sleep(100);
                                            } finally {
                                                sleep(5);
                                                log.add("cleaned up");
                                            }
                                        });
                                for (int i = 1; i < 4; i++) {
                                    loop.callLater(i, g::cancel);
                                }
                                sleepLong("body");
                                return null;
                            });

                    group.cancel();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });

        assertThat(log).containsExactly("body cancelled", "cleaned up");
        assertThat(loop.time()).isEqualTo(6);
    }

    @Test
    void errorsOfTasksAreStillThrown() {
        run(
                () -> {
                    var thrown =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            taskGroup(
                                                    group -> {
                                                        group.createTask(
                                                                () -> {
                                                                    try {
                                                                        sleep(100);
                                                                    } finally {
                                                                        throw new IOException("x");
                                                                    }
                                                                });
                                                        sleep(1);
                                                        group.cancel();
                                                        sleepLong("body");
                                                    }));

                    assertThat(thrown.leaves()).hasSize(1);
                    assertThat(thrown.leaves().getFirst()).hasMessage("x");
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });
    }

    @Test
    void cancelAfterAFailureChangesNothing() {
        run(
                () -> {
                    var thrown =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            taskGroup(
                                                    group -> {
                                                        group.createTask(
                                                                () -> {
                                                                    throw new IOException("x");
                                                                });
                                                        try {
                                                            sleepLong("body");
                                                        } finally {
                                                            group.cancel();
                                                            sleepLong("clean-up");
                                                        }
                                                    }));

                    assertThat(thrown.leaves()).hasSize(1);
                });

        assertThat(log).containsExactly("body cancelled", "clean-up ended");
    }
}
