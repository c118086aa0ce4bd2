package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Closing a runner ends what is left, in order: tasks, executor, loop. */
class RunnerCloseTest extends LoopFixture {

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<EventLoop> opened = new ArrayList<>();
    private final Runner runner = new Runner(null, this::openLoop);

    private EventLoop openLoop() {
        opened.add(open(EventLoop.builder().clock(clock)));
        return opened.getLast();
    }

    private void startAndLeave(VoidCoroutine background) {
        runner.run(
                () -> {
                    createTask(background);
                    sleep(1);
                });
    }

    @Test
    void tasksAreCancelledAndAwaited() {
        startAndLeave(
                () -> {
                    try {
                        sleep(100);
                    } finally {
                        sleep(5);
                        log.add("cleaned up at " + clock.nanoTime() / 1e9);
                    }
                });

        runner.close();

        assertThat(log).containsExactly("cleaned up at 6.0");
        assertThat(opened.getFirst().isClosed()).isTrue();
        assertThat(opened.getFirst().allTasks()).isEmpty();
    }

    @Test
    void tasksOfAFailedProgramAreCancelledToo() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () ->
                                Asyncio.run(
                                        () -> {
                                            createTask(
                                                    () -> {
                                                        try {
                                                            sleep(100);
                                                        } finally {
                                                            log.add("cleaned up");
                                                        }
                                                    });
                                            sleep(1);
                                            throw new IOException("main");
                                        },
                                        null,
                                        this::openLoop))
                .withMessage("main");

        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void taskThatWasNotStartedNeverRuns() {
        runner.run(() -> currentTask().addDoneCallback(main -> createTask(() -> log.add("ran"))));
        assertThat(opened.getFirst().allTasks()).hasSize(1);

        runner.close();

        assertThat(log).isEmpty();
    }

    @Test
    void errorsOfTheCleanUpsAreReported() {
        startAndLeave(
                () -> {
                    try {
                        sleep(100);
                    } catch (CancelledError e) {
                        throw new IOException("clean-up");
                    }
                });

        runner.close();

        ErrorContext error = takeError();
        assertThat(error.message()).isEqualTo("unhandled exception during asyncio.run() shutdown");
        assertThat(error.exception()).isInstanceOf(IOException.class).hasMessage("clean-up");
        assertThat(error.task()).isNotNull();
    }

    @Test
    void taskThatRefusesIsAwaitedAndNotReported() {
        startAndLeave(
                () -> {
                    try {
                        sleep(100);
                    } catch (CancelledError e) {
                        sleep(20);
                        log.add("refused");
                    }
                });

        runner.close();

        assertThat(log).containsExactly("refused");
        assertThat(clock.nanoTime()).isEqualTo(21_000_000_000L);
    }

    @Test
    void taskThatACleanUpStartsIsReportedAndUnwound() {
        startAndLeave(
                () -> {
                    try {
                        sleep(100);
                    } finally {
                        createTask(
                                () -> {
                                    try {
                                        sleep(1000);
                                    } finally {
                                        log.add("unwound");
                                    }
                                });
                        sleep(0);
                    }
                });

        runner.close();

        assertThat(log).containsExactly("unwound");
        assertThat(takeError().message()).contains("destroyed but it is pending");
    }

    @Test
    void errorThatWasNeverRetrievedIsReported() {
        startAndLeave(
                () -> {
                    throw new IOException("forgotten");
                });

        runner.close();

        assertThat(takeErrors())
                .singleElement()
                .satisfies(e -> assertThat(e.exception()).hasMessage("forgotten"));
    }

    @Test
    void jobsOfTheExecutorAreAwaitedAfterTheTasks() {
        var release = new CountDownLatch(1);
        var started = new CountDownLatch(1);
        runner.run(
                () -> {
                    EventLoop own = getRunningLoop();
                    own.runInExecutor(
                            null,
                            () -> {
                                started.countDown();
                                release.await();
                                return log.add("job");
                            });
                    createTask(
                            () -> {
                                try {
                                    sleep(100);
                                } finally {
                                    log.add("task");
                                    release.countDown();
                                }
                            });
                    while (started.getCount() > 0) {
                        sleep(0);
                    }
                });

        runner.close();

        assertThat(log).containsExactly("task", "job");
    }

    @Test
    void jobOfACancelledTaskIsInterruptedSoThatClosingDoesNotWait() {
        var started = new CountDownLatch(1);
        runner.run(
                () -> {
                    createTask(
                            () ->
                                    toThread(
                                            () -> {
                                                started.countDown();
                                                new CountDownLatch(1).await();
                                                return "never";
                                            }));
                    while (started.getCount() > 0) {
                        sleep(0);
                    }
                });

        runner.close();

        assertThat(opened.getFirst().isClosed()).isTrue();
    }

    @Test
    void loopIsClosedAlthoughAnExceptionHandlerFails() {
        startAndLeave(
                () -> {
                    try {
                        sleep(100);
                    } finally {
                        throw new IOException("clean-up");
                    }
                });
        opened.getFirst()
                .setExceptionHandler(
                        (l, context) -> {
                            throw new KeyboardInterrupt();
                        });

        assertThatExceptionOfType(KeyboardInterrupt.class).isThrownBy(runner::close);

        assertThat(opened.getFirst().isClosed()).isTrue();
        runner.close();
    }

    @Test
    void fiveThousandTasksAreCancelledAtOnce() {
        runner.run(
                () -> {
                    for (int i = 0; i < 5000; i++) {
                        createTask(() -> sleep(100));
                    }
                    sleep(1);
                });

        runner.close();

        assertThat(clock.nanoTime()).isEqualTo(1_000_000_000);
    }
}
