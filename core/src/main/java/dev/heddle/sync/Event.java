package dev.heddle.sync;

import dev.heddle.Awaitable;
import dev.heddle.CancelledError;

/**
 * A flag that tasks can wait for.
 *
 * <pre>
 * cleared ⇄ set
 * </pre>
 *
 * <p>All tasks that wait when it is set go on, even if it is cleared before they run.
 *
 * <p>Fairness: they go on in the order in which they came. Cancelling: a waiting {@code await}
 * throws.
 *
 * <p>Source: {@code asyncio.Event}.
 */
public final class Event extends Primitive implements Awaitable<Boolean> {

    /**
     * What an event is doing.
     *
     * @param tasksWaiting how many tasks wait for it
     */
    public record Statistics(int tasksWaiting) {}

    private final WaitQueue waiters;
    private boolean set;

    /** Makes one that is not set. */
    public Event() {
        this(WaitQueue::new);
    }

    Event(WaitQueue.Maker queues) {
        waiters = queues.make(this);
    }

    /** Tells whether it is set. */
    public boolean isSet() {
        return set;
    }

    /**
     * Sets it, and lets all go on that wait for it. Never waits, and may be called in a callback.
     */
    public void set() {
        check("Event.set");
        if (!set) {
            set = true;
            waiters.wakeAll();
        }
    }

    /** Clears it, so that tasks wait again. */
    public void clear() {
        check("Event.clear");
        set = false;
    }

    /**
     * Waits until it is set; returns at once if it is.
     *
     * @return true, always
     * @throws CancelledError if the task is cancelled while it waits
     * @throws IllegalStateException if the caller is not a task, or the event is bound to a
     *     different loop
     */
    @Override
    public Boolean await() {
        callingTask("Event.await");
        if (!set) {
            waiters.await(new Waiter(waiters));
        }
        return true;
    }

    /** Returns how many tasks wait. */
    public Statistics statistics() {
        check("Event.statistics");
        return new Statistics(waiters.size());
    }

    @Override
    public String toString() {
        return "Event(%s, %d waiting)".formatted(set ? "set" : "cleared", waiters.size());
    }
}
