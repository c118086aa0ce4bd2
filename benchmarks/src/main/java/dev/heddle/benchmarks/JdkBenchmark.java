package dev.heddle.benchmarks;

import static dev.heddle.benchmarks.LoopState.N;

import dev.heddle.internal.Jdk;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.util.ArrayDeque;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual threads as they are: what Heddle stands on. The JDK's own scheduler has a pool of threads
 * and a lot more to do than a loop; the "bare" one is but a queue, so that nothing can be cheaper.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@OperationsPerInvocation(N)
public class JdkBenchmark {

    /** Compare with {@link SwitchBenchmark#alone}. */
    @Benchmark
    public void yieldAlone() throws InterruptedException {
        inVirtualThread(() -> yieldTimes(N));
    }

    /** Compare with {@link SwitchBenchmark#pingPong}. */
    @Benchmark
    public void parkPingPong() throws InterruptedException {
        inVirtualThread(new PingPong());
    }

    /** Compare with {@link SwitchBenchmark#pingPong}. */
    @Benchmark
    public void queuePingPong() throws InterruptedException {
        var queue = new SynchronousQueue<String>();
        inVirtualThread(
                () -> {
                    Thread other = Thread.startVirtualThread(() -> takeTimes(queue, N));
                    for (int i = 0; i < N; i++) {
                        put(queue);
                    }
                    join(other);
                });
    }

    /** Compare with {@link SpawnBenchmark#oneByOne}. */
    @Benchmark
    public void startAndJoin() throws InterruptedException {
        inVirtualThread(
                () -> {
                    for (int i = 0; i < N; i++) {
                        join(Thread.startVirtualThread(() -> {}));
                    }
                });
    }

    /** Compare with {@link SwitchBenchmark#hundred}. */
    @Benchmark
    public void bareYield() {
        var ready = new ArrayDeque<Runnable>();
        for (int i = 0; i < 100; i++) {
            bare(ready, () -> yieldTimes(N / 100));
        }
        runAll(ready);
    }

    /** Compare with {@link SpawnBenchmark#batch}. */
    @Benchmark
    public void bareStart() {
        var ready = new ArrayDeque<Runnable>();
        for (int i = 0; i < N; i++) {
            bare(ready, () -> {});
            if (i % 1000 == 999) {
                runAll(ready);
            }
        }
    }

    private static void bare(ArrayDeque<Runnable> ready, Runnable body) {
        Jdk.get().newVirtualThread(ready::add, null, body).start();
    }

    private static void runAll(ArrayDeque<Runnable> ready) {
        for (Runnable next; (next = ready.poll()) != null; ) {
            next.run();
        }
    }

    private static void yieldTimes(int times) {
        for (int i = 0; i < times; i++) {
            Thread.yield();
        }
    }

    private static void inVirtualThread(Runnable body) throws InterruptedException {
        Thread.startVirtualThread(body).join();
    }

    private static void takeTimes(SynchronousQueue<String> queue, int times) {
        try {
            for (int i = 0; i < times; i++) {
                queue.take();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void put(SynchronousQueue<String> queue) {
        try {
            queue.put("ball");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Two threads that unpark each other; whose turn it is stands in a volatile field. */
    private static final class PingPong implements Runnable {

        private volatile Thread turn;

        @Override
        public void run() {
            Thread first = Thread.currentThread();
            turn = first;
            Thread second = Thread.startVirtualThread(() -> answer(first));
            for (int i = 0; i < N / 2; i++) {
                turn = second;
                LockSupport.unpark(second);
                awaitTurn();
            }
            join(second);
        }

        private void answer(Thread first) {
            for (int i = 0; i < N / 2; i++) {
                awaitTurn();
                turn = first;
                LockSupport.unpark(first);
            }
        }

        private void awaitTurn() {
            while (turn != Thread.currentThread()) {
                LockSupport.park();
            }
        }
    }
}
