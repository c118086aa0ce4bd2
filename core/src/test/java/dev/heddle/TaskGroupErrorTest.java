package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A group of which a task or the body fails. */
class TaskGroupErrorTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepAndLog(double seconds, String line) {
        sleep(seconds);
        log.add(line);
    }

    /** Runs a group that fails, in a task of its own, and returns the errors in it. */
    private List<Throwable> errorsOf(TaskGroup.VoidBody body) {
        return run(
                () -> {
                    var group = catchThrowableOfType(ExceptionGroup.class, () -> taskGroup(body));
                    assertThat(currentTask().cancelling()).as("cancel requests").isZero();
                    sleep(0); // throws if a cancel was left behind
                    assertThat(group.message()).isEqualTo("unhandled errors in a TaskGroup");
                    return group.exceptions();
                });
    }

    private void sleepLong(String name) {
        try {
            sleep(100);
            log.add(name + " ended");
        } catch (CancelledError e) {
            log.add(name + " cancelled");
            throw e;
        }
    }

    private static void fail(double after, String message) throws IOException {
        sleep(after);
        throw new IOException(message);
    }

    @Test
    void failingTaskCancelsTheOthersAndTheBody() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(2, "disk"));
                            group.createTask(() -> sleepLong("task"));
                            sleepLong("body");
                            log.add("behind the wait");
                        });

        assertThat(errors).hasSize(1);
        assertThat(errors.getFirst()).isInstanceOf(IOException.class).hasMessage("disk");
        assertThat(log).containsExactly("task cancelled", "body cancelled");
        assertThat(loop.time()).isEqualTo(2);
    }

    @Test
    void failingTaskCancelsTheOthersWhenTheBodyHasEnded() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> sleepLong("before"));
                            group.createTask(() -> fail(2, "disk"));
                            group.createTask(() -> sleepLong("after"));
                        });

        assertThat(errors).hasSize(1);
        assertThat(log).containsExactly("before cancelled", "after cancelled");
    }

    @Test
    void groupWaitsForTheCleanUpOfItsTasks() {
        errorsOf(
                group -> {
                    group.createTask(() -> fail(1, "disk"));
                    group.createTask(
                            () -> {
                                try {
                                    sleepLong("task");
                                } finally {
                                    sleep(5); // a group cancels once, not again and again
                                    log.add("cleaned up");
                                }
                            });
                });

        assertThat(log).containsExactly("task cancelled", "cleaned up");
        assertThat(loop.time()).isEqualTo(6);
    }

    @Test
    void errorsOfTheCleanUpJoinTheGroup() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(1, "first"));
                            group.createTask(
                                    () -> {
                                        try {
                                            sleepLong("task");
                                        } finally {
                                            fail(1, "second");
                                        }
                                    });
                            try {
                                sleepLong("body");
                            } finally {
                                fail(5, "of the body");
                            }
                        });

        assertThat(errors)
                .extracting(Throwable::getMessage)
                .containsExactly("first", "second", "of the body");
    }

    @Test
    void errorsOfOneTurnAreAllInTheGroup() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(1, "a"));
                            group.createTask(() -> fail(1, "b"));
                            group.createTask(() -> sleep(1));
                            group.createTask(() -> fail(1, "c"));
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("a", "b", "c");
    }

    @Test
    void failingBodyCancelsTheTasks() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> sleepLong("task"));
                            sleep(1);
                            throw new IOException("body");
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("body");
        assertThat(log).containsExactly("task cancelled");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void errorOfABodyWithoutTasksIsInAGroupToo() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            throw new IOException("body");
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("body");
    }

    @Test
    void failureOfATaskIsNotReportedElsewhere() {
        errorsOf(
                group -> {
                    group.createTask(() -> fail(1, "a"));
                    group.createTask(() -> fail(1, "b"));
                });

        loop.close();
        assertThat(takeErrors()).isEmpty();
    }

    @Test
    void failureOfATaskThatIsNotInTheGroupDoesNotConcernIt() {
        run(
                () -> {
                    Task<?> other = createTask(() -> fail(1, "other"));

                    taskGroup(
                            group -> {
                                sleepAndLog(2, "body");
                            });

                    assertThat(other.exception()).hasMessage("other");
                });

        assertThat(log).containsExactly("body");
    }
}
