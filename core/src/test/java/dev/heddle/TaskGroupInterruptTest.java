package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A KeyboardInterrupt leaves a group as it is. */
class TaskGroupInterruptTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();
    private final KeyboardInterrupt interrupt = new KeyboardInterrupt();

    private void sleepLong(String name) {
        try {
            sleep(100);
        } catch (CancelledError e) {
            log.add(name + " cancelled");
            throw e;
        }
    }

    /** Runs a group whose interrupt leaves the loop once for each task in which it is thrown. */
    private Task<?> interrupted(int times, TaskGroup.VoidBody body) {
        Task<Void> host =
                loop.createTask(
                        () -> {
                            try {
                                taskGroup(body);
                            } finally {
                                assertThat(currentTask().cancelling()).isZero();
                                sleep(0);
                            }
                        });
        for (int i = 0; i < times; i++) {
            assertThat(host.done()).isFalse();
            assertThatThrownBy(() -> loop.runUntilComplete(host)).isSameAs(interrupt);
        }
        assertThat(host.exception()).isSameAs(interrupt);
        return host;
    }

    @Test
    void ofATask() {
        interrupted(
                2,
                group -> {
                    group.createTask(() -> sleepLong("task"));
                    group.createTask(
                            () -> {
                                throw interrupt;
                            });
                    sleepLong("body");
                });

        assertThat(log).containsExactly("task cancelled", "body cancelled");
    }

    @Test
    void ofATaskWhenTheBodyHasEnded() {
        interrupted(
                2,
                group -> {
                    group.createTask(() -> sleepLong("task"));
                    group.createTask(
                            () -> {
                                sleep(1);
                                throw interrupt;
                            });
                });

        assertThat(log).containsExactly("task cancelled");
    }

    @Test
    void ofTheBody() {
        interrupted(
                1,
                group -> {
                    group.createTask(() -> sleepLong("task"));
                    sleep(1);
                    throw interrupt;
                });

        assertThat(log).containsExactly("task cancelled");
    }

    @Test
    void otherErrorsAreSuppressedAndNotLost() {
        interrupted(
                2,
                group -> {
                    group.createTask(
                            () -> {
                                try {
                                    sleep(100);
                                } finally {
                                    throw new IOException("clean-up");
                                }
                            });
                    group.createTask(
                            () -> {
                                sleep(1);
                                throw interrupt;
                            });
                    try {
                        sleepLong("body");
                    } finally {
                        throw new IllegalStateException("body");
                    }
                });

        assertThat(interrupt.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly("clean-up", "body");
    }

    @Test
    void ofAServiceThatHasNotStarted() {
        interrupted(
                2,
                group -> {
                    group.start(
                            status -> {
                                sleep(1);
                                throw interrupt;
                            });
                    log.add("started");
                });

        assertThat(log).isEmpty();
    }
}
