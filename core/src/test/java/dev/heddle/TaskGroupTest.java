package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** A group whose tasks end well. */
class TaskGroupTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(double seconds, String line) {
        sleep(seconds);
        log.add(line);
    }

    @Test
    void groupEndsWhenAllTasksHaveEndedAndTheirResultsAreThere() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<Integer>>();
                    taskGroup(
                            group -> {
                                tasks.add(group.createTask(() -> sleep(3, 42)));
                                tasks.add(group.createTask(() -> sleep(5, 11)));
                                log.add("body ended at " + loop.time());
                            });

                    assertThat(tasks.get(0).result()).isEqualTo(42);
                    assertThat(tasks.get(1).result()).isEqualTo(11);
                });

        assertThat(log).containsExactly("body ended at 0.0");
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void resultOfTheGroupIsThatOfItsBody() {
        String result =
                run(
                        () ->
                                taskGroup(
                                        group -> {
                                            Task<String> task =
                                                    group.createTask(() -> sleep(1, "of the task"));
                                            return "body " + task.await();
                                        }));

        assertThat(result).isEqualTo("body of the task");
    }

    @Test
    void groupWithoutTasksReturnsWithoutAHop() {
        run(
                () -> {
                    loop.callSoon(() -> log.add("next turn"));

                    String result = taskGroup(group -> "result");

                    assertThat(result).isEqualTo("result");
                    assertThat(log).isEmpty();
                });
    }

    @Test
    void bodyRunsInTheTaskThatOpensTheGroup() {
        run(
                () -> {
                    Task<?> host = currentTask();

                    Task<?> inBody =
                            taskGroup(
                                    group -> {
                                        return currentTask();
                                    });

                    assertThat(inBody).isSameAs(host);
                });
    }

    @Test
    void tasksRunAfterThoseThatWereCreatedBefore() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> log.add("a"));
                                    createTask(() -> log.add("b"));
                                    group.createTask(() -> log.add("c"));
                                    log.add("body");
                                }));

        assertThat(log).containsExactly("body", "a", "b", "c");
    }

    @Test
    void bodyMayCreateATaskLate() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> sleep(1));
                                    sleep(3);
                                    group.createTask(() -> sleepAndLog(2, "late"));
                                }));

        assertThat(log).containsExactly("late");
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void taskMayCreateOthersWhileTheGroupWaitsForIt() {
        run(
                () -> {
                    taskGroup(
                            group -> {
                                group.createTask(
                                        () -> {
                                            sleep(1);
                                            group.createTask(
                                                    () -> {
                                                        sleep(1);
                                                        group.createTask(() -> sleepAndLog(1, "c"));
                                                    });
                                        });
                            });
                    log.add("over");
                });

        assertThat(log).containsExactly("c", "over");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void callbackMayCreateATask() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> sleep(5));
                                    loop.callLater(
                                            1, () -> group.createTask(() -> sleepAndLog(9, "b")));
                                }));

        assertThat(log).containsExactly("b");
        assertThat(loop.time()).isEqualTo(10);
    }

    @Test
    void taskThatIsCancelledByHandDisturbsNobody() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<Integer>>();
                    taskGroup(
                            group -> {
                                tasks.add(group.createTask(() -> sleep(3, 42)));
                                tasks.add(group.createTask(() -> sleep(5, 11)));
                                sleep(1);
                                tasks.get(1).cancel();
                                log.add("body goes on");
                            });

                    assertThat(log).containsExactly("body goes on");
                    assertThat(tasks.get(0).result()).isEqualTo(42);
                    assertThat(tasks.get(1).cancelled()).isTrue();
                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void taskThatThrowsACancelledErrorItselfDisturbsNobody() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(
                                            () -> {
                                                throw new CancelledError("own");
                                            });
                                    group.createTask(() -> sleepAndLog(3, "other"));
                                }));

        assertThat(log).containsExactly("other");
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void bodyThatAwaitsACancelledTaskGetsItsCancelledError() {
        run(
                () ->
                        assertThatExceptionOfType(CancelledError.class)
                                .isThrownBy(
                                        () ->
                                                taskGroup(
                                                        group -> {
                                                            Task<?> task =
                                                                    group.createTask(
                                                                            () -> sleep(9));
                                                            group.createTask(() -> sleep(5));
                                                            loop.callLater(
                                                                    1, () -> task.cancel("enough"));
                                                            task.await();
                                                        }))
                                .withMessage("enough"));

        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void tasksTakeNamesAndContexts() {
        var variable = ContextVar.<String>of("variable");
        run(
                () -> {
                    variable.set("of the body");
                    var context = Context.copyCurrent();
                    variable.set("changed");
                    taskGroup(
                            group -> {
                                Task<?> named =
                                        group.createTask(() -> log.add(variable.get()), "x");
                                Task<?> other =
                                        group.createTask(
                                                () -> {
                                                    log.add(variable.get());
                                                },
                                                TaskOptions.DEFAULT
                                                        .withName("y")
                                                        .withContext(context));

                                assertThat(named.getName()).isEqualTo("x");
                                assertThat(other.getName()).isEqualTo("y");
                                assertThat(other.getContext()).isSameAs(context);
                            });
                });

        assertThat(log).containsExactly("changed", "of the body");
    }
}
