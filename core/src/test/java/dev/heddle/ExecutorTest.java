package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** runInExecutor. */
class ExecutorTest extends LoopFixture {

    @Test
    void resultComesFromAnotherThread() {
        run(
                () -> {
                    Thread carrier = Thread.currentThread();
                    Future<Thread> future = loop.runInExecutor(null, Thread::currentThread);

                    Thread worker = future.await();

                    assertThat(worker).isNotSameAs(carrier);
                    assertThat(worker.isVirtual()).isFalse();
                    assertThat(worker.isDaemon()).isTrue();
                    assertThat(worker.getName()).startsWith("heddle-executor-");
                });
    }

    @Test
    void nullIsAResult() {
        Object result = run(() -> loop.runInExecutor(null, () -> null).await());

        assertThat(result).isNull();
    }

    @Test
    void errorComesAsTheSameObject() {
        var error = new IOException("checked");

        run(
                () -> {
                    Future<Object> future =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        throw error;
                                    });

                    assertThatThrownBy(future::await).isSameAs(error);
                });
    }

    @Test
    void executorCanBeGiven() {
        try (ExecutorService own =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory())) {
            String name =
                    run(
                            () ->
                                    loop.runInExecutor(own, () -> Thread.currentThread().getName())
                                            .await());

            assertThat(name).isEqualTo("own");
        }
    }

    @Test
    void executorMayRunTheJobAtOnceOnTheLoopsThread() {
        Executor inline = Runnable::run;

        run(
                () -> {
                    Future<String> future = loop.runInExecutor(inline, () -> "at once");

                    assertThat(future.done()).isFalse(); // it is told by the ready queue
                    assertThat(future.await()).isEqualTo("at once");
                });
    }

    @Test
    void executorThatRefusesAJobThrowsToTheCaller() {
        ExecutorService refusing = Executors.newSingleThreadExecutor();
        refusing.shutdown();

        run(
                () -> {
                    assertThatThrownBy(() -> loop.runInExecutor(refusing, () -> 1))
                            .isInstanceOf(RejectedExecutionException.class);
                    sleep(100); // virtual time jumps: no job is outstanding
                });

        assertThat(loop.time()).isEqualTo(100);
    }

    @Test
    void jobMustBeGiven() {
        assertThatThrownBy(() -> loop.runInExecutor(null, (Callable<String>) null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void defaultExecutorCanBeReplaced() {
        loop.setDefaultExecutor(
                Executors.newSingleThreadExecutor(Thread.ofPlatform().name("mine").factory()));

        String name =
                run(() -> loop.runInExecutor(null, () -> Thread.currentThread().getName()).await());

        assertThat(name).isEqualTo("mine");
        assertThatThrownBy(() -> loop.setDefaultExecutor(null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void cancelPreventsAJobThatHasNotStarted() {
        loop.setDefaultExecutor(Executors.newSingleThreadExecutor());
        var ran = new AtomicBoolean();

        run(
                () -> {
                    var gate = new CountDownLatch(1);
                    Future<Boolean> first =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        gate.await();
                                        return true;
                                    });
                    Future<Boolean> second = loop.runInExecutor(null, () -> ran.getAndSet(true));
                    Future<String> third = loop.runInExecutor(null, () -> "third");

                    assertThat(second.cancel()).isTrue();
                    sleep(0);
                    gate.countDown();

                    assertThat(first.await()).isTrue();
                    assertThat(third.await()).isEqualTo("third");
                    assertThat(second.cancelled()).isTrue();
                });

        assertThat(ran).isFalse();
    }

    @Test
    void cancelDoesNotStopAJobThatRuns() {
        run(
                () -> {
                    var started = new CountDownLatch(1);
                    var gate = new Semaphore(0);
                    var interrupted = new AtomicBoolean();
                    var ended = new CountDownLatch(1);
                    Future<Boolean> future =
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        started.countDown();
                                        gate.acquireUninterruptibly();
                                        interrupted.set(Thread.currentThread().isInterrupted());
                                        ended.countDown();
                                        return true;
                                    });
                    started.await();

                    assertThat(future.cancel()).isTrue();
                    sleep(0);
                    sleep(0);
                    gate.release();
                    ended.await();

                    assertThat(future.cancelled()).isTrue();
                    assertThat(interrupted).isFalse();
                });
    }

    @Test
    void cancellingTheAwaitingTaskCancelsTheFuture() {
        run(
                () -> {
                    var gate = new Semaphore(0);
                    List<Future<Boolean>> job = new ArrayList<>();
                    Task<Boolean> task =
                            loop.createTask(
                                    () -> {
                                        job.add(
                                                loop.runInExecutor(
                                                        null,
                                                        () -> {
                                                            gate.acquire();
                                                            return true;
                                                        }));
                                        return job.getFirst().await();
                                    });
                    sleep(0);

                    task.cancel();
                    Asyncio.wait(List.of(task));

                    assertThat(task.cancelled()).isTrue();
                    assertThat(job.getFirst().cancelled()).isTrue();
                    gate.release();
                });
    }

    @Test
    void jobsRunAtTheSameTime() {
        run(
                () -> {
                    var both = new CountDownLatch(2);
                    List<Future<Boolean>> jobs = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                        jobs.add(
                                loop.runInExecutor(
                                        null,
                                        () -> {
                                            both.countDown();
                                            both.await();
                                            return true;
                                        }));
                    }

                    for (Future<Boolean> job : jobs) {
                        assertThat(job.await()).isTrue();
                    }
                });
    }
}
