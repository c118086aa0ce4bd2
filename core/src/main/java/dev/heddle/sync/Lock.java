package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.Coroutine;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Lets one task at a time into a section of code that suspends.
 *
 * <pre>
 * unlocked ⇄ locked
 * </pre>
 *
 * <p>A release does not hand the lock over: it is unlocked until the task runs whose turn it is.
 * Still nobody overtakes that task.
 *
 * <p>As in asyncio any task may release the lock, also one that has not acquired it, and a task
 * that acquires it twice waits for another one to release it. A lock from {@link #owned} refuses
 * both.
 *
 * <p>Fairness: strictly in order. Cancelling: a waiting {@code acquire} throws, and the next in the
 * queue gets the turn. A section that does not suspend needs no lock.
 *
 * <p>Source: {@code asyncio.Lock}; {@code owned} is {@code trio.Lock}.
 */
public final class Lock extends Primitive {

    /**
     * What a lock is doing.
     *
     * @param holder the task that acquired it, or null if it is not locked
     * @param tasksWaiting how many tasks wait for it
     */
    public record Statistics(@Nullable Task<?> holder, int tasksWaiting) {}

    private final WaitQueue waiters;
    private final boolean owned;
    private final Held held = this::release;
    private @Nullable Task<?> holder;

    /** Makes one that is not locked. */
    public Lock() {
        this(false, WaitQueue::new);
    }

    Lock(boolean owned, WaitQueue.Maker queues) {
        this.owned = owned;
        this.waiters = queues.make(this);
    }

    /** Makes one that only the task can release that has acquired it. */
    public static Lock owned() {
        return new Lock(true, WaitQueue::new);
    }

    /**
     * Locks it; waits if it is locked, or others wait for it.
     *
     * @throws CancelledError if the task is cancelled while it waits; it has not got the lock then
     * @throws IllegalStateException if the caller is not a task, or the lock is bound to a
     *     different loop; if it is {@linkplain #owned owned}, also if the task has it already
     */
    public void acquire() {
        Task<?> task = callingTask("Lock.acquire");
        if (holder != null || !waiters.isIdle()) {
            if (owned) {
                checkNotHeldBy(task);
            }
            waiters.awaitFree();
        }
        holder = task;
    }

    /** Acquires it, and returns what releases it in the end of a try block. */
    public Held hold() {
        acquire();
        return held;
    }

    /** Runs {@code body} with the lock held. */
    public <T extends @Nullable Object> T with(Coroutine<T> body) {
        acquire();
        try {
            return Asyncio.await(body);
        } finally {
            release();
        }
    }

    /** Same as {@link #with(Coroutine)}. */
    public void with(VoidCoroutine body) {
        with(body.asCoroutine());
    }

    /**
     * Unlocks it, and lets the next go on. Never waits, and may be called in a callback.
     *
     * @throws IllegalStateException if it is not locked; if it is {@linkplain #owned owned}, also
     *     if another task holds it
     */
    public void release() {
        check("Lock.release");
        checkHeld("release");
        holder = null;
        waiters.wakeFree();
    }

    /** Tells whether it is locked. */
    public boolean locked() {
        return holder != null;
    }

    /** Returns who holds it and how many wait. */
    public Statistics statistics() {
        check("Lock.statistics");
        return new Statistics(holder, waiters.size());
    }

    @Override
    int free(WaitQueue queue) {
        return holder == null ? 1 : 0;
    }

    // ---------------------------------------------------------------- for Condition

    WaitQueue waiters() {
        return waiters;
    }

    /** Throws if it is not locked, or not by who must have done it. */
    void checkHeld(String operation) {
        if (holder == null) {
            throw new IllegalStateException(
                    ("%s needs the lock, and nobody holds it: %s."
                                    + " Acquire it first, and release it once.")
                            .formatted(operation, this));
        }
        if (owned && holder != Asyncio.currentTask()) {
            throw new IllegalStateException(
                    ("%s was called by %s, and %s holds the lock."
                                    + " Only the task that has acquired it may do that.")
                            .formatted(operation, Asyncio.currentTask(), holder));
        }
    }

    private void checkNotHeldBy(Task<?> task) {
        if (holder == task) {
            throw new IllegalStateException(
                    "%s holds the lock already, and would wait for itself for ever: %s"
                            .formatted(task, this));
        }
    }

    /** Locks it for a task whose turn it is. */
    void take(Task<?> task) {
        holder = task;
    }

    /**
     * Locks it whatever happens to the task meanwhile.
     *
     * @return the last cancel that arrived while it waited, or {@code error}
     * @throws CancelledError if the loop is being closed, so that the lock cannot be had any more
     */
    Throwable acquireShielded(Task<?> task, Throwable error) {
        Throwable last = error;
        if (holder != null || !waiters.isIdle()) {
            var waiter = new Waiter(waiters);
            waiter.shielded = true;
            try {
                waiters.park(waiter);
            } catch (CancelledError e) {
                if (!waiter.isWoken()) {
                    throw e;
                }
                last = e;
            }
        }
        holder = task;
        return last;
    }

    @Override
    List<Task<?>> tasksBehind() {
        Task<?> task = holder;
        return task == null ? List.of() : List.of(task);
    }

    @Override
    public String toString() {
        Task<?> task = holder;
        return "Lock(%s, %d waiting)"
                .formatted(
                        task == null ? "unlocked" : "locked by " + task.getName(), waiters.size());
    }
}
