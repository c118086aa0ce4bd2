package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Several event loops, each on a thread of its own: for a program that one processor is not enough
 * for.
 *
 * {@snippet :
 * try (var group = LoopGroup.of(4)) {
 *     group.runOnAll(() -> serve()); // the same in each loop, until all have ended
 * }
 * }
 *
 * <p>States: open → closing → closed. A loop that fails closes the group.
 *
 * <p>The loops share nothing. A future, a task, a lock or a queue belongs to its loop, and tasks of
 * other loops cannot await it. The way from loop to loop is {@link #call}, which runs a coroutine
 * where its things are and brings back the result:
 *
 * {@snippet :
 * int hits = LoopGroup.call(counter.loop(), () -> counter.increment());
 * String page = LoopGroup.call(future.getLoop(), future::await);
 * }
 *
 * <p>All methods may be called by any thread, and those that wait say so. The threads are daemons:
 * a JVM whose other threads have ended does not wait for them.
 */
public final class LoopGroup implements AutoCloseable {

    private final String name;
    private final Duration closeTimeout;
    private final List<LoopMember> members = new ArrayList<>();
    private final List<EventLoop> loops;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Null while the group is open; completed when it is closed. */
    private final AtomicReference<@Nullable CompletableFuture<@Nullable Void>> closing =
            new AtomicReference<>();

    private LoopGroup(LoopGroupBuilder options) {
        this.name = options.name();
        this.closeTimeout = options.closeTimeout();
        try {
            for (int i = 0; i < options.loops(); i++) {
                String threadName = "heddle-%s-%d".formatted(name, i);
                members.add(new LoopMember(this, options.open(i), threadName, options.debug()));
            }
        } catch (Throwable e) {
            members.forEach(member -> member.loop.close());
            throw e;
        }
        this.loops = members.stream().map(member -> member.loop).toList();
    }

    static LoopGroup start(LoopGroupBuilder options) {
        var group = new LoopGroup(options);
        try {
            group.members.forEach(LoopMember::start);
        } catch (Throwable e) { // the system gives no more threads
            group.members.forEach(LoopMember::endUnlessStarted);
            group.startClosing();
            throw e;
        }
        group.members.forEach(LoopMember::awaitRunning);
        return group;
    }

    /**
     * Opens a group of {@code n} loops with the default options.
     *
     * @throws IllegalArgumentException if it is not 1 to 1024
     */
    public static LoopGroup of(int n) {
        return builder().loops(n).build();
    }

    /**
     * Returns a builder for a group with other options, by default of a loop for each processor.
     */
    public static LoopGroupBuilder builder() {
        return new LoopGroupBuilder();
    }

    /** Returns the group in which the running loop is, or null if there is none. */
    public static @Nullable LoopGroup current() {
        EventLoop loop = EventLoop.runningOrNull();
        return loop == null || loop.isClosed() ? null : LoopMembership.of(loop).group;
    }

    // ---------------------------------------------------------------- its loops

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the loops, in an order that does not change. */
    public List<EventLoop> loops() {
        return loops;
    }

    /**
     * Returns the loop whose turn it is: each one after the other. For a server that accepts
     * connections in one loop and hands them to all.
     *
     * @throws IllegalStateException if the group is closing or closed
     */
    public EventLoop next() {
        checkOpen("next");
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    // ---------------------------------------------------------------- work for them

    /**
     * Starts {@code coroutine} as a task of {@link #next}, with a copy of the caller's context
     * variables, and does not wait.
     *
     * @return a future that any thread and any task may wait for; cancelling it cancels the task
     * @throws IllegalStateException if the group is closing or closed
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(Coroutine<T> coroutine) {
        return next().runCoroutineThreadsafe(coroutine);
    }

    /** Same as {@link #submit(Coroutine)}. */
    public CompletableFuture<Void> submit(VoidCoroutine coroutine) {
        return submit(coroutine.asCoroutine());
    }

    /**
     * Runs {@code coroutine} as a task of {@code loop}, which may be any loop, suspends the calling
     * task meanwhile, and returns the result. An error is thrown as the object it is.
     *
     * <p>The coroutine gets a copy of the caller's context variables. A cancel of the caller
     * cancels it, and the caller waits until it has ended; what it then returns or throws counts.
     *
     * @throws CancelledError if the calling task, or that of the coroutine, is cancelled, which may
     *     be since {@code loop} is being closed
     * @throws IllegalStateException if {@code loop} is closed before the coroutine begins; in a
     *     callback; or on a thread without a loop, where {@link #submit} is what you want
     */
    public static <T extends @Nullable Object> T call(EventLoop loop, Coroutine<T> coroutine) {
        return LoopCall.run(
                Objects.requireNonNull(loop, "loop"),
                Objects.requireNonNull(coroutine, "coroutine"));
    }

    /** Same as {@link #call(EventLoop, Coroutine)}. */
    public static void call(EventLoop loop, VoidCoroutine coroutine) {
        call(loop, coroutine.asCoroutine());
    }

    /**
     * Runs {@code body} in each loop, waits until all have ended, and returns the results in the
     * order of the loops. One that fails ends the others, as in a {@link TaskGroup}; the first
     * failure is then thrown as the object it is, with others as suppressed ones. If a loop fails,
     * its error is thrown.
     *
     * <p>In a task it suspends, and a cancel of the task cancels all. On a thread without a loop it
     * blocks the thread, in the way of {@link Asyncio#run}: on the main thread Ctrl-C cancels all.
     *
     * @throws CancelledError if the calling task is cancelled, or the group is closed meanwhile
     * @throws IllegalStateException if the group is closing or closed
     */
    public <T extends @Nullable Object> List<T> runOnAll(Coroutine<T> body) {
        Objects.requireNonNull(body, "body");
        checkOpen("runOnAll");
        if (EventLoop.runningOrNull() == null) {
            return Asyncio.run(() -> runOnAll(body));
        }
        List<Task<T>> tasks = new ArrayList<>();
        try {
            Asyncio.taskGroup(
                    group -> {
                        for (EventLoop loop : loops) {
                            tasks.add(group.createTask(() -> call(loop, body)));
                        }
                    });
        } catch (ExceptionGroup errors) {
            throw Sneaky.sneakyThrow(firstOf(errors));
        }
        Throwable error = failure.get();
        if (error != null) {
            throw Sneaky.sneakyThrow(error);
        }
        return tasks.stream().map(Task::result).toList();
    }

    /** Same as {@link #runOnAll(Coroutine)}, without results. */
    public void runOnAll(VoidCoroutine body) {
        runOnAll(
                () -> {
                    body.await();
                    return true;
                });
    }

    private Throwable firstOf(ExceptionGroup errors) {
        Throwable ofLoop = failure.get();
        Throwable first = ofLoop == null ? errors.exceptions().getFirst() : ofLoop;
        for (Throwable e : errors.exceptions()) {
            if (e != first) {
                first.addSuppressed(e);
            }
        }
        return first;
    }

    /**
     * Runs {@code body} in each loop of a new group, as {@link #runOnAll}, and closes the group. To
     * be called once, by a program's {@code main}.
     *
     * <p>The system property {@code dev.heddle.loops} tells how many loops there are: a number, or
     * {@code auto} for one on each processor; 1 without it. {@code ./heddle run --loops N} sets it.
     *
     * @throws IllegalArgumentException if the property is not 1 to 1024, or auto
     * @throws IllegalStateException if a loop runs on this thread
     */
    public static void runMain(VoidCoroutine body) {
        Runner.checkNoLoop();
        try (var group = builder().name("main").loops(LoopCount.configured()).build()) {
            group.runOnAll(body);
        }
    }

    // ---------------------------------------------------------------- the end

    /** Returns the error that has ended one of the loops, and with it the group; null if none. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    /** Tells whether it takes no more work, since it is closing or closed. */
    public boolean isShutdown() {
        return closing.get() != null;
    }

    /** Begins to close the group, and does not wait; may be called in its own tasks. Idempotent. */
    public void shutdown() {
        startClosing();
    }

    /**
     * Closes the group and waits until its threads have ended. Idempotent.
     *
     * <p>All tasks are cancelled and awaited, while the loops can still call each other. Then each
     * loop closes as by {@link Runner#close}. What has not ended when the time for that is over is
     * forced to, within some seconds: tasks are unwound, and threads interrupted.
     *
     * @throws IllegalStateException in a task of the group, which would wait for itself: use {@link
     *     #shutdown} there; in a callback; or if a thread is blocked for good
     */
    @Override
    public void close() {
        EventLoop here = EventLoop.runningOrNull();
        if (here != null) {
            if (loops.contains(here)) {
                throw new IllegalStateException(
                        "close of %s was called in its own loop, %s,".formatted(this, here)
                                + " and would wait for itself. Use shutdown().");
            }
            here.currentTaskFor("close");
        }
        CompletableFuture<@Nullable Void> closed = startClosing();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    closed.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true; // it has a time limit anyway
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Closing %s failed".formatted(this), e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CompletableFuture<@Nullable Void> startClosing() {
        var closed = new CompletableFuture<@Nullable Void>();
        if (!closing.compareAndSet(null, closed)) {
            return Objects.requireNonNull(closing.get());
        }
        try {
            Thread.ofPlatform()
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .name("heddle-" + name + "-close")
                    .start(() -> runClosing(closed));
        } catch (Throwable e) { // the system gives no more threads
            closed.completeExceptionally(e);
            throw e;
        }
        return closed;
    }

    private void runClosing(CompletableFuture<@Nullable Void> closed) {
        try {
            LoopClosing.run(this, members, closeTimeout);
            closed.complete(null);
        } catch (Throwable e) {
            closed.completeExceptionally(e);
        }
    }

    /** Called by the thread of a loop that runs no longer, and was not told to end. */
    void onLoopFailed(EventLoop loop, Throwable error) {
        failure.compareAndSet(null, error);
        startClosing();
        if (!(error instanceof KeyboardInterrupt)) {
            loop.callExceptionHandler(
                    ErrorContext.of("%s has failed, and closes %s".formatted(loop, this), error));
        }
    }

    private void checkOpen(String operation) {
        if (closing.get() != null) {
            Throwable error = failure.get();
            throw new IllegalStateException(
                    "%s: %s is closed%s"
                            .formatted(
                                    operation, this, error == null ? "" : ", since a loop failed"),
                    error);
        }
    }

    @Override
    public String toString() {
        CompletableFuture<@Nullable Void> end = closing.get();
        String state = end == null ? "open" : end.isDone() ? "closed" : "closing";
        return "LoopGroup(%s, %d loops, %s)".formatted(name, members.size(), state);
    }
}
