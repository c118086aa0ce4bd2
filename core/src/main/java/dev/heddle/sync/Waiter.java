package dev.heddle.sync;

import dev.heddle.Suspension;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The wait of one task in a {@link WaitQueue}. */
class Waiter extends Suspension {

    /** In which it stands, or stood last. */
    WaitQueue queue;

    /** Its place in the queue: a lower one goes first. */
    long ticket;

    /** Whether it has to stay where it is when its task is cancelled. */
    boolean shielded;

    /** Whether it stands in the queue. */
    boolean queued;

    /** Whether it was woken since there is something for it; it keeps its place until it runs. */
    boolean promised;

    /** Neighbours in the queue. */
    @Nullable Waiter previous;

    @Nullable Waiter next;

    /** Makes one that goes behind all others. */
    Waiter(WaitQueue queue) {
        this(queue, queue.drawTicket());
    }

    /** Makes one with a place of its own. */
    Waiter(WaitQueue queue, long ticket) {
        this.queue = queue;
        this.ticket = ticket;
    }

    @Override
    protected final boolean callOff() {
        if (shielded) {
            return false;
        }
        queue.remove(this);
        return true;
    }

    @Override
    protected final List<Task<?>> tasksBehind() {
        return queue.owner().tasksBehind();
    }

    @Override
    public String toString() {
        return queue.owner().toString();
    }
}
