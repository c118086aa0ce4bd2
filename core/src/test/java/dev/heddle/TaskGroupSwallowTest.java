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

/** A group whose body or tasks answer the cancel in their own way. */
class TaskGroupSwallowTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

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
    void bodyThatMakesAnErrorOfItsCancelThrowsBoth() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(1, "task"));
                            try {
                                sleepLong("body");
                            } catch (CancelledError e) {
                                throw new IllegalStateException("my error", e);
                            }
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("task", "my error");
    }

    @Test
    void bodyThatSwallowsItsCancelGoesOnAndTheErrorIsThrownAllTheSame() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(1, "task"));
                            try {
                                sleepLong("body");
                            } catch (CancelledError e) {
                                sleep(3);
                                log.add("went on");
                            }
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("task");
        assertThat(log).containsExactly("body cancelled", "went on");
        assertThat(loop.time()).isEqualTo(4);
    }

    @Test
    void taskThatSwallowsItsCancelIsWaitedFor() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(1, "task"));
                            group.createTask(
                                    () -> {
                                        try {
                                            sleepLong("other");
                                        } catch (CancelledError e) {
                                            sleepLong("other");
                                        }
                                    });
                        });

        assertThat(errors).hasSize(1);
        assertThat(log).containsExactly("other cancelled", "other ended");
        assertThat(loop.time()).isEqualTo(101);
    }

    @Test
    void bodyThatDoesNotWaitAnyMoreLeavesNoCancelBehind() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            group.createTask(() -> fail(0, "task"));
                            while (currentTask().cancelling() == 0) {
                                Thread.yield(); // no wait that could be cancelled
                            }
                            log.add("cancel requests: " + currentTask().cancelling());
                        });

        assertThat(errors).hasSize(1);
        assertThat(log).containsExactly("cancel requests: 1");
    }

    @Test
    void bodyAndTasksThatAreBlockedInTheJdkAreInterrupted() {
        List<Throwable> errors =
                errorsOf(
                        group -> {
                            Task<?> blocked = group.createTask(() -> Thread.sleep(1_000_000));
                            Task<?> host = currentTask();
                            group.createTask(
                                    () -> {
                                        while (!blocked.strand.isBlocked()
                                                || !host.strand.isBlocked()) {
                                            sleep(0);
                                        }
                                        throw new IOException("task");
                                    });
                            Thread.sleep(1_000_000);
                            log.add("behind the call");
                        });

        assertThat(errors).extracting(Throwable::getMessage).containsExactly("task");
        assertThat(log).isEmpty();
    }

    @Test
    void hostIsNotAskedToCancelWhenItsBodyHasEnded() {
        errorsOf(
                group -> {
                    Task<?> host = currentTask();
                    group.createTask(() -> fail(1, "task"));
                    group.createTask(
                            () -> {
                                try {
                                    sleep(100);
                                } finally {
                                    log.add("cancel requests: " + host.cancelling());
                                }
                            });
                });

        assertThat(log).containsExactly("cancel requests: 0");
    }
}
