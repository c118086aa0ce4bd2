package dev.heddle.sync;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.EventLoopBuilder;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;

/**
 * Base of the tests of primitives: a loop on a virtual clock, and a log of what the tasks did.
 *
 * <p>A test fails if it leaves a pending task, or if an error was reported to the exception
 * handler.
 */
@Timeout(60)
abstract class SyncFixture {

    private final List<EventLoop> loops = new ArrayList<>();

    /** What the exception handler was told. */
    final List<ErrorContext> errors = new CopyOnWriteArrayList<>();

    /** What the tasks did, in order. */
    final List<String> log = new ArrayList<>();

    final EventLoop loop = open(EventLoop.builder().name("test").clock(Clock.virtual()));

    /** Opens another loop, with the same care in the end. */
    final EventLoop open(EventLoopBuilder options) {
        EventLoop opened = options.exceptionHandler((where, error) -> errors.add(error)).build();
        loops.add(opened);
        return opened;
    }

    /** Runs a coroutine in the loop until it is done. */
    final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    /** Runs a coroutine in the loop until it is done. */
    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Lets everything run that can run. */
    static void settle() {
        for (int i = 0; i < 20; i++) {
            sleep(0);
        }
    }

    /** Runs {@code job} on a thread of its own, waits for it, and throws what it throws. */
    static void onOtherThread(Runnable job) {
        var result = new FutureTask<>(job, null);
        Thread thread = Thread.ofPlatform().name("other").start(result);
        try {
            thread.join();
            result.get();
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
            if (!opened.isClosed()) {
                opened.allTasks().forEach(task -> pending.add(task.toString()));
            }
            opened.close();
        }

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(errors).as("errors that the test did not expect").isEmpty();
    }
}
