package dev.heddle;

import dev.heddle.generator.StopIteration;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The promise of a result or an error.
 *
 * <p>States: pending → finished | cancelled, one transition only.
 *
 * <p>A task waits for it with {@link #await()}; callbacks run from the loop's ready queue, never
 * inline. A failure that nobody retrieves is reported to the loop's exception handler. A future
 * belongs to its loop: other threads may ask {@link #isDone()}, wait in {@link #get()} and convert
 * it, and reach everything else by {@link EventLoop#callSoonThreadsafe}.
 *
 * <p>Source: {@code asyncio.Future}.
 *
 * @param <T> the type of the result
 */
public class Future<T extends @Nullable Object>
        implements java.util.concurrent.Future<T>, Awaitable<T> {

    private static final VarHandle OUTCOME;
    private static final Object NULL_RESULT = new Object();

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Future.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final EventLoop loop;

    /** Null while pending; then the result, NULL_RESULT, a {@link Failure} or {@link Cancelled}. */
    private @Nullable Object outcome;

    /** Null; or a {@link Strand} that waits; or a {@link Callback}; or a list of these. */
    private @Nullable Object callbacks;

    /** A callback with the context in which it was registered. */
    private record Callback(Consumer<? super Future<?>> action, Object context) {}

    private record Failure(Throwable cause, FailureReport report) {}

    private static final class Cancelled {

        private final @Nullable Object message;
        private @Nullable CancelledError error;

        Cancelled(@Nullable Object message, @Nullable CancelledError error) {
            this.message = message;
            this.error = error;
        }

        CancelledError error() {
            CancelledError e = error;
            return e == null ? error = new CancelledError(message) : e;
        }
    }

    /** Makes a pending future of {@code loop}. */
    public Future(EventLoop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        loop.noteCreation(this);
    }

    // ---------------------------------------------------------------- state

    private @Nullable Object outcome() {
        return OUTCOME.getAcquire(this);
    }

    /** Returns the loop that it belongs to. */
    public final EventLoop getLoop() {
        return loop;
    }

    /** Tells whether it has a result, an error, or is cancelled. May be called by any thread. */
    public final boolean done() {
        return outcome() != null;
    }

    /** Tells whether it is cancelled. May be called by any thread. */
    public final boolean cancelled() {
        return outcome() instanceof Cancelled;
    }

    /** Same as {@link #done()}. */
    @Override
    public final boolean isDone() {
        return done();
    }

    /** Same as {@link #cancelled()}. */
    @Override
    public final boolean isCancelled() {
        return cancelled();
    }

    /** Returns the state in the terms of {@link java.util.concurrent.Future}. */
    @Override
    public final State state() {
        Object o = outcome();
        return switch (o) {
            case null -> State.RUNNING;
            case Cancelled c -> State.CANCELLED;
            case Failure f -> State.FAILED;
            default -> State.SUCCESS;
        };
    }

    /**
     * Returns the result, or throws the error, which then counts as retrieved.
     *
     * @throws InvalidStateException if it is pending
     * @throws CancelledError if it is cancelled
     */
    public final T result() {
        Object o = outcome();
        if (o == null) {
            throw new InvalidStateException("The result is not there yet: " + this);
        }
        return open(o);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only if T allows it
    private T open(Object o) {
        if (o == NULL_RESULT) {
            return null;
        }
        if (o instanceof Failure f) {
            f.report.retrieved();
            throw Sneaky.sneakyThrow(f.cause);
        }
        if (o instanceof Cancelled c) {
            throw c.error();
        }
        return (T) o;
    }

    /**
     * Returns the error, or null if there is a result. The error then counts as retrieved.
     *
     * @throws InvalidStateException if it is pending
     * @throws CancelledError if it is cancelled
     */
    public final @Nullable Throwable exception() {
        Object o = outcome();
        if (o == null) {
            throw new InvalidStateException("The outcome is not there yet: " + this);
        }
        if (o instanceof Cancelled c) {
            throw c.error();
        }
        if (o instanceof Failure f) {
            f.report.retrieved();
            return f.cause;
        }
        return null;
    }

    /** Returns the error without taking note that somebody has seen it. */
    final @Nullable Throwable failure() {
        return outcome() instanceof Failure f ? f.cause : null;
    }

    /** Takes note that whoever waited has been told; returns whether this is cancelled. */
    final boolean settle() {
        if (outcome instanceof Failure f) {
            f.report.retrieved();
        }
        return outcome instanceof Cancelled;
    }

    // ---------------------------------------------------------------- completion

    /**
     * Finishes it with a result.
     *
     * @throws InvalidStateException if it is done
     */
    public void setResult(T result) {
        finish(result == null ? NULL_RESULT : result);
    }

    /**
     * Finishes it with an error. {@link StopIteration} means something else to whoever awaits it,
     * so it is wrapped.
     *
     * @throws InvalidStateException if it is done
     */
    public void setException(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        Throwable e =
                exception instanceof StopIteration
                        ? new RuntimeException(
                                "StopIteration interacts badly with generators and cannot be raised"
                                        + " into a Future",
                                exception)
                        : exception;
        loop.checkThread("setException");
        if (outcome != null) {
            throw new InvalidStateException("Cannot set an error, it is done: " + this);
        }
        finish(new Failure(e, FailureReport.of(this, e)));
    }

    private void finish(Object newOutcome) {
        loop.checkThread("completion of a future");
        if (outcome != null) {
            throw new InvalidStateException("Cannot set an outcome, it is done: " + this);
        }
        OUTCOME.setRelease(this, newOutcome);
        scheduleCallbacks();
    }

    final void finishWith(T result) {
        finish(result == null ? NULL_RESULT : result);
    }

    final void finishFailed(Throwable e) {
        finish(new Failure(e, FailureReport.of(this, e)));
    }

    final void finishCancelled(@Nullable Object message, @Nullable CancelledError error) {
        finish(new Cancelled(message, error));
    }

    /** Takes the outcome of a done future of the same loop, unless this one is done. */
    final void copyFrom(Future<? extends T> other) {
        if (done()) {
            return;
        }
        Object o = Objects.requireNonNull(other.outcome());
        switch (o) {
            case Cancelled c -> finishCancelled(c.message, c.error);
            case Failure f -> {
                f.report.retrieved();
                finishFailed(f.cause);
            }
            default -> finish(o);
        }
    }

    /** Cancels it without a message. */
    public final boolean cancel() {
        return cancel(null);
    }

    /** Cancels it; the argument has no effect, as the loop decides how to stop a task. */
    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        return cancel(null);
    }

    /**
     * Cancels it.
     *
     * @param message becomes {@link CancelledError#cancelMessage()}; null for none
     * @return false if it was done
     */
    public boolean cancel(@Nullable Object message) {
        loop.checkThread("cancel");
        if (outcome != null) {
            return false;
        }
        finishCancelled(message, null);
        return true;
    }

    // ---------------------------------------------------------------- callbacks

    /** Runs {@code callback} soon after this is done, in a copy of the current context. */
    public final void addDoneCallback(Consumer<? super Future<T>> callback) {
        addCallback(callback, loop.currentBindings());
    }

    /** Runs {@code callback} soon after this is done, in {@code context}. */
    public final void addDoneCallback(Consumer<? super Future<T>> callback, Context context) {
        addCallback(callback, Objects.requireNonNull(context, "context"));
    }

    @SuppressWarnings("unchecked") // the callback only ever gets this future
    private void addCallback(Consumer<? super Future<T>> callback, Object context) {
        Objects.requireNonNull(callback, "callback");
        loop.checkThread("addDoneCallback");
        addEntry(new Callback((Consumer<? super Future<?>>) (Consumer<?>) callback, context));
    }

    /**
     * Removes all callbacks equal to {@code callback}.
     *
     * @return how many there were
     */
    public final int removeDoneCallback(Consumer<? super Future<T>> callback) {
        loop.checkThread("removeDoneCallback");
        return removeEntries(e -> e instanceof Callback c && c.action.equals(callback));
    }

    /** Removes a callback that takes any future. */
    final void removeCallback(Consumer<? super Future<?>> callback) {
        removeEntries(e -> e instanceof Callback c && c.action.equals(callback));
    }

    final void addWaiter(Strand waiter) {
        addEntry(waiter);
    }

    final void removeWaiter(Strand waiter) {
        removeEntries(e -> e == waiter);
    }

    @SuppressWarnings("unchecked")
    private void addEntry(Object entry) {
        if (outcome != null) {
            schedule(entry);
        } else if (callbacks == null) {
            callbacks = entry;
        } else if (callbacks instanceof ArrayList<?> list) {
            ((ArrayList<Object>) list).add(entry);
        } else {
            var list = new ArrayList<Object>(4);
            list.add(callbacks);
            list.add(entry);
            callbacks = list;
        }
    }

    private int removeEntries(java.util.function.Predicate<Object> matches) {
        Object all = callbacks;
        if (all instanceof ArrayList<?> list) {
            int before = list.size();
            list.removeIf(matches);
            int removed = before - list.size();
            if (list.isEmpty()) {
                callbacks = null;
            }
            return removed;
        }
        if (all != null && matches.test(all)) {
            callbacks = null;
            return 1;
        }
        return 0;
    }

    private void scheduleCallbacks() {
        Object all = callbacks;
        callbacks = null;
        if (all instanceof ArrayList<?> list) {
            for (Object entry : list) {
                schedule(entry);
            }
        } else if (all != null) {
            schedule(all);
        }
    }

    private void schedule(Object entry) {
        if (entry instanceof Strand waiter) {
            waiter.wake();
        } else if (entry instanceof Callback callback) {
            loop.schedule(
                    new CallbackHandle(loop, () -> callback.action.accept(this), callback.context));
        }
    }

    /** Returns the futures whose end this one waits for: what a call graph is made of. */
    Collection<? extends Future<?>> parts() {
        return List.of();
    }

    /** Returns the tasks that wait for this one: what a call graph is made of. */
    final List<Task<?>> waiters() {
        Object all = callbacks;
        if (all instanceof Strand s) {
            return List.of(s.task());
        }
        var tasks = new ArrayList<Task<?>>();
        if (all instanceof ArrayList<?> list) {
            for (Object entry : list) {
                if (entry instanceof Strand s) {
                    tasks.add(s.task());
                }
            }
        }
        return tasks;
    }

    // ---------------------------------------------------------------- waiting

    /**
     * Returns the result, and suspends the calling task until it is there. A done future does not
     * suspend. On a thread without a loop it blocks the thread.
     *
     * <p>An error is thrown as the object it is, also a checked one; to catch it the compiler wants
     * it declared, see {@link Asyncio#await(Awaitable, Class)}.
     *
     * @throws CancelledError if the future or the calling task is cancelled
     * @throws IllegalStateException in a callback, in a task of another loop, in the task that this
     *     is, or where the task's thread cannot be suspended
     */
    @Override
    public final T await() {
        Object o = outcome();
        if (o != null) {
            return open(o);
        }
        EventLoop running = EventLoop.runningOrNull();
        if (running != null) {
            return running.currentTaskFor("await").awaitFuture(this);
        }
        try {
            waitOnThread(-1, TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw Sneaky.sneakyThrow(e);
        }
        return result();
    }

    /**
     * Waits for the result as {@link java.util.concurrent.Future} says: on a thread without a loop
     * it blocks the thread, in a task it suspends the task.
     *
     * @throws ExecutionException if the future failed, with its error as the cause
     * @throws CancellationException if the future is cancelled
     * @throws IllegalStateException in a callback of a loop, which would wait for itself
     */
    @Override
    public final T get() throws InterruptedException, ExecutionException {
        try {
            return getWithin(-1, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Same as {@link #get()}, for at most some time; 0 or less only looks.
     *
     * @throws TimeoutException if the time is over; the future goes on
     */
    @Override
    public final T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return getWithin(Math.max(0, timeout), unit);
    }

    /** A negative timeout is none. */
    private T getWithin(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!done()) {
            waitOnThread(timeout, unit);
        }
        Object o = Objects.requireNonNull(outcome());
        if (o instanceof Failure f) {
            f.report.retrieved();
            throw new ExecutionException(f.cause);
        }
        if (o instanceof Cancelled c) {
            var e = new CancellationException(String.valueOf(c.error().getMessage()));
            e.initCause(c.error());
            throw e;
        }
        return open(o);
    }

    private void waitOnThread(long timeout, TimeUnit unit)
            throws InterruptedException, TimeoutException {
        EventLoop running = EventLoop.runningOrNull();
        if (running == loop) {
            loop.currentTaskFor("get");
            Waiting.until(this, timeout < 0 ? null : unit.toNanos(timeout));
            if (!done()) {
                throw new TimeoutException("Not done after " + timeout + " " + unit + ": " + this);
            }
            return;
        }
        if (running != null) {
            running.currentTaskFor("get"); // a callback would block its loop
        }
        ThreadWait.until(this, timeout, unit);
    }

    /**
     * Returns this as a {@link CompletableFuture}, which completes on the loop's thread. Cancelling
     * it cancels this one. May be called by any thread.
     */
    public final CompletableFuture<T> toCompletableFuture() {
        return Bridge.toCompletableFuture(this);
    }

    // ---------------------------------------------------------------- text

    String describeState() {
        Object o = outcome();
        return switch (o) {
            case null -> "pending";
            case Cancelled c -> "cancelled";
            case Failure f -> "failed: " + f.cause;
            default -> "finished: " + abbreviate(o == NULL_RESULT ? "null" : String.valueOf(o));
        };
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(" + describeState() + ")";
    }
}
