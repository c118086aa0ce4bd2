package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;

/**
 * Base of the tests that need a loop: one on a virtual clock, which jumps when everything waits.
 *
 * <p>A test fails if it leaves a pending task, or if the loop's exception handler was told of an
 * error that the test has not taken with {@link #takeErrors}. All loops are closed in the end; a
 * test that hangs is interrupted, and with it the loop stopped.
 */
@Timeout(60)
abstract class LoopFixture {

    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();
    private final List<EventLoop> loops = new ArrayList<>();

    final VirtualClock clock = Clock.virtual();
    final EventLoop loop = open(EventLoop.builder().name("test").clock(clock));

    /** Opens another loop, with the same exception handler and the same care in the end. */
    final EventLoop open(EventLoopBuilder options) {
        EventLoop opened = options.exceptionHandler(this::collect).build();
        loops.add(opened);
        return opened;
    }

    final void collect(EventLoop where, ErrorContext context) {
        errors.add(context);
    }

    /** Runs a coroutine in the loop until it is done. */
    final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    /** Runs a coroutine in the loop until it is done. */
    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Runs {@code n} turns, each with a poll that does not wait; virtual time stands still. */
    final void turns(int n) {
        turns(loop, n);
    }

    static void turns(EventLoop loop, int n) {
        try (var driver = loop.drive()) {
            for (int i = 0; i < n; i++) {
                driver.poll(Duration.ZERO);
                driver.processEvents();
                driver.processReady();
            }
        }
    }

    /** Returns what the exception handler was told since the last call. */
    final List<ErrorContext> takeErrors() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    /** Returns the one thing that the exception handler was told since the last call. */
    final ErrorContext takeError() {
        List<ErrorContext> taken = takeErrors();
        assertThat(taken).as("errors reported to the exception handler").hasSize(1);
        return taken.getFirst();
    }

    /**
     * Runs {@code job} on a platform thread of its own, waits for it, and throws what it throws.
     */
    static <T> T onOtherThread(Callable<T> job) {
        var result = new FutureTask<>(job);
        Thread thread = Thread.ofPlatform().name("other").start(result);
        return joined(thread, result);
    }

    /** Same as {@link #onOtherThread(Callable)}, without a result. */
    static void onOtherThread(Runnable job) {
        onOtherThread(
                () -> {
                    job.run();
                    return true;
                });
    }

    private static <T> T joined(Thread thread, FutureTask<T> result) {
        try {
            thread.join();
            return result.get();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for " + thread, e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw dev.heddle.internal.Sneaky.sneakyThrow(e.getCause());
        }
    }

    @AfterEach
    final void nothingIsLeft() {
        var pending = new ArrayList<String>();
        for (EventLoop opened : loops) {
            if (opened.isClosed()) {
                continue; // what was pending then was reported as an error
            }
            opened.allTasks().forEach(task -> pending.add(task.toString()));
        }
        List<ErrorContext> reported = takeErrors();
        for (EventLoop opened : loops) {
            opened.close();
        }

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(reported).as("errors that the test did not expect").isEmpty();
        assertThat(errors).as("errors reported when the loop was closed").isEmpty();
    }
}
