package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A service that is cancelled before it has started. */
class TaskGroupStartCancelTest extends LoopFixture {

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
}
