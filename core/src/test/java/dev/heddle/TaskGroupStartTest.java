package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** TaskGroup.start waits until a service says that it has started. */
class TaskGroupStartTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void serveUntilCancelled(TaskStatus<String> status) {
        try {
            sleep(1);
            status.started("port 80");
            sleep(100);
            log.add("served to the end");
        } catch (CancelledError e) {
            log.add("service cancelled");
            throw e;
        }
    }

    @Test
    void startReturnsWhatTheServiceSaysAndTheServiceGoesOn() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    String port = group.start(this::serveUntilCancelled);

                                    assertThat(port).isEqualTo("port 80");
                                    assertThat(loop.time()).isEqualTo(1);
                                }));

        assertThat(log).containsExactly("served to the end");
        assertThat(loop.time()).isEqualTo(101);
    }

    @Test
    void valueMayBeNullAndTheTaskMayHaveAName() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    Object value =
                                            group.start(
                                                    status -> {
                                                        status.started(null);
                                                        log.add(currentTask().getName());
                                                    },
                                                    TaskOptions.DEFAULT.withName("service"));

                                    assertThat(value).isNull();
                                }));

        assertThat(log).containsExactly("service");
    }

    @Test
    void errorBeforeTheStartIsForTheCallerOnly() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    group.createTask(() -> sleep(5));
                                    var disk = new IOException("disk");

                                    Throwable thrown =
                                            catchThrowable(
                                                    () ->
                                                            group.start(
                                                                    status -> {
                                                                        sleep(1);
                                                                        throw disk;
                                                                    }));

                                    assertThat(thrown).isSameAs(disk);
                                    sleep(1);
                                    log.add("body goes on");
                                }));

        assertThat(log).containsExactly("body goes on");
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void errorAfterTheStartIsForTheGroup() {
        run(
                () -> {
                    var group =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            taskGroup(
                                                    g -> {
                                                        g.start(
                                                                status -> {
                                                                    status.started("yes");
                                                                    throw new IOException("disk");
                                                                });
                                                        log.add("started");
                                                        sleep(100);
                                                        log.add("behind the wait");
                                                    }));

                    assertThat(group.leaves())
                            .extracting(Throwable::getMessage)
                            .containsExactly("disk");
                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(loop.time()).isZero();
    }

    @Test
    void serviceThatEndsWithoutAWordIsAnError() {
        var named = TaskOptions.DEFAULT.withName("mute");
        TaskGroup.VoidBody body =
                group ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> group.start(status -> sleep(1), named))
                                .withMessage("mute ended before it called started()");

        run(() -> taskGroup(body));
    }

    @Test
    void serviceThatIsCancelledWithoutAWordIsAnErrorAndNotACancelOfTheCaller() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    assertThatIllegalStateException()
                                            .isThrownBy(
                                                    () ->
                                                            group.start(
                                                                    status -> {
                                                                        loop.callLater(
                                                                                1,
                                                                                currentTask()
                                                                                        ::cancel);
                                                                        sleep(100);
                                                                    }))
                                            .withMessageContaining("was cancelled before")
                                            .withCauseInstanceOf(CancelledError.class);
                                    assertThat(currentTask().cancelling()).isZero();
                                    sleep(1);
                                }));

        assertThat(loop.time()).isEqualTo(2);
    }

    @Test
    void serviceThatIsCancelledInACallOfTheJdkIsCancelledWithoutAWordToo() {
        TaskGroup.Service<String> service =
                status -> {
                    Task<?> self = currentTask();
                    createTask(
                            () -> {
                                while (!self.strand.isBlocked()) {
                                    sleep(0);
                                }
                                self.cancel();
                            });
                    Thread.sleep(1_000_000);
                };
        TaskGroup.VoidBody body =
                group ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> group.start(service))
                                .withMessageContaining("was cancelled before");

        run(() -> taskGroup(body));
    }

    @Test
    void cancelOfTheCallerWhileTheServiceStartsCancelsTheService() {
        run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () ->
                                            taskGroup(
                                                    g -> {
                                                        g.start(this::serveUntilCancelled);
                                                        log.add("started");
                                                    }));
                    sleep(0.5);

                    host.cancel("outside");
                    Asyncio.wait(List.of(host));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(host::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("service cancelled");
        assertThat(loop.time()).isEqualTo(0.5);
    }

    @Test
    void callerThatGivesUpCancelsTheServiceAndTheGroupGoesOn() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    CancelScope scope =
                                            Asyncio.moveOnAfter(
                                                    0.5,
                                                    s -> {
                                                        group.start(this::serveUntilCancelled);
                                                    });

                                    assertThat(scope.cancelledCaught()).isTrue();
                                    sleep(1);
                                    log.add("body goes on");
                                }));

        assertThat(log).containsExactly("service cancelled", "body goes on");
        assertThat(loop.time()).isEqualTo(1.5);
    }

    @Test
    void serviceThatStartsInSpiteOfTheCancelSpeaksToNobody() {
        TaskGroup.Service<String> service =
                status -> {
                    try {
                        sleep(100);
                    } catch (CancelledError e) {
                        status.started("too late");
                        status.started("again");
                        log.add("started");
                    }
                };

        run(
                () ->
                        taskGroup(
                                group -> {
                                    Asyncio.moveOnAfter(0.5, s -> group.start(service));
                                }));

        assertThat(log).containsExactly("started");
    }

    @Test
    void errorInTheCleanUpOfAServiceThatNobodyWaitsForIsForTheGroup() {
        TaskGroup.VoidBody body = group -> Asyncio.moveOnAfter(0.5, s -> startFailing(group));

        run(
                () -> {
                    var group = catchThrowableOfType(ExceptionGroup.class, () -> taskGroup(body));

                    assertThat(group.leaves())
                            .extracting(Throwable::getMessage)
                            .containsExactly("clean-up");
                });
    }

    private static void startFailing(TaskGroup group) {
        group.start(
                status -> {
                    try {
                        sleep(100);
                    } finally {
                        throw new IOException("clean-up");
                    }
                });
    }

    @Test
    void startIsSaidOnce() {
        run(
                () -> {
                    var group =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            taskGroup(
                                                    g -> {
                                                        String first =
                                                                g.start(
                                                                        status -> {
                                                                            status.started("a");
                                                                            status.started("b");
                                                                        });
                                                        log.add(first);
                                                    }));

                    assertThat(group.leaves()).hasSize(1);
                    assertThat(group.leaves().getFirst())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("called before");
                });
    }

    @Test
    void startNeedsATask() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    var thrown = new ArrayList<Throwable>();
                                    loop.callSoon(
                                            () ->
                                                    thrown.add(
                                                            catchThrowable(
                                                                    () -> group.start(s -> {}))));
                                    sleep(0);

                                    assertThat(thrown.getFirst())
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("callback");
                                    assertThat(loop.allTasks()).hasSize(1);
                                }));
    }
}
