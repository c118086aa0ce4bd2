package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.benchmarks.LoopState.N;

import dev.heddle.Future;
import dev.heddle.Task;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What it costs that a task leaves the loop to the next one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@OperationsPerInvocation(N)
public class SwitchBenchmark {

    /** One task that has the loop for itself: each switch is a whole turn of the loop. */
    @Benchmark
    public void alone(LoopState state) {
        state.run(() -> yieldTimes(N));
    }

    /** The same while the loop also watches a channel, so that each turn asks the selector. */
    @Benchmark
    public void aloneWithChannel(LoopState state, QuietChannel channel) {
        state.run(() -> yieldTimes(N));
    }

    /** A channel that never has anything to read. */
    @State(Scope.Thread)
    public static class QuietChannel {

        private Pipe pipe;

        @Setup
        public void open(LoopState state) throws IOException {
            pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            state.loop.addReader(pipe.source(), () -> {});
        }

        @TearDown
        public void close(LoopState state) throws IOException {
            state.loop.removeReader(pipe.source());
            pipe.sink().close();
            pipe.source().close();
        }
    }

    /** Two tasks in turns. */
    @Benchmark
    public void two(LoopState state) {
        state.run(() -> yieldInTurns(2));
    }

    /** A hundred tasks in turns: what a turn of the loop costs is shared by all. */
    @Benchmark
    public void hundred(LoopState state) {
        state.run(() -> yieldInTurns(100));
    }

    private static void yieldInTurns(int count) {
        List<Task<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(createTask(() -> yieldTimes(N / count)));
        }
        for (Task<Void> task : tasks) {
            task.await();
        }
    }

    private static void yieldTimes(int times) {
        for (int i = 0; i < times; i++) {
            sleep(0);
        }
    }

    /** Two tasks that wake each other up by futures; a hop is one operation. */
    @Benchmark
    public void pingPong(LoopState state) {
        state.run(() -> new PingPong(state).play());
    }

    private static final class PingPong {

        private final LoopState state;
        private final List<Future<Void>> calls = new ArrayList<>();

        PingPong(LoopState state) {
            this.state = state;
        }

        void play() {
            calls.add(state.loop.createFuture());
            calls.add(state.loop.createFuture());
            Task<Void> ping = createTask(() -> answer(0, 1));
            Task<Void> pong = createTask(() -> answer(1, 0));
            calls.getFirst().setResult(null);
            ping.await();
            pong.await();
        }

        private void answer(int mine, int other) {
            for (int i = 0; i < N / 2; i++) {
                calls.get(mine).await();
                calls.set(mine, state.loop.createFuture());
                calls.get(other).setResult(null);
            }
        }
    }
}
