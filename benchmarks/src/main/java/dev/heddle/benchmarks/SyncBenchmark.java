package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;
import static dev.heddle.benchmarks.LoopState.N;

import dev.heddle.Task;
import dev.heddle.VoidCoroutine;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import dev.heddle.sync.Semaphore;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What coordination costs; {@link ThreadSyncBenchmark} does the same with virtual threads.
 *
 * <p>Where tasks compete, each lets others run while it has the lock, so that every release hands
 * it to one that waits.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@OperationsPerInvocation(N)
public class SyncBenchmark {

    /** How many compete. */
    static final int COMPETITORS = 10;

    private static final int BATCH = 1000;

    /** A lock that nobody else wants: acquired and released. */
    @Benchmark
    public void lockFree(LoopState state) {
        state.run(
                () -> {
                    var lock = new Lock();
                    for (int i = 0; i < N; i++) {
                        lock.acquire();
                        lock.release();
                    }
                });
    }

    /** Ten tasks compete for a lock. */
    @Benchmark
    public void lockContended(LoopState state) {
        var lock = new Lock();
        state.run(() -> compete(lock::acquire, lock::release));
    }

    /** A semaphore with permits to spare. */
    @Benchmark
    public void semaphoreFree(LoopState state) {
        state.run(
                () -> {
                    var semaphore = new Semaphore(5);
                    for (int i = 0; i < N; i++) {
                        semaphore.acquire();
                        semaphore.release();
                    }
                });
    }

    /** Ten tasks compete for five permits. */
    @Benchmark
    public void semaphoreContended(LoopState state) {
        var semaphore = new Semaphore(5);
        state.run(() -> compete(semaphore::acquire, semaphore::release));
    }

    private static void compete(Runnable acquire, Runnable release) {
        inParallel(
                COMPETITORS,
                () -> {
                    for (int i = 0; i < N / COMPETITORS; i++) {
                        acquire.run();
                        sleep(0);
                        release.run();
                    }
                });
    }

    private static void inParallel(int count, VoidCoroutine body) {
        List<Task<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(body));
        }
        for (Task<Void> task : tasks) {
            task.await();
        }
    }

    /**
     * A task puts items into a queue with room for one, another one gets them; an item is one
     * operation.
     */
    @Benchmark
    public void queueOfOne(LoopState state) {
        state.run(
                () -> {
                    var queue = new Queue<String>(1);
                    Task<Void> consumer =
                            createTask(
                                    () -> {
                                        for (int i = 0; i < N; i++) {
                                            queue.get();
                                        }
                                    });
                    for (int i = 0; i < N; i++) {
                        queue.put("item");
                    }
                    consumer.await();
                });
    }

    /** A thousand tasks that do nothing in a group. */
    @Benchmark
    public void groupSpawn(LoopState state) {
        state.run(
                () -> {
                    for (int round = 0; round < N / BATCH; round++) {
                        taskGroup(
                                group -> {
                                    for (int i = 0; i < BATCH; i++) {
                                        group.createTask(() -> {});
                                    }
                                });
                    }
                });
    }
}
