package dev.heddle.benchmarks;

import dev.heddle.EventLoop;
import dev.heddle.VoidCoroutine;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The loop of a benchmark.
 *
 * <p>It is opened once, and each call of a benchmark runs one task on it that does something {@link
 * #N} times. So what it costs to start and stop the loop vanishes in the figures, and what is
 * measured is a loop that has been running for a while.
 */
@State(Scope.Thread)
public class LoopState {

    /** Operations for each call of a benchmark. The peers have the same. */
    public static final int N = 10_000;

    EventLoop loop;

    @Setup
    public void open() {
        loop = EventLoop.create();
    }

    @TearDown
    public void close() {
        loop.close();
    }

    void run(VoidCoroutine main) {
        loop.runUntilComplete(main);
    }
}
