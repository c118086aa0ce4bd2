package dev.heddle.benchmarks;

import static dev.heddle.benchmarks.LoopState.N;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Virtual threads as they are, on the JDK's own scheduler: what Heddle stands on. */
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
        inVirtualThread(
                () -> {
                    for (int i = 0; i < N; i++) {
                        Thread.yield();
                    }
                });
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
