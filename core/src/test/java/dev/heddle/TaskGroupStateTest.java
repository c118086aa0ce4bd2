package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a group refuses, and that it starts nothing then. */
class TaskGroupStateTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void create(TaskGroup group) {
        group.createTask(() -> log.add("started"));
    }

    private void assertRefused(TaskGroup group, String reason) {
        int tasks = loop.allTasks().size();

        assertThatIllegalStateException()
                .isThrownBy(() -> create(group))
                .withMessageContaining("createTask")
                .withMessageContaining(reason);
        assertThatIllegalStateException()
                .isThrownBy(() -> group.start(status -> status.started("never")))
                .withMessageContaining("start")
                .withMessageContaining(reason);

        assertThat(loop.allTasks()).hasSize(tasks);
        assertThat(log).isEmpty();
    }

    @Test
    void groupThatWasNotEntered() {
        run(() -> assertRefused(new TaskGroup(), "has not been entered"));
    }

    @Test
    void groupThatIsFinished() {
        run(
                () -> {
                    var group = new TaskGroup();
                    group.run(g -> null);

                    assertRefused(group, "is finished");
                    assertThat(group).hasToString("TaskGroup(EXITED, 0 tasks, 0 errors)");
                });
    }

    @Test
    void groupThatIsShuttingDownAfterAFailure() {
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
                                                                    throw new IOException("disk");
                                                                });
                                                        try {
                                                            sleep(100);
                                                        } finally {
                                                            assertRefused(group, "shutting down");
                                                        }
                                                    }));

                    assertThat(thrown.leaves()).hasSize(1);
                });
    }

    @Test
    void groupThatIsShuttingDownRefusesItsOwnTasksToo() {
        TaskGroup.VoidBody body =
                group -> {
                    group.createTask(
                            () -> {
                                try {
                                    sleep(100);
                                } finally {
                                    assertRefused(group, "shutting down");
                                    assertThat(group)
                                            .hasToString(
                                                    "TaskGroup(EXITING, aborting, 1 tasks, 0"
                                                            + " errors)");
                                    log.add("refused");
                                }
                            });
                    sleep(0);
                    throw new IOException("disk");
                };

        run(
                () -> {
                    catchThrowableOfType(ExceptionGroup.class, () -> taskGroup(body));
                });

        assertThat(log).containsExactly("refused");
    }

    @Test
    void groupWhoseLastTaskHasEndedIsFinished() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    Task<?> last = group.createTask(() -> sleep(1));
                                    last.addDoneCallback(
                                            task -> {
                                                // The host is woken, and has not gone on yet.
                                                assertRefused(group, "is finished");
                                                log.add("refused");
                                            });
                                }));

        assertThat(log).containsExactly("refused");
    }

    @Test
    void groupIsEnteredOnce() {
        run(
                () -> {
                    var group = new TaskGroup();
                    group.run(
                            g -> {
                                assertThatIllegalStateException()
                                        .isThrownBy(() -> g.run(again -> log.add("body")))
                                        .withMessageContaining("entered once");
                                return null;
                            });

                    assertThatIllegalStateException()
                            .isThrownBy(() -> group.run(again -> log.add("body")))
                            .withMessageContaining("entered once")
                            .withMessageContaining("EXITED");
                    assertThat(log).isEmpty();
                });
    }

    @Test
    void groupNeedsATask() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new TaskGroup().run(group -> log.add("body")))
                .withMessageContaining("no running event loop");

        var group = new TaskGroup();
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> group.run(g -> log.add("body")))
                                .withMessageContaining("callback"));
        turns(1);
        assertThat(log).isEmpty();

        String result = run(() -> group.run(g -> "usable"));
        assertThat(result).isEqualTo("usable");
    }

    @Test
    void otherThreadsMayNotUseAGroup() {
        TaskGroup.VoidBody body =
                group -> {
                    onOtherThread(
                            () -> {
                                assertThatIllegalStateException()
                                        .isThrownBy(() -> create(group))
                                        .withMessageContaining("thread");
                                assertThatIllegalStateException()
                                        .isThrownBy(group::cancel)
                                        .withMessageContaining("thread");
                            });
                    sleep(0); // would throw if the group was cancelled after all
                };

        run(() -> taskGroup(body));

        assertThat(log).isEmpty();
    }

    @Test
    void failureOfTheTaskFactoryIsThrownAndDoesNotDisturbTheGroup() {
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T> Task<T> create(
                            EventLoop l, Coroutine<T> coroutine, TaskOptions options) {
                        if ("broken".equals(options.name())) {
                            throw new UnsupportedOperationException("factory");
                        }
                        return LAZY.create(l, coroutine, options);
                    }
                });

        run(
                () ->
                        taskGroup(
                                group -> {
                                    create(group);
                                    var thrown =
                                            catchThrowableOfType(
                                                    UnsupportedOperationException.class,
                                                    () -> group.createTask(() -> null, "broken"));
                                    assertThat(thrown).hasMessage("factory");
                                }));

        assertThat(log).containsExactly("started");
    }

    @Test
    void taskOfAnotherTaskMayBeInTheGroup() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> sleep(5));
                                    Task<?> stranger = createTask(() -> create(group));
                                    stranger.await();
                                    assertThat(currentTask()).isNotSameAs(stranger);
                                }));

        assertThat(log).containsExactly("started");
    }
}
