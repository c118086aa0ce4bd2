package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Runs coroutines, one after the other, in one loop and one context, and closes the loop in the
 * right order.
 *
 * <p>States: created → initialized → closed. The loop is opened at first use.
 *
 * <p>Closing cancels all tasks and waits for them, reports those that fail meanwhile, closes the
 * async generators that are left, waits for the jobs of the default executor, and closes the loop.
 *
 * <p>Source: {@code asyncio.Runner}.
 */
public final class Runner implements AutoCloseable {

    private static final Duration EXECUTOR_TIMEOUT = Duration.ofMinutes(5);

    private enum State {
        CREATED,
        INITIALIZED,
        CLOSED
    }

    private final @Nullable Boolean debug;
    private final Supplier<EventLoop> loopFactory;
    private final boolean ownFactory;
    private State state = State.CREATED;
    private @Nullable EventLoop loop;
    private Context context = new Context();

    /** Makes a runner that opens a loop with the default options. */
    public Runner() {
        this(null, null);
    }

    /**
     * Makes a runner.
     *
     * @param debug whether the loop is in debug mode; null: as is its default
     * @param loopFactory opens the loop; null for the default
     */
    public Runner(@Nullable Boolean debug, @Nullable Supplier<EventLoop> loopFactory) {
        this.debug = debug;
        this.ownFactory = loopFactory != null;
        this.loopFactory = loopFactory == null ? EventLoop::create : loopFactory;
    }

    /**
     * Runs {@code main} in the loop until it is done, and returns its result or throws its error.
     *
     * <p>On the JVM's main thread, Ctrl-C or SIGTERM cancels the task and the JVM goes on until it
     * has cleaned up; a second one ends the JVM at once.
     *
     * @throws KeyboardInterrupt if Ctrl-C has cancelled it
     * @throws Terminated if SIGTERM has cancelled it
     * @throws IllegalStateException if the runner is closed, or a loop runs on this thread
     */
    public <T extends @Nullable Object> T run(Coroutine<T> main) {
        return run(main, null);
    }

    /**
     * Same as {@link #run(Coroutine)}, in a context.
     *
     * @param where the context for the task; null for the runner's own, which all calls share
     */
    public <T extends @Nullable Object> T run(Coroutine<T> main, @Nullable Context where) {
        Objects.requireNonNull(main, "main");
        checkNoLoop();
        EventLoop l = getLoop();
        Task<T> task =
                l.createTask(
                        main, TaskOptions.DEFAULT.withContext(where == null ? context : where));
        try (var interrupts = Interrupts.cancelling(l, task)) {
            try {
                return l.runUntilComplete(task);
            } catch (CancelledError e) {
                Error reason = interrupts.error(e);
                if (reason != null && task.uncancel() == 0) {
                    throw reason;
                }
                throw e;
            }
        } catch (KeyboardInterrupt | Terminated e) {
            Interrupts.exitIfUncaught();
            throw e;
        }
    }

    /** Runs {@code main} in the loop until it is done. */
    public void run(VoidCoroutine main) {
        run(main.asCoroutine(), null);
    }

    /** Runs {@code main} in the loop until it is done, in a context. */
    public void run(VoidCoroutine main, @Nullable Context where) {
        run(main.asCoroutine(), where);
    }

    /**
     * Returns the loop.
     *
     * @throws IllegalStateException if the runner is closed
     */
    public EventLoop getLoop() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("Runner is closed");
        }
        EventLoop l = loop;
        if (l == null) {
            l = loopFactory.get();
            if (!ownFactory) {
                Asyncio.setEventLoop(l);
            }
            if (debug != null) {
                l.setDebug(debug);
            }
            context = Context.copyCurrent();
            loop = l;
            state = State.INITIALIZED;
        }
        return l;
    }

    /** Ends all tasks and closes the loop. Idempotent. */
    @Override
    public void close() {
        if (state != State.INITIALIZED) {
            state = State.CLOSED;
            return;
        }
        EventLoop l = Objects.requireNonNull(loop);
        state = State.CLOSED;
        try {
            cancelAllTasks(l);
            l.runUntilComplete(l::shutdownAsyncgens);
            l.runUntilComplete(() -> l.shutdownDefaultExecutor(EXECUTOR_TIMEOUT));
        } finally {
            if (!ownFactory) {
                Asyncio.setEventLoop(null);
            }
            l.close();
            loop = null;
        }
    }

    private static void cancelAllTasks(EventLoop loop) {
        List<Task<?>> pending = loop.allTasks();
        if (pending.isEmpty()) {
            return;
        }
        pending.forEach(Task::cancel);
        loop.runUntilComplete(() -> Asyncio.gatherAll(pending, true));
        for (Task<?> task : pending) {
            Throwable error = task.cancelled() ? null : task.exception();
            if (error != null) {
                loop.callExceptionHandler(
                        ErrorContext.of("unhandled exception during asyncio.run() shutdown", error)
                                .with(task));
            }
        }
    }

    static void checkNoLoop() {
        EventLoop running = EventLoop.runningOrNull();
        if (running != null) {
            throw new IllegalStateException(
                    "run() cannot be called from a running event loop, " + running + "; await");
        }
    }
}
