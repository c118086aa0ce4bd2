package dev.heddle.benchmarks;

import static dev.heddle.benchmarks.LoopState.N;
import static dev.heddle.benchmarks.SyncBenchmark.COMPETITORS;

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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The same as {@link SyncBenchmark} with the JDK's own virtual threads and {@code
 * java.util.concurrent}, fair as Heddle's primitives are. The JDK may run these on all cores.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@OperationsPerInvocation(N)
public class ThreadSyncBenchmark {

    private static final int BATCH = 1000;

    private interface Body {
        void run() throws InterruptedException;
    }

    @Benchmark
    public void lockFree() throws InterruptedException {
        var lock = new ReentrantLock(true);
        inParallel(
                1,
                () -> {
                    for (int i = 0; i < N; i++) {
                        lock.lock();
                        lock.unlock();
                    }
                });
    }

    @Benchmark
    public void lockContended() throws InterruptedException {
        var lock = new ReentrantLock(true);
        compete(lock::lock, lock::unlock);
    }

    @Benchmark
    public void semaphoreFree() throws InterruptedException {
        var semaphore = new Semaphore(5, true);
        inParallel(
                1,
                () -> {
                    for (int i = 0; i < N; i++) {
                        semaphore.acquire();
                        semaphore.release();
                    }
                });
    }

    @Benchmark
    public void semaphoreContended() throws InterruptedException {
        var semaphore = new Semaphore(5, true);
        compete(semaphore::acquire, semaphore::release);
    }

    @Benchmark
    public void queueOfOne() throws InterruptedException {
        var queue = new ArrayBlockingQueue<String>(1, true);
        Thread consumer =
                start(
                        () -> {
                            for (int i = 0; i < N; i++) {
                                queue.take();
                            }
                        });
        inParallel(
                1,
                () -> {
                    for (int i = 0; i < N; i++) {
                        queue.put("item");
                    }
                });
        consumer.join();
    }

    @Benchmark
    public void groupSpawn() throws InterruptedException {
        inParallel(
                1,
                () -> {
                    for (int round = 0; round < N / BATCH; round++) {
                        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                            for (int i = 0; i < BATCH; i++) {
                                executor.execute(() -> {});
                            }
                        }
                    }
                });
    }

    private static void compete(Body acquire, Body release) throws InterruptedException {
        inParallel(
                COMPETITORS,
                () -> {
                    for (int i = 0; i < N / COMPETITORS; i++) {
                        acquire.run();
                        Thread.yield();
                        release.run();
                    }
                });
    }

    private static void inParallel(int count, Body body) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(start(body));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static Thread start(Body body) {
        return Thread.startVirtualThread(
                () -> {
                    try {
                        body.run();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
    }
}
