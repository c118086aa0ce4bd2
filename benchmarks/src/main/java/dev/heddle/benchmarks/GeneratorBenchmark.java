package dev.heddle.benchmarks;

import dev.heddle.generator.Generator;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** What the next value of a generator costs, through how many generators ever it comes. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Thread)
public class GeneratorBenchmark {

    /** How many generators yield from the next one; 0: the values come from the first. */
    @Param({"0", "1", "10", "100", "1000"})
    int depth;

    private Generator<String, Object, Void> values;

    @Setup
    public void open() {
        values = nested(depth);
        values.next();
    }

    @TearDown
    public void close() {
        values.close();
    }

    private static Generator<String, Object, Void> nested(int depth) {
        return Generator.produce(
                y -> {
                    if (depth > 0) {
                        y.yieldFrom(nested(depth - 1));
                    }
                    while (true) {
                        y.yield("value");
                    }
                });
    }

    @Benchmark
    public String next() {
        return values.next();
    }

    /** The same in a task. */
    @Benchmark
    @OperationsPerInvocation(LoopState.N)
    public void nextInTask(LoopState state) {
        state.run(
                () -> {
                    for (int i = 0; i < LoopState.N; i++) {
                        values.next();
                    }
                });
    }
}
