package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Groups in groups. */
class TaskGroupNestedTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(double seconds, String line) {
        sleep(seconds);
        log.add(line);
    }

    private static void fail(double after, String message) throws IOException {
        sleep(after);
        throw new IOException(message);
    }

    private void sleepLong(String name) {
        try {
            sleep(100);
        } catch (CancelledError e) {
            log.add(name + " cancelled");
            throw e;
        }
    }

    private static ExceptionGroup thrownBy(TaskGroup.VoidBody body) {
        var thrown = catchThrowableOfType(ExceptionGroup.class, () -> taskGroup(body));
        assertThat(currentTask().cancelling()).isZero();
        sleep(0);
        return thrown;
    }

    /** Describes the structure of a group of errors. */
    private static String shape(Throwable error) {
        return error instanceof ExceptionGroup group
                ? group.exceptions().stream().map(TaskGroupNestedTest::shape).toList().toString()
                : error.getMessage();
    }

    @Test
    void failureOfTheOuterGroupCancelsTheInnerOneAndStandsAlone() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(() -> fail(1, "outer"));
                                        taskGroup(
                                                inner -> {
                                                    inner.createTask(() -> sleepLong("inner task"));
                                                    sleepLong("body");
                                                });
                                        log.add("behind the inner group");
                                    });

                    assertThat(shape(thrown)).isEqualTo("[outer]");
                });

        assertThat(log).containsExactly("body cancelled", "inner task cancelled");
    }

    @Test
    void failureOfTheInnerGroupIsAGroupInTheOuterOne() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(() -> sleepLong("outer task"));
                                        taskGroup(
                                                inner -> {
                                                    inner.createTask(() -> fail(1, "inner"));
                                                    sleepLong("body");
                                                });
                                    });

                    assertThat(shape(thrown)).isEqualTo("[[inner]]");
                });

        assertThat(log).containsExactly("body cancelled", "outer task cancelled");
    }

    @Test
    void failureOfAnInnerGroupThatIsHandledDoesNotConcernTheOuterOne() {
        run(
                () ->
                        taskGroup(
                                outer -> {
                                    outer.createTask(() -> sleepAndLog(5, "outer task"));
                                    ExceptionGroup thrown =
                                            thrownBy(inner -> inner.createTask(() -> fail(1, "x")));
                                    assertThat(shape(thrown)).isEqualTo("[x]");
                                    sleep(5);
                                    log.add("outer body at " + loop.time());
                                }));

        assertThat(log).containsExactly("outer task", "outer body at 6.0");
    }

    @Test
    void groupsThatFailAtTheSameTimeThrowBothErrors() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(() -> fail(1, "outer"));
                                        taskGroup(
                                                inner -> {
                                                    inner.createTask(() -> fail(1, "inner"));
                                                    sleepLong("body");
                                                });
                                    });

                    assertThat(shape(thrown)).isEqualTo("[outer, [inner]]");
                });

        assertThat(log).containsExactly("body cancelled");
    }

    @Test
    void cancelOfTheOuterGroupIsThrownByTheNextWaitIfTheInnerErrorIsHandled() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(() -> fail(1, "outer"));
                                        try {
                                            taskGroup(
                                                    inner -> {
                                                        inner.createTask(() -> fail(1, "inner"));
                                                        sleepLong("inner body");
                                                    });
                                        } catch (ExceptionGroup e) {
                                            log.add("requests: " + currentTask().cancelling());
                                        }
                                        sleepLong("outer body");
                                    });

                    assertThat(shape(thrown)).isEqualTo("[outer]");
                });

        assertThat(log)
                .containsExactly("inner body cancelled", "requests: 1", "outer body cancelled");
    }

    @Test
    void requestOfTheOuterGroupThatIsDueWhenTheInnerOneIsEnteredIsNotLost() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(() -> fail(0, "outer"));
                                        while (currentTask().cancelling() == 0) {
                                            Thread.yield(); // no wait that could be cancelled
                                        }
                                        try {
                                            taskGroup(
                                                    inner -> {
                                                        inner.cancel();
                                                        sleepLong("inner body");
                                                    });
                                            log.add("behind the inner group");
                                        } catch (CancelledError e) {
                                            log.add("the inner group throws");
                                            throw e;
                                        }
                                    });

                    assertThat(shape(thrown)).isEqualTo("[outer]");
                });

        assertThat(log).containsExactly("inner body cancelled", "the inner group throws");
    }

    @Test
    void outsideCancelPassesAllGroups() {
        run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () ->
                                            taskGroup(
                                                    outer -> {
                                                        outer.createTask(() -> sleepLong("outer"));
                                                        taskGroup(
                                                                inner -> {
                                                                    inner.createTask(
                                                                            () -> sleepLong("in"));
                                                                });
                                                    }));
                    sleep(1);

                    host.cancel("outside");
                    Asyncio.wait(List.of(host));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(host::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("in cancelled", "outer cancelled");
    }

    @Test
    void groupInATaskOfAGroupHandsItsErrorsUp() {
        run(
                () -> {
                    ExceptionGroup thrown =
                            thrownBy(
                                    outer -> {
                                        outer.createTask(
                                                () ->
                                                        taskGroup(
                                                                inner -> {
                                                                    inner.createTask(
                                                                            () -> fail(1, "a"));
                                                                    inner.createTask(
                                                                            () -> fail(1, "b"));
                                                                }));
                                        outer.createTask(() -> sleepLong("sibling"));
                                    });

                    assertThat(shape(thrown)).isEqualTo("[[a, b]]");
                });

        assertThat(log).containsExactly("sibling cancelled");
    }

    @Test
    void taskMayBeCreatedInAnOuterGroup() {
        run(
                () -> {
                    taskGroup(
                            outer -> {
                                taskGroup(
                                        inner -> {
                                            inner.createTask(
                                                    () -> {
                                                        outer.createTask(
                                                                () -> sleepAndLog(5, "outer"));
                                                    });
                                        });
                                log.add("inner ended at " + loop.time());
                            });
                    log.add("outer ended at " + loop.time());
                });

        assertThat(log).containsExactly("inner ended at 0.0", "outer", "outer ended at 5.0");
    }
}
