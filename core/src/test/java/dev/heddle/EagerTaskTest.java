package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** With the eager factory a task runs inside {@code createTask} up to where it first suspends. */
class EagerTaskTest extends LoopFixture {

    private static final TaskOptions EAGER = TaskOptions.DEFAULT.withEagerStart(true);
    private static final TaskOptions LAZY = TaskOptions.DEFAULT.withEagerStart(false);

    private final Future<String> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void eagerFactory() {
        loop.setTaskFactory(TaskFactory.EAGER);
    }

    @Test
    void taskThatNeverSuspendsIsDoneWhenItIsMade() {
        run(
                () -> {
                    Task<Integer> task = createTask(() -> 42);

                    assertThat(task.done()).isTrue();
                    assertThat(task.result()).isEqualTo(42);
                    assertThat(task.getCoro()).isNull();
                    assertThat(Asyncio.allTasks()).isEqualTo(List.of(currentTask()));
                });
    }

    @Test
    void taskThatIsDoneWhenItIsMadeCannotBeCancelled() {
        run(
                () -> {
                    Task<Integer> task = createTask(() -> 42);

                    assertThat(task.cancel()).isFalse();
                    assertThat(task.await()).isEqualTo(42);
                });
    }

    @Test
    void bodyRunsToItsFirstSuspensionAndThenTheCreatorGoesOn() {
        run(
                () -> {
                    log.add("creator");
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        log.add("body");
                                        future.await();
                                        log.add("end");
                                    });
                    log.add("creator again");
                    assertThat(task.done()).isFalse();
                    future.setResult("go");
                    log.add("creator waits");
                    task.await();
                });

        assertThat(log).containsExactly("creator", "body", "creator again", "creator waits", "end");
    }

    @Test
    void nothingElseRunsMeanwhile() {
        run(
                () -> {
                    loop.callSoon(() -> log.add("callback"));
                    for (int i = 0; i < 3; i++) {
                        String name = "child " + i;
                        createTask(
                                () -> {
                                    log.add(name);
                                    sleep(0);
                                });
                    }
                    log.add("creator");
                    sleep(0);
                    sleep(0);
                });

        assertThat(log).containsExactly("child 0", "child 1", "child 2", "creator", "callback");
    }

    @Test
    void errorOfTheEagerPartIsInTheTaskAndNotThrown() {
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        throw new IOException("disk");
                                    });

                    assertThat(task.done()).isTrue();
                    assertThat(task.exception()).hasMessage("disk");
                });
    }

    @Test
    void awaitOfADoneFutureIsNoSuspension() {
        future.setResult("there");

        run(() -> assertThat(createTask(() -> future.await()).result()).isEqualTo("there"));
    }

    @Test
    void currentTaskIsTheChildAndThenTheCreatorAgain() {
        run(
                () -> {
                    Task<?> creator = currentTask();
                    var seen = new ArrayList<Task<?>>();

                    Task<Boolean> quick = createTask(() -> seen.add(currentTask()));
                    seen.add(currentTask());
                    Task<Void> slow =
                            createTask(
                                    () -> {
                                        seen.add(currentTask());
                                        sleep(1);
                                        seen.add(currentTask());
                                    });
                    seen.add(currentTask());
                    slow.await();

                    assertThat(seen).isEqualTo(List.of(quick, creator, slow, creator, slow));
                });
    }

    @Test
    void childIsAmongAllTasksWhileItRuns() {
        run(
                () -> {
                    Task<?> creator = currentTask();
                    createTask(
                            () -> {
                                assertThat(Asyncio.allTasks())
                                        .isEqualTo(List.of(creator, currentTask()));
                                log.add("checked");
                            });
                });

        assertThat(log).containsExactly("checked");
    }

    @Test
    void variablesOfTheEagerPartDoNotLeakToTheCreator() {
        ContextVar<String> variable = ContextVar.of("variable");

        run(
                () -> {
                    variable.set("creator");
                    Task<String> task =
                            createTask(
                                    () -> {
                                        log.add(variable.get());
                                        variable.set("child");
                                        sleep(1);
                                        return variable.get();
                                    });
                    log.add(variable.get());
                    variable.set("creator later");

                    assertThat(task.await()).isEqualTo("child");
                    assertThat(variable.get()).isEqualTo("creator later");
                });

        assertThat(log).containsExactly("creator", "creator");
    }

    @Test
    void optionsOfACallOverruleTheFactory() {
        loop.setTaskFactory(TaskFactory.EAGER);
        run(
                () -> {
                    Task<Boolean> lazy = createTask(() -> log.add("lazy"), LAZY);
                    assertThat(log).isEmpty();
                    lazy.await();
                });

        loop.setTaskFactory(null);
        run(
                () -> {
                    assertThat(createTask(() -> log.add("eager"), EAGER).done()).isTrue();
                    assertThat(createTask(() -> log.add("default")).done()).isFalse();
                    sleep(0);
                });

        assertThat(log).containsExactly("lazy", "eager", "default");
    }

    @Test
    void loopThatDoesNotRunStartsNothingEagerly() {
        Task<Boolean> task = loop.createTask(() -> log.add("body"));

        assertThat(log).isEmpty();
        turns(1);

        assertThat(task.result()).isTrue();
    }

    @Test
    void callbacksOfADoneEagerTaskRunInTheNextTurn() {
        run(
                () -> {
                    createTask(() -> 42).addDoneCallback(t -> log.add("callback"));
                    assertThat(log).isEmpty();
                    sleep(0);
                    assertThat(log).containsExactly("callback");
                });
    }

    @Test
    void blockingCallOfTheJdkIsASuspensionToo() {
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        log.add("before");
                                        Thread.sleep(1);
                                        log.add("after");
                                    });
                    log.add("creator");
                    task.await();
                });

        assertThat(log).containsExactly("before", "creator", "after");
    }

    @Test
    void errorOfTheEagerPartThatNobodyTakesIsReported() {
        run(
                () -> {
                    createTask(
                            () -> {
                                throw new IOException("disk");
                            });
                });

        loop.close();

        assertThat(takeError().exception()).hasMessage("disk");
    }

    @Test
    void keyboardInterruptOfTheEagerPartLeavesTheLoop() {
        Task<Void> creator =
                loop.createTask(
                        () -> {
                            createTask(
                                            () -> {
                                                throw new KeyboardInterrupt();
                                            },
                                            "interrupted")
                                    .addDoneCallback(t -> t.exception());
                            log.add("creator goes on");
                        });

        assertThatExceptionOfType(KeyboardInterrupt.class)
                .isThrownBy(() -> loop.runUntilComplete(creator));
        loop.runUntilComplete(creator);

        assertThat(log).containsExactly("creator goes on");
        turns(1);
    }
}
