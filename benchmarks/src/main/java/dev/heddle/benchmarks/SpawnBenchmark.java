package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.benchmarks.LoopState.N;

import dev.heddle.Task;
import dev.heddle.TaskOptions;

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
import java.util.function.Supplier;

/** What it costs to make a task that does next to nothing, and to wait for its end. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@OperationsPerInvocation(N)
public class SpawnBenchmark {

    private static final int BATCH = 1000;
    private static final TaskOptions EAGER = TaskOptions.DEFAULT.withEagerStart(true);

    /** One after the other, each waited for before the next is made. */
    @Benchmark
    public void oneByOne(LoopState state) {
        state.run(
                () -> {
                    for (int i = 0; i < N; i++) {
                        createTask(() -> {}).await();
                    }
                });
    }

    /** A thousand are made, then waited for. */
    @Benchmark
    public void batch(LoopState state) {
        state.run(() -> inBatches(() -> createTask(() -> {})));
    }

    /** The same with tasks that suspend once, so that each has a stack to be kept. */
    @Benchmark
    public void batchSuspending(LoopState state) {
        state.run(() -> inBatches(() -> createTask(() -> sleep(0))));
    }

    /** Tasks that are done when {@code createTask} returns. */
    @Benchmark
    public void eager(LoopState state) {
        state.run(
                () -> {
                    for (int i = 0; i < N; i++) {
                        createTask(() -> null, EAGER).await();
                    }
                });
    }

    private static void inBatches(Supplier<Task<Void>> spawn) {
        List<Task<Void>> tasks = new ArrayList<>(BATCH);
        for (int round = 0; round < N / BATCH; round++) {
            for (int i = 0; i < BATCH; i++) {
                tasks.add(spawn.get());
            }
            for (Task<Void> task : tasks) {
                task.await();
            }
            tasks.clear();
        }
    }
}
