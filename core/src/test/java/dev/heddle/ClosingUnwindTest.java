package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What closing a loop does to tasks that are still pending. */
class ClosingUnwindTest extends LoopFixture {

    private final List<String> seen = new ArrayList<>();

    /** Closes the loop and checks that exactly these tasks were reported as destroyed. */
    private void closeReporting(Task<?>... pending) {
        loop.close();

        List<ErrorContext> errors = takeErrors();
        assertThat(errors).extracting(ErrorContext::task).containsExactly(pending);
        assertThat(errors)
                .allMatch(c -> c.message().equals("Task was destroyed but it is pending!"))
                .allMatch(c -> c.exception() == null);
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void waitingTasksAreUnwoundAndReportedInTheOrderOfMaking() {
        Future<Void> never = loop.createFuture();
        List<Throwable> thrown = new ArrayList<>();
        Task<Void> sleeper =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } catch (CancelledError e) {
                                thrown.add(e);
                                throw e;
                            } finally {
                                seen.add("sleeper");
                            }
                        });
        Task<Void> waiter =
                loop.createTask(
                        () -> {
                            try {
                                never.await();
                            } finally {
                                seen.add("waiter");
                            }
                        });
        Task<Void> parent =
                loop.createTask(
                        () -> {
                            try {
                                waiter.await();
                            } finally {
                                seen.add("parent");
                            }
                        });
        turns(1);

        closeReporting(sleeper, waiter, parent);

        assertThat(seen).containsExactly("sleeper", "waiter", "parent");
        assertThat(thrown).singleElement().asString().contains("EventLoop(test").contains("closed");
        assertThat(List.of(sleeper, waiter, parent)).allMatch(Future::cancelled);
        assertThatThrownBy(sleeper::result).isInstanceOf(CancelledError.class);
    }

    @Test
    void taskThatHasNotStartedEndsWithoutRunning() {
        Task<Void> task = loop.createTask(() -> seen.add("ran") ? null : null);

        closeReporting(task);

        assertThat(seen).isEmpty();
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void taskThatWasAboutToGoOnIsUnwoundToo() {
        Future<String> future = loop.createFuture();
        Task<String> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } finally {
                                seen.add("finally");
                            }
                        });
        turns(1);
        future.setResult("there");

        closeReporting(task);

        assertThat(seen).containsExactly("finally");
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void awaitingAgainWhileUnwindingThrows() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } finally {
                                assertThatThrownBy(() -> sleep(1))
                                        .isInstanceOf(CancelledError.class);
                                assertThatThrownBy(() -> sleep(0))
                                        .isInstanceOf(CancelledError.class);
                                assertThatThrownBy(() -> loop.createFuture().await())
                                        .isInstanceOf(CancelledError.class);
                                seen.add("cleaned up");
                            }
                        });
        turns(1);

        closeReporting(task);

        assertThat(seen).containsExactly("cleaned up");
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void taskMayEndWithAResultInSpiteOfIt() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            try {
                                return sleep(1000, "slept");
                            } catch (CancelledError e) {
                                return "saved";
                            }
                        });
        turns(1);

        closeReporting(task);

        assertThat(task.result()).isEqualTo("saved");
    }

    @Test
    void errorOfACleanupIsReportedAsWell() {
        var error = new IOException("cleanup");
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } finally {
                                throw error;
                            }
                        });
        turns(1);

        loop.close();

        List<ErrorContext> errors = takeErrors();
        assertThat(errors).hasSize(2);
        assertThat(errors.get(0).task()).isSameAs(task);
        assertThat(errors.get(1).exception()).isSameAs(error);
        assertThat(errors.get(1).message()).contains("never retrieved");
    }

    @Test
    void keyboardInterruptWhileUnwindingComesOutOnceAllTasksAreUnwound() {
        for (int i = 0; i < 2; i++) {
            loop.createTask(
                    () -> {
                        try {
                            sleep(1000);
                        } finally {
                            seen.add("unwound");
                            throw new KeyboardInterrupt();
                        }
                    });
        }
        turns(1);

        assertThatThrownBy(loop::close).isInstanceOf(KeyboardInterrupt.class);

        assertThat(loop.isClosed()).isTrue();
        assertThat(seen).containsExactly("unwound", "unwound");
        assertThat(takeErrors())
                .filteredOn(c -> c.message().contains("destroyed but it is pending"))
                .hasSize(2);
    }

    @Test
    void cleanupMayStartATaskEagerly() {
        List<Task<?>> made = new ArrayList<>();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(1000);
                            } finally {
                                made.add(
                                        loop.createTask(
                                                () -> seen.add("child"),
                                                TaskOptions.DEFAULT.withEagerStart(true)));
                                seen.add("parent");
                            }
                        });
        turns(1);

        closeReporting(task);

        assertThat(seen).containsExactly("child", "parent");
        assertThat(made).singleElement().matches(Future::done);
    }
}
