package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.sleep;
import static dev.heddle.benchmarks.LoopState.N;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.TimerHandle;

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

/** What the loop itself costs: callbacks, timers and futures. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class LoopBenchmark {

    private static final int TIMERS = 100_000;

    /** A callback that schedules itself again. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void callSoonChain(LoopState state) {
        state.run(() -> new Chain(state.loop).run());
    }

    private static final class Chain {

        private final EventLoop loop;
        private final Future<Void> end;
        private int left = N;

        Chain(EventLoop loop) {
            this.loop = loop;
            this.end = loop.createFuture();
        }

        void run() {
            loop.callSoon(this::link);
            end.await();
        }

        private void link() {
            if (--left == 0) {
                end.setResult(null);
            } else {
                loop.callSoon(this::link);
            }
        }
    }

    /** A task that awaits a future which a callback completes. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void futureWakeUp(LoopState state) {
        EventLoop loop = state.loop;
        state.run(
                () -> {
                    for (int i = 0; i < N; i++) {
                        Future<Void> future = loop.createFuture();
                        loop.callSoon(() -> future.setResult(null));
                        future.await();
                    }
                });
    }

    /**
     * 100,000 timers are added, in a mixed order of deadlines, and then cancelled; a turn of the
     * loop at the end lets it clean up.
     */
    @Benchmark
    @OperationsPerInvocation(TIMERS)
    public void timerAddAndCancel(LoopState state) {
        EventLoop loop = state.loop;
        state.run(
                () -> {
                    List<TimerHandle> timers = new ArrayList<>();
                    for (int i = 0; i < TIMERS; i++) {
                        double seconds = 60 + i * 7919L % TIMERS * 0.001;
                        timers.add(loop.callLater(seconds, () -> {}));
                    }
                    for (TimerHandle timer : timers) {
                        timer.cancel();
                    }
                    sleep(0);
                });
    }
}
