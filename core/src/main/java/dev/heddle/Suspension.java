package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One wait of one task: what every primitive that is not made of futures waits by.
 *
 * <pre>
 * NEW ─► WAITING ─► WOKEN
 *               └─► CALLED_OFF
 * </pre>
 *
 * <p>A primitive keeps an object of a subclass in its queue, calls {@link #suspend} in the task
 * that waits, and {@link #wake} when the wait is over. A cancel of the task calls {@link #callOff},
 * which takes the object out of the queue.
 *
 * <p>A task that was woken can still be cancelled before it runs: {@code suspend} then throws
 * although {@link #isWoken()}. Whoever hands something over with a wake-up must catch that, and
 * hand it to the next.
 *
 * <p>Source: trio's {@code wait_task_rescheduled}.
 */
public abstract class Suspension {

    private enum State {
        NEW,
        WAITING,
        WOKEN,
        CALLED_OFF
    }

    private State state = State.NEW;
    private @Nullable Task<?> task;

    /** Makes one that has not begun. */
    protected Suspension() {}

    /**
     * Withdraws the wait, since its task is cancelled: nobody must wake it after that. Runs on the
     * loop's thread, and must not wait or throw.
     *
     * @return false if the wait cannot be withdrawn; the task is then cancelled at its next one
     */
    protected abstract boolean callOff();

    /**
     * Returns the tasks that have what this waits for, as far as that is known: what a call graph
     * shows, and a test that looks for deadlocks.
     */
    protected List<Task<?>> tasksBehind() {
        return List.of();
    }

    /**
     * Suspends the calling task until {@link #wake}.
     *
     * @throws CancelledError if the task is cancelled
     * @throws IllegalStateException if this was used before, or the caller cannot wait
     */
    public final void suspend() {
        if (state != State.NEW) {
            throw new IllegalStateException("A suspension can be used once, and this is " + state);
        }
        Task<?> waiter = Asyncio.getRunningLoop().currentTaskFor("suspend");
        task = waiter;
        state = State.WAITING;
        try {
            waiter.await(this);
        } catch (Throwable e) {
            if (state == State.WAITING) { // the wait could not begin, or its loop is being closed
                state = State.CALLED_OFF;
                callOff();
            }
            throw e;
        }
    }

    /**
     * Lets the task go on; it runs once what is ready has run. By the loop's thread only.
     *
     * @return false if the wait had ended
     */
    public final boolean wake() {
        Task<?> waiter = task;
        if (state != State.WAITING || waiter == null) {
            return false;
        }
        waiter.loop.checkThread("wake");
        state = State.WOKEN;
        waiter.strand.wake();
        return true;
    }

    /** Tells whether {@link #wake} has ended the wait. */
    public final boolean isWoken() {
        return state == State.WOKEN;
    }

    /** Returns the task that waits or has waited, or null if none has yet. */
    public final @Nullable Task<?> task() {
        return task;
    }

    /** Ends the wait of a task that is cancelled. */
    final boolean callOff(Task<?> waiter, @Nullable Object message) {
        if (state != State.WAITING || !callOff()) {
            return false;
        }
        state = State.CALLED_OFF;
        waiter.wakeCancelled(message);
        return true;
    }
}
