package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
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
