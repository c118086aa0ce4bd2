package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** How the cancel of a task reaches the thread of its toThread job. */
class ToThreadCancelTest extends LoopFixture {

    private static final ToThreadOptions ABANDON =
            ToThreadOptions.DEFAULT.withAbandonOnCancel(true);

    private final CountDownLatch started = new CountDownLatch(1);
    private final Semaphore gate = new Semaphore(0);

    /** Blocks until it is interrupted or the gate opens. */
    private String block() throws InterruptedException {
        started.countDown();
        gate.acquire();
        return "through the gate";
    }

    /** Blocks until the gate opens, and is not to be interrupted. */
    private String insist() {
        started.countDown();
        gate.acquireUninterruptibly();
        return "through the gate";
    }

    @Test
    void cancelInterruptsTheThread() {
        run(
                () -> {
                    Task<String> task = createTask(() -> toThread(this::block));
                    started.await();

                    task.cancel("enough");

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("enough")
                            .hasCauseInstanceOf(InterruptedException.class);
                    assertThat(task.cancelled()).isTrue();
                });
    }

    @Test
    void cancelledTaskWaitsUntilTheJobHasEnded() {
        var log = new ArrayList<String>();
        run(
                () -> {
                    var cleaning = new CountDownLatch(1);
                    Task<String> task =
                            createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        try {
                                                            return block();
                                                        } finally {
                                                            cleaning.countDown();
                                                            insist();
                                                            log.add("job has ended");
                                                        }
                                                    }));
                    task.addDoneCallback(t -> log.add("task has ended"));
                    started.await();

                    task.cancel();
                    cleaning.await();
                    sleep(0);
                    assertThat(task.done()).isFalse();
                    gate.release();
                    Asyncio.wait(List.of(task));
                });

        assertThat(log).containsExactly("job has ended", "task has ended");
    }

    @Test
    void jobThatDoesNotNoticeKeepsItsResultAndTheNextWaitThrows() {
        run(
                () -> {
                    var results = new ArrayList<String>();
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        results.add(toThread(this::insist));
                                        sleep(1);
                                        results.add("not reached");
                                    });
                    started.await();

                    task.cancel("enough");
                    gate.release();

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("enough");
                    assertThat(results).containsExactly("through the gate");
                    assertThat(task.cancelling()).isEqualTo(1);
                });
    }

    @Test
    void errorOfTheJobOutranksTheCancelAndTheNextWaitThrowsIt() {
        var error = new IOException("disk full");
        run(
                () -> {
                    var caught = new ArrayList<Throwable>();
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        caught.add(
                                                catchThrowable(
                                                        () ->
                                                                toThread(
                                                                        () -> {
                                                                            insist();
                                                                            throw error;
                                                                        })));
                                        sleep(1);
                                    });
                    started.await();

                    task.cancel();
                    gate.release();
                    Asyncio.wait(List.of(task));

                    assertThat(caught).containsExactly(error);
                    assertThat(task.cancelled()).isTrue();
                });
    }

    @Test
    void interruptOfAnotherIsAnErrorLikeAnyOther() {
        run(
                () -> {
                    Throwable caught =
                            catchThrowable(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        Thread.currentThread().interrupt();
                                                        return block();
                                                    }));

                    assertThat(caught).isInstanceOf(InterruptedException.class);
                });
    }

    @Test
    void cancelledScopeInterruptsTheThread() {
        run(
                () -> {
                    var scope = new CancelScope();
                    Task<Void> other =
                            createTask(
                                    () -> {
                                        started.await();
                                        scope.cancel("out of scope");
                                    });
                    var caught = new ArrayList<Throwable>();

                    scope.run(
                            s -> {
                                caught.add(catchThrowable(() -> toThread(this::block)));
                                throw (Error) caught.getFirst();
                            });

                    assertThat(caught.getFirst())
                            .isInstanceOf(CancelledError.class)
                            .hasCauseInstanceOf(InterruptedException.class);
                    assertThat(scope.cancelledCaught()).isTrue();
                    other.await();
                });
    }

    @Test
    void cancelledTaskBeginsNoJob() {
        var ran = new AtomicBoolean();
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        Asyncio.currentTask().cancel("at once");
                                        toThread(() -> ran.set(true));
                                    });

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("at once");
                    toThread(() -> {}); // all threads have had their chance
                });

        assertThat(ran).isFalse();
    }

    @Test
    void jobThatWaitsForAThreadIsTakenBack() {
        var ran = new AtomicBoolean();
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            var options = ToThreadOptions.DEFAULT.withExecutor(one);
            run(
                    () -> {
                        Task<String> first = createTask(() -> toThread(this::insist, options));
                        Task<Void> second =
                                createTask(() -> toThread(() -> ran.set(true), options));
                        started.await();
                        sleep(0);

                        second.cancel();
                        Asyncio.wait(List.of(second));

                        assertThat(second.cancelled()).isTrue();
                        assertThat(first.done()).isFalse();
                        gate.release();
                        first.await();
                        toThread(() -> {}, options);
                    });
        }

        assertThat(ran).isFalse();
        run(() -> sleep(5)); // virtual time jumps: no job is outstanding
        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void interruptDoesNotReachTheNextJobOnTheSameThread() {
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            // Not the pool's own way to run jobs, which would clear the interrupt by itself.
            var direct = ToThreadOptions.DEFAULT.withExecutor(job -> one.execute(job));
            var flags = new ArrayList<Boolean>();
            run(
                    () -> {
                        Task<Void> both =
                                createTask(
                                        () ->
                                                toThread(
                                                        () -> {
                                                            insist();
                                                            flags.add(
                                                                    Thread.currentThread()
                                                                            .isInterrupted());
                                                        },
                                                        direct));
                        started.await();

                        both.cancel();
                        gate.release();
                        Asyncio.wait(List.of(both));

                        flags.add(toThread(() -> Thread.currentThread().isInterrupted(), direct));
                    });
            assertThat(flags).containsExactly(true, false);
        }
    }

    // ---------------------------------------------------------------- abandoned

    @Test
    void taskThatAbandonsItsJobGoesOnAtOnce() {
        var ended = new CountDownLatch(1);
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        insist();
                                                        ended.countDown();
                                                    },
                                                    ABANDON));
                    started.await();

                    task.cancel("no time");

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("no time");
                    assertThat(ended.getCount()).isOne();
                    gate.release();
                    ended.await();
                });
    }

    @Test
    void limiterGetsTheTokenOfAnAbandonedJobWhenItHasEnded() {
        var released = new ArrayList<Object>();
        var limiter =
                new ToThreadLimiter() {
                    @Override
                    public void acquireOnBehalfOf(Object borrower) {}

                    @Override
                    public void releaseOnBehalfOf(Object borrower) {
                        released.add(borrower);
                    }
                };
        run(
                () -> {
                    Task<String> task =
                            createTask(() -> toThread(this::insist, ABANDON.withLimiter(limiter)));
                    started.await();
                    task.cancel();
                    Asyncio.wait(List.of(task));
                    assertThat(released).isEmpty();

                    gate.release();
                    sleep(1); // in virtual time, which waits for the job

                    assertThat(released).hasSize(1);
                });
    }

    @Test
    void errorOfAnAbandonedJobIsReportedUnlessItIsTheInterrupt() {
        run(
                () -> {
                    Task<String> failing =
                            createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        insist();
                                                        throw new IOException("too late");
                                                    },
                                                    ABANDON));
                    started.await();
                    failing.cancel();
                    Asyncio.wait(List.of(failing));
                    gate.release();
                    sleep(1);
                });
        ErrorContext reported = takeError();
        run(
                () -> {
                    var begun = new CountDownLatch(1);
                    Task<Void> interrupted =
                            createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        begun.countDown();
                                                        gate.acquire();
                                                        return null;
                                                    },
                                                    ABANDON));
                    begun.await();
                    interrupted.cancel();
                    Asyncio.wait(List.of(interrupted));
                    sleep(1);
                });

        assertThat(reported.exception()).hasMessage("too late");
        assertThat(reported.message()).contains("toThread had abandoned");
        assertThat(takeErrors()).isEmpty();
    }

    // ---------------------------------------------------------------- closing

    @Test
    void closingTheLoopInterruptsTheJobAndUnwindsTheTask() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        var unwound = new AtomicBoolean();
        loop.createTask(
                () -> {
                    try {
                        toThread(
                                () -> {
                                    try {
                                        block();
                                    } catch (InterruptedException e) {
                                        interrupted.countDown();
                                    }
                                });
                    } finally {
                        unwound.set(true);
                    }
                });
        turns(1);
        started.await();

        loop.close();

        interrupted.await();
        assertThat(unwound).isTrue();
        assertThat(takeError().message()).startsWith("Task was destroyed but it is pending!");
    }
}
