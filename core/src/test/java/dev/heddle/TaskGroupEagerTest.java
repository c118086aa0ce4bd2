package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Groups in a loop that starts its tasks at once. */
class TaskGroupEagerTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void startEagerly() {
        loop.setTaskFactory(TaskFactory.EAGER);
    }

    private void fail(String message) throws IOException {
        log.add(message + " fails");
        throw new IOException(message);
    }

    private ExceptionGroup thrownBy(TaskGroup.VoidBody body) {
        var thrown = catchThrowableOfType(ExceptionGroup.class, () -> taskGroup(body));
        assertThat(currentTask().cancelling()).isZero();
        sleep(0);
        return thrown;
    }

    @Test
    void tasksRunWhileTheyAreCreated() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    Task<String> task =
                                            group.createTask(
                                                    () -> {
                                                        log.add("task");
                                                        return "result";
                                                    });
                                    log.add("body");

                                    assertThat(task.result()).isEqualTo("result");
                                }));

        assertThat(log).containsExactly("task", "body");
    }

    @Test
    void failureWhileBeingCreatedComesAtTheNextWait() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    group -> {
                                        Task<?> task = group.createTask(() -> fail("task"));
                                        log.add("created");
                                        assertThat(task.exception()).hasMessage("task");
                                        assertThat(currentTask().cancelling()).isZero();
                                        group.createTask(() -> log.add("another"));
                                        try {
                                            sleep(100);
                                        } catch (CancelledError e) {
                                            log.add("cancelled");
                                            throw e;
                                        }
                                    });

                    assertThat(thrown.leaves())
                            .extracting(Throwable::getMessage)
                            .containsExactly("task");
                });

        assertThat(log).containsExactly("task fails", "created", "another", "cancelled");
        assertThat(loop.time()).isZero();
    }

    @Test
    void failuresOfSeveralWhileBeingCreatedAreAllInTheGroup() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    group -> {
                                        group.createTask(() -> fail("a"));
                                        group.createTask(() -> sleep(100));
                                        group.createTask(() -> fail("b"));
                                    });

                    assertThat(thrown.leaves())
                            .extracting(Throwable::getMessage)
                            .containsExactly("a", "b");
                });

        assertThat(loop.time()).isZero();
    }

    @Test
    void failureOfATaskThatCreatesOthersDoesNotCancelThemWhileItCreates() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    group ->
                                            group.createTask(
                                                    () -> {
                                                        group.createTask(() -> fail("inner"));
                                                        group.createTask(() -> log.add("next"));
                                                        fail("outer");
                                                    }));

                    assertThat(thrown.leaves())
                            .extracting(Throwable::getMessage)
                            .containsExactlyInAnyOrder("inner", "outer");
                });

        assertThat(log).containsExactly("inner fails", "next", "outer fails");
    }

    @Test
    void taskThatCancelsTheGroupBeforeItSuspendsIsCancelledToo() {
        run(
                () -> {
                    taskGroup(
                            group -> {
                                Task<?> task =
                                        group.createTask(
                                                () -> {
                                                    group.cancel();
                                                    log.add("cancelled the group");
                                                    sleep(100);
                                                    log.add("behind the wait");
                                                });
                                assertThat(task.cancelling()).isEqualTo(1);
                            });
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });

        assertThat(log).containsExactly("cancelled the group");
        assertThat(loop.time()).isZero();
    }

    @Test
    void bodyIsCancelledWhenSuchATaskHasCancelledTheGroup() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> group.cancel());
                                    log.add("body goes on to its next wait");
                                    sleep(100);
                                    log.add("behind the wait");
                                }));

        assertThat(log).containsExactly("body goes on to its next wait");
        assertThat(loop.time()).isZero();
    }

    @Test
    void siblingsThatWaitAreCancelledWhenSuchATaskCancelsTheGroup() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    Task<?> sibling = group.createTask(() -> sleep(100));
                                    group.createTask(
                                            () -> {
                                                group.createTask(() -> group.cancel());
                                                log.add("parent of the one that cancels");
                                                sleep(100);
                                            });
                                    assertThat(sibling.cancelling()).isEqualTo(1);
                                }));

        assertThat(log).containsExactly("parent of the one that cancels");
        assertThat(loop.time()).isZero();
    }

    @Test
    void valueOfAServiceThatHasStartedWhileBeingCreatedIsThereAtOnce() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    String value =
                                            group.start(
                                                    status -> {
                                                        status.started("port 80");
                                                        sleep(1);
                                                        log.add("served");
                                                    });
                                    log.add(value);
                                }));

        assertThat(log).containsExactly("port 80", "served");
    }
}
