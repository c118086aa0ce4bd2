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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Calling back into the loop from the thread of a toThread job. */
class FromThreadTest extends LoopFixture {

    private static final ContextVar<String> USER = ContextVar.of("user", "nobody");

    @Test
    void coroutineRunsAsATaskOfTheLoopAndItsResultComesBack() {
        Coroutine<EventLoop> coroutine =
                () -> {
                    sleep(0);
                    return loop.currentTask().getLoop();
                };

        EventLoop where = run(() -> toThread(() -> FromThread.run(coroutine)));

        assertThat(where).isSameAs(loop);
    }

    @Test
    void errorComesAsTheSameObject() {
        var error = new IOException("checked");
        VoidCoroutine failing =
                () -> {
                    throw error;
                };

        Throwable caught = run(() -> toThread(() -> catchThrowable(() -> FromThread.run(failing))));

        assertThat(caught).isSameAs(error);
    }

    @Test
    void coroutineRunsInACopyOfTheJobsContext() {
        run(
                () -> {
                    USER.set("ann");

                    String seen =
                            toThread(
                                    () -> {
                                        String first = FromThread.run(() -> USER.get());
                                        USER.set("bob");
                                        String second =
                                                FromThread.run(
                                                        () -> {
                                                            String s = USER.get();
                                                            USER.set("carl");
                                                            return s;
                                                        });
                                        return first + " " + second + " " + USER.get();
                                    });

                    assertThat(seen).isEqualTo("ann bob bob");
                    assertThat(USER.get()).isEqualTo("ann");
                });
    }

    @Test
    void otherTasksRunMeanwhile() {
        run(
                () -> {
                    Future<String> answer = loop.createFuture();
                    Task<String> asking =
                            createTask(() -> toThread(() -> FromThread.run(answer::await)));
                    loop.callLater(3, () -> answer.setResult("later"));

                    assertThat(asking.await()).isEqualTo("later");
                });
    }

    @Test
    void callbackRunsOnTheLoopsThread() {
        Thread loopsThread = Thread.currentThread();

        run(
                () ->
                        toThread(
                                () -> {
                                    assertThat(FromThread.runSync(Thread::currentThread))
                                            .isSameAs(loopsThread);
                                    assertThatThrownBy(() -> FromThread.runSync(() -> 1 / 0))
                                            .isInstanceOf(ArithmeticException.class);
                                    return null;
                                }));
    }

    @Test
    void jobOfAJobCallsBackToo() {
        Coroutine<Integer> inner = () -> toThread(() -> FromThread.run(() -> 42));

        int result = run(() -> toThread(() -> FromThread.run(inner)));

        assertThat(result).isEqualTo(42);
    }

    // ---------------------------------------------------------------- where it is refused

    @Test
    void threadWithoutAJobIsRefused() {
        onOtherThread(
                () -> {
                    assertThatThrownBy(() -> FromThread.run(() -> 1))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("FromThread.run")
                            .hasMessageContaining("runs no job of toThread");
                    assertThatThrownBy(() -> FromThread.runSync(() -> 1))
                            .isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(FromThread::checkCancelled)
                            .isInstanceOf(IllegalStateException.class);
                });
        run(
                () -> {
                    toThread(() -> 1); // and afterwards the thread is no longer one
                    Future<Throwable> later =
                            loop.runInExecutor(
                                    null, () -> catchThrowable(FromThread::checkCancelled));
                    assertThat(later.await()).isInstanceOf(IllegalStateException.class);
                });
    }

    @Test
    void jobOnTheLoopsOwnThreadIsRefused() {
        var inline = ToThreadOptions.DEFAULT.withExecutor(Runnable::run);

        run(
                () ->
                        assertThatThrownBy(() -> toThread(() -> FromThread.run(() -> 1), inline))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("would wait for the loop on its own thread"));
    }

    @Test
    void closedLoopIsAnErrorAndNoHang() throws InterruptedException {
        var inJob = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        var caught = new ArrayList<Throwable>();
        var done = new CountDownLatch(1);
        loop.createTask(
                () ->
                        toThread(
                                () -> {
                                    inJob.countDown();
                                    awaitUninterruptibly(closed);
                                    Thread.interrupted();
                                    caught.add(catchThrowable(() -> FromThread.run(() -> 1)));
                                    caught.add(catchThrowable(() -> FromThread.runSync(() -> 1)));
                                    done.countDown();
                                }));
        turns(1);
        inJob.await();

        loop.close();
        closed.countDown();
        done.await();

        assertThat(caught)
                .hasSize(2)
                .allSatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("closed"));
        assertThat(takeError().message()).startsWith("Task was destroyed but it is pending!");
    }

    @Test
    void loopThatIsClosedMeanwhileIsAnErrorAndNoHang() throws InterruptedException {
        var asked = new CountDownLatch(1);
        var caught = new AtomicReference<Throwable>();
        var done = new CountDownLatch(1);
        loop.createTask(
                () ->
                        toThread(
                                () -> {
                                    asked.countDown();
                                    caught.set(catchThrowable(() -> FromThread.runSync(() -> 1)));
                                    done.countDown();
                                }));
        turns(1);
        asked.await();

        loop.close(); // whether or not the callback stands in its queue

        done.await();
        assertThat(caught.get()).isInstanceOf(IllegalStateException.class);
        takeErrors();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- cancel

    private Task<Void> inThread(Runnable job) {
        return createTask(() -> toThread(job));
    }

    private static void endsCancelled(Task<?> task) {
        Asyncio.wait(List.of(task));
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void cancelOfTheSenderCancelsTheCoroutineAndDoesNotInterrupt() {
        var log = new ArrayList<String>();
        run(
                () -> {
                    Future<Void> inside = loop.createFuture();
                    Future<Void> never = loop.createFuture();
                    VoidCoroutine coroutine =
                            () -> {
                                inside.setResult(null);
                                never.await();
                            };
                    Task<Void> task =
                            inThread(
                                    () -> {
                                        try {
                                            FromThread.run(coroutine);
                                        } catch (CancelledError e) {
                                            Thread here = Thread.currentThread();
                                            log.add("interrupted: " + here.isInterrupted());
                                            throw e;
                                        }
                                    });
                    inside.await();

                    task.cancel();
                    endsCancelled(task);

                    assertThat(never.cancelled()).isTrue();
                });

        assertThat(log).containsExactly("interrupted: false");
    }

    @Test
    void jobMayCleanUpByTheLoopAfterACancel() {
        var log = new ArrayList<String>();
        run(
                () -> {
                    Future<Void> inside = loop.createFuture();
                    VoidCoroutine work =
                            () -> {
                                inside.setResult(null);
                                sleep(100);
                            };
                    VoidCoroutine cleanUp =
                            () -> {
                                sleep(1);
                                log.add("clean");
                            };
                    Task<Void> task =
                            inThread(
                                    () -> {
                                        try {
                                            FromThread.run(work);
                                        } finally {
                                            FromThread.run(cleanUp);
                                        }
                                    });
                    inside.await();

                    task.cancel();
                    endsCancelled(task);
                });

        assertThat(log).containsExactly("clean");
    }

    @Test
    void coroutineRunsInTheSendersScope() {
        VoidCoroutine coroutine =
                () -> {
                    try {
                        sleep(100);
                    } finally {
                        // A scope is level-triggered: the next wait throws too.
                        assertThatThrownBy(() -> sleep(1)).isInstanceOf(CancelledError.class);
                    }
                };
        run(
                () -> {
                    CancelScope scope =
                            Asyncio.moveOnAfter(5, s -> toThread(() -> FromThread.run(coroutine)));

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(loop.time()).isEqualTo(5);
    }

    @Test
    void jobThatComputesAsksWhetherItIsCancelled() {
        run(
                () -> {
                    var started = new CountDownLatch(1);
                    var cancelled = new Semaphore(0);
                    Task<Void> task =
                            inThread(
                                    () -> {
                                        FromThread.checkCancelled(); // not yet
                                        started.countDown();
                                        cancelled.acquireUninterruptibly();
                                        FromThread.checkCancelled();
                                    });
                    started.await();

                    task.cancel();
                    cancelled.release();

                    endsCancelled(task);
                });
    }

    @Test
    void interruptThatTheJobHasNotNoticedEndsTheCall() {
        var ran = new ArrayList<String>();
        run(
                () -> {
                    var started = new CountDownLatch(1);
                    var cancelled = new Semaphore(0);
                    Task<Void> task =
                            inThread(
                                    () -> {
                                        started.countDown();
                                        cancelled.acquireUninterruptibly();
                                        FromThread.run(() -> ran.add("ran"));
                                    });
                    started.await();

                    task.cancel();
                    cancelled.release();

                    endsCancelled(task);
                });

        assertThat(ran).isEmpty();
    }

    @Test
    void abandonedJobIsCutOffFromTheLoop() {
        var abandon = ToThreadOptions.DEFAULT.withAbandonOnCancel(true);
        var caught = new AtomicReference<Throwable>();
        var started = new CountDownLatch(1);
        var abandoned = new Semaphore(0);
        var ended = new CountDownLatch(1);
        Runnable job =
                () -> {
                    started.countDown();
                    abandoned.acquireUninterruptibly();
                    Thread.interrupted();
                    caught.set(catchThrowable(() -> FromThread.run(() -> 1)));
                    ended.countDown();
                };
        run(
                () -> {
                    Task<Void> task = createTask(() -> toThread(job, abandon));
                    started.await();
                    task.cancel();
                    endsCancelled(task);

                    abandoned.release();
                    ended.await();
                });

        assertThat(caught.get()).isInstanceOf(CancelledError.class);
    }

    @Test
    void interruptByAnotherCancelsTheCoroutineAndIsKept() {
        var flag = new ArrayList<Boolean>();
        run(
                () -> {
                    Future<Thread> inside = loop.createFuture();
                    Future<Void> never = loop.createFuture();
                    Task<Void> task =
                            inThread(
                                    () -> {
                                        Thread here = Thread.currentThread();
                                        VoidCoroutine coroutine =
                                                () -> {
                                                    inside.setResult(here);
                                                    never.await();
                                                };
                                        assertThatThrownBy(() -> FromThread.run(coroutine))
                                                .isInstanceOf(CancelledError.class);
                                        flag.add(Thread.interrupted());
                                    });

                    inside.await().interrupt();
                    task.await();

                    assertThat(never.cancelled()).isTrue();
                });

        assertThat(flag).containsExactly(true);
    }
}
