package dev.heddle.testing;

import dev.heddle.Asyncio;
import dev.heddle.CancelScope;
import dev.heddle.Coroutine;
import dev.heddle.EventLoop;
import dev.heddle.VoidCoroutine;

import org.jspecify.annotations.Nullable;

/** What is called in tests, as static methods to import. They work in any loop. */
public final class Testing {

    private Testing() {}

    /**
     * Waits until all other tasks are blocked, and nothing is ready: everything has been done that
     * can be done without time passing. Use it instead of a short sleep.
     *
     * <p>It comes before a jump of a virtual clock. A task that is blocked in a call of the JDK and
     * a job in an executor count as blocked; what the machine's network has under way is not waited
     * for. Several tasks may call it; they go on together.
     *
     * <p>Source: {@code trio.testing.wait_all_tasks_blocked}.
     */
    public static void waitAllTasksBlocked() {
        Idleness.OF.get().awaitQuiet();
    }

    // ---------------------------------------------------------------- checkpoints

    /**
     * Runs {@code body} and fails if it does not suspend the calling task, or does not notice a
     * cancel: in code that others may loop over, each call should do both.
     *
     * @throws AssertionError if it does not
     */
    public static <T extends @Nullable Object> T assertCheckpoints(Coroutine<T> body) {
        T result = observed(body, true);
        checkNoticesCancel(body);
        return result;
    }

    /**
     * Runs {@code body} twice, the second time cancelled; see {@link
     * #assertCheckpoints(Coroutine)}.
     */
    public static void assertCheckpoints(VoidCoroutine body) {
        assertCheckpoints(body.asCoroutine());
    }

    /**
     * Runs {@code body} and fails if it suspends the calling task: what must not let others run in
     * between.
     *
     * @throws AssertionError if it does
     */
    public static <T extends @Nullable Object> T assertNoCheckpoints(Coroutine<T> body) {
        return observed(body, false);
    }

    /** Same as {@link #assertNoCheckpoints(Coroutine)}. */
    public static void assertNoCheckpoints(VoidCoroutine body) {
        assertNoCheckpoints(body.asCoroutine());
    }

    private static <T extends @Nullable Object> T observed(Coroutine<T> body, boolean mustSuspend) {
        EventLoop loop = Asyncio.getRunningLoop();
        boolean[] suspended = {false};
        var observer = loop.callSoon(() -> suspended[0] = true); // runs as soon as anybody else may
        T result;
        try {
            result = Asyncio.await(body);
        } finally {
            observer.cancel();
        }
        if (suspended[0] != mustSuspend) {
            throw new AssertionError(
                    mustSuspend
                            ? "The body should have suspended the task, and did not: no other task"
                                    + " could run meanwhile"
                            : "The body should not have suspended the task, and did: other tasks"
                                    + " could run meanwhile");
        }
        return result;
    }

    private static void checkNoticesCancel(Coroutine<?> body) {
        boolean[] ended = {false};
        var scope = new CancelScope();
        scope.run(
                cancelled -> {
                    cancelled.cancel("assertCheckpoints");
                    Asyncio.await(body);
                    ended[0] = true;
                });
        if (ended[0]) {
            throw new AssertionError(
                    "The body should have thrown a CancelledError in a cancelled scope, and did"
                            + " not");
        }
    }

    /** Returns the names of the tasks and what each waits for, a line or two each. */
    public static String awaitGraph() {
        return AwaitGraph.of(Asyncio.getRunningLoop()).strip();
    }
}
