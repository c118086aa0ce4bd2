package dev.heddle.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.EventLoopBuilder;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/**
 * Base of the tests of this package: a loop on a virtual clock. A test fails if it leaves a pending
 * task, or if an error was reported that it has not taken from {@link #errors}.
 */
@Timeout(60)
abstract class DebugFixture {

    private final List<EventLoop> loops = new ArrayList<>();

    /** What the exception handler was told. */
    final List<ErrorContext> errors = new CopyOnWriteArrayList<>();

    final EventLoop loop = open(EventLoop.builder().name("test").clock(Clock.virtual()));

    /** Opens another loop, with the same care in the end. */
    final EventLoop open(EventLoopBuilder options) {
        EventLoop opened = options.exceptionHandler((where, error) -> errors.add(error)).build();
        loops.add(opened);
        return opened;
    }

    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Ends tasks that wait for each other. */
    static void cancel(Task<?>... tasks) {
        for (Task<?> task : tasks) {
            task.cancel();
        }
        dev.heddle.Asyncio.sleep(1);
    }

    /** Runs {@code body} while {@code loop} runs on a thread of its own, and stops it then. */
    static void whileRunning(EventLoop loop, ThrowingRunnable body) throws Exception {
        var running = new CountDownLatch(1);
        loop.callSoon(running::countDown);
        var run = new FutureTask<>(loop::runForever, null);
        Thread.ofPlatform().name("runs the loop").start(run);
        running.await();
        try {
            body.run();
        } finally {
            loop.callSoonThreadsafe(() -> loop.callSoon(() -> loop.callSoon(loop::stop)));
            run.get();
        }
    }

    @FunctionalInterface
    interface ThrowingRunnable {

        void run() throws Exception;
    }

    @AfterEach
    final void nothingIsLeft() {
        var pending = new ArrayList<String>();
        for (EventLoop opened : loops) {
            if (!opened.isClosed()) {
                opened.allTasks().forEach(task -> pending.add(task.toString()));
            }
            opened.close();
        }

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(errors).as("errors that the test did not expect").isEmpty();
    }
}
