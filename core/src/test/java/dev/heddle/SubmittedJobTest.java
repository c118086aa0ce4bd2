package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** runInExecutor with an executor service that may send the job to another JVM. */
class SubmittedJobTest extends LoopFixture {

    /** An executor service like those of clusters: keeps what it is given, and does it later. */
    private abstract static class Remote extends AbstractExecutorService {

        final List<Object> submitted = new ArrayList<>();

        abstract <T> java.util.concurrent.Future<T> accept(Callable<T> job);

        @Override
        public <T> java.util.concurrent.Future<T> submit(Callable<T> job) {
            submitted.add(job);
            return accept(job);
        }

        @Override
        public java.util.concurrent.Future<?> submit(Runnable job) {
            submitted.add(job);
            return accept(Executors.callable(job));
        }

        @Override
        public void execute(Runnable command) {
            throw new AssertionError("execute() gets a wrapper that nobody can serialise");
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    /** Its futures tell by themselves when they are done, as Hazelcast's do. */
    private static final class RemoteStages extends Remote {

        final List<CompletableFuture<Object>> futures = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked")
        <T> java.util.concurrent.Future<T> accept(Callable<T> job) {
            var future = new CompletableFuture<T>();
            futures.add((CompletableFuture<Object>) future);
            return future;
        }
    }

    /** Its futures can only be waited for. */
    private static final class RemoteFutures extends Remote {

        final List<FutureTask<?>> futures = new ArrayList<>();

        @Override
        <T> java.util.concurrent.Future<T> accept(Callable<T> job) {
            var future = new FutureTask<>(job);
            futures.add(future);
            return future;
        }
    }

    @Test
    void serviceGetsTheJobItself() {
        var remote = new RemoteStages();
        Callable<Integer> callable = () -> 1;
        Runnable runnable = () -> {};
        run(
                () -> {
                    Future<Integer> first = loop.runInExecutor(remote, callable);
                    Future<Object> second = loop.runInExecutor(remote, runnable);
                    remote.futures.get(0).complete(42);
                    remote.futures.get(1).complete(null);

                    assertThat(first.await()).isEqualTo(42);
                    assertThat(second.await()).isNull();
                });

        assertThat(remote.submitted).containsExactly(callable, runnable);
    }

    @Test
    void threadPoolsOfTheJdkGetTheJobByExecute() {
        try (var pool =
                new ThreadPoolExecutor(
                        1, 1, 0, TimeUnit.SECONDS, new java.util.concurrent.SynchronousQueue<>()) {
                    @Override
                    public <T> java.util.concurrent.Future<T> submit(Callable<T> job) {
                        throw new AssertionError("nobody has to wait for a future");
                    }
                }) {
            assertThat(run(() -> loop.runInExecutor(pool, () -> "executed").await()))
                    .isEqualTo("executed");
        }
    }

    @Test
    void errorComesAsTheSameObject() {
        var error = new IOException("remote");
        var stages = new RemoteStages();
        var futures = new RemoteFutures();
        run(
                () -> {
                    Future<Object> first = loop.runInExecutor(stages, () -> 1);
                    stages.futures.getFirst().completeExceptionally(error);
                    Future<Object> second =
                            loop.runInExecutor(
                                    futures,
                                    () -> {
                                        throw error;
                                    });
                    futures.futures.getFirst().run();

                    assertThatThrownBy(first::await).isSameAs(error);
                    assertThatThrownBy(second::await).isSameAs(error);
                });
    }

    @Test
    void futureThatCanOnlyBeWaitedForIsWaitedForOffTheLoop() {
        var remote = new RemoteFutures();
        run(
                () -> {
                    var where = new AtomicReference<EventLoop>();
                    Future<String> future = loop.runInExecutor(remote, () -> "done elsewhere");
                    sleep(0); // the loop is free meanwhile
                    assertThat(future.done()).isFalse();

                    onOtherThread(
                            () -> {
                                where.set(EventLoop.runningOrNull());
                                remote.futures.getFirst().run();
                            });

                    assertThat(future.await()).isEqualTo("done elsewhere");
                    assertThat(where.get()).isNull();
                });
    }

    @Test
    void virtualTimeStandsStillUntilTheAnswerIsThere() {
        var remote = new RemoteFutures();
        var released = new Semaphore(0);
        double[] time = {-1};
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    released.acquireUninterruptibly();
                                    remote.futures.getFirst().run();
                                });
        run(
                () -> {
                    loop.callLater(10, () -> {});
                    Future<String> future = loop.runInExecutor(remote, () -> "done");
                    loop.callSoon(released::release);
                    future.await();
                    time[0] = loop.time();
                });

        assertThat(time[0]).isZero();
        onOtherThread(
                () -> {
                    other.join();
                    return true;
                });
    }

    @Test
    void cancelPassesOnWithoutInterrupting() {
        var asked = new ArrayList<Boolean>();
        var remote =
                new Remote() {
                    @Override
                    <T> java.util.concurrent.Future<T> accept(Callable<T> job) {
                        return new CompletableFuture<>() {
                            @Override
                            public boolean cancel(boolean mayInterruptIfRunning) {
                                asked.add(mayInterruptIfRunning);
                                return super.cancel(mayInterruptIfRunning);
                            }
                        };
                    }
                };
        run(
                () -> {
                    Future<Integer> future = loop.runInExecutor(remote, () -> 1);

                    future.cancel();
                    sleep(1); // virtual time jumps: nothing is outstanding

                    assertThat(future.cancelled()).isTrue();
                });

        assertThat(asked).containsExactly(false);
    }

    @Test
    void cancelByTheServiceCancelsTheFuture() {
        var stages = new RemoteStages();
        var futures = new RemoteFutures();
        run(
                () -> {
                    Future<Object> first = loop.runInExecutor(stages, () -> 1);
                    Future<Object> second = loop.runInExecutor(futures, () -> 1);
                    stages.futures.getFirst().cancel(true);
                    futures.futures.getFirst().cancel(true);

                    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
                    assertThatThrownBy(second::await).isInstanceOf(CancelledError.class);
                    assertThat(first.cancelled()).isTrue();
                    assertThat(second.cancelled()).isTrue();
                });
    }

    @Test
    void futureThatBreaksItsContractIsAnErrorAndNoHang() {
        var remote =
                new Remote() {
                    @Override
                    <T> java.util.concurrent.Future<T> accept(Callable<T> job) {
                        return new FutureTask<>(job) {
                            @Override
                            public T get() throws InterruptedException, ExecutionException {
                                throw new IllegalStateException("the member has left");
                            }
                        };
                    }
                };
        run(
                () ->
                        assertThatThrownBy(() -> loop.runInExecutor(remote, () -> 1).await())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessage("the member has left"));
    }

    @Test
    void serviceThatRefusesAJobThrowsToTheCaller() {
        var remote =
                new Remote() {
                    @Override
                    <T> java.util.concurrent.Future<T> accept(Callable<T> job) {
                        throw new RejectedExecutionException("full");
                    }
                };
        run(
                () -> {
                    assertThatThrownBy(() -> loop.runInExecutor(remote, () -> 1))
                            .isInstanceOf(RejectedExecutionException.class);
                    sleep(100); // virtual time jumps: no job is outstanding
                });

        assertThat(loop.time()).isEqualTo(100);
    }
}
