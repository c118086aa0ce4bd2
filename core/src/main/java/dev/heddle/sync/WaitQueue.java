package dev.heddle.sync;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a primitive, in the order in which they came.
 *
 * <p>A wake-up hands nothing over: it lets a task look. The primitive keeps what it guards, says in
 * {@link Primitive#free} for how many waiters there is something, and calls {@link #wakeFree} when
 * that grows; the queue keeps as many of them on their way, and not more. A waiter is on its way from
 * its wake-up until it runs.
 *
 * <p>Three rules make that fair and sound:
 *
 * <ul>
 *   <li>As long as the queue is not {@link #isIdle idle}, whoever may wait must queue up, even if
 *       something is free: it may be promised.
 *   <li>A waiter on its way whose task is cancelled passes the wake-up on.
 *   <li>A waiter that finds nothing, since a {@code Nowait} operation was faster, takes its old place
 *       again: places are numbered by tickets.
 * </ul>
 *
 * <p>Adding, waking and removing take constant time.
 *
 * <p>Source: trio's {@code ParkingLot}.
 */
class WaitQueue {

    /** Makes the queues of a primitive; lets tests prove that they notice a broken one. */
    @FunctionalInterface
    interface Maker {

        WaitQueue make(Primitive owner);
    }

    private final Primitive owner;
    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int waiting;
    private int onTheWay;
    private long tickets;

    WaitQueue(Primitive owner) {
        this.owner = owner;
    }

    // ---------------------------------------------------------------- waiting

    /** Suspends the calling task until it is its turn; if it is cancelled, the turn is passed on. */
    final void await(Waiter waiter) {
        try {
            park(waiter);
        } catch (Throwable e) {
            if (waiter.promised) {
                passOn();
            }
            throw e;
        }
    }

    /** Same, with the last place. */
    final void await() {
        await(new Waiter(this));
    }

    /** Suspends the calling task until its waiter is woken, by this queue or another it moved to. */
    final void park(Waiter waiter) {
        owner.bind();
        add(waiter);
        try {
            waiter.suspend();
        } finally {
            waiter.queue.noteEnd(waiter);
        }
    }

    private void noteEnd(Waiter waiter) {
        if (waiter.promised) {
            onTheWay--;
        } else if (waiter.queued) {
            remove(waiter); // it is shielded, and its loop is being closed
        }
    }

    /** Wakes others in place of one that was woken and will not look. */
    void passOn() {
        owner.passOn(this);
    }

    // ---------------------------------------------------------------- waking

    /** Wakes as many as there is something for. */
    final void wakeFree() {
        if (first != null) {
            for (int free = owner.free(this); onTheWay < free && wakeFirst(); ) {}
        }
    }

    /** Wakes all. */
    final void wakeAll() {
        while (wakeFirst()) {}
    }

    private boolean wakeFirst() {
        Waiter waiter = first();
        if (waiter == null) {
            return false;
        }
        wake(waiter);
        return true;
    }

    /** Wakes one that stands in this queue. */
    final void wake(Waiter waiter) {
        remove(waiter);
        if (waiter.wake()) {
            waiter.promised = true;
            onTheWay++;
        }
    }

    /** Wakes one that stands in this queue, and will look for nothing: others need not wait for it. */
    final void dismiss(Waiter waiter) {
        remove(waiter);
        waiter.wake();
    }

    /** Moves the first waiter to the end of another queue, where it cannot be called off any more. */
    final @Nullable Waiter moveFirstTo(WaitQueue other) {
        Waiter waiter = first();
        if (waiter != null) {
            remove(waiter);
            waiter.queue = other;
            waiter.ticket = other.drawTicket();
            waiter.shielded = true;
            other.add(waiter);
        }
        return waiter;
    }

    // ---------------------------------------------------------------- the list

    final long drawTicket() {
        return ++tickets;
    }

    /** Puts a waiter to its place: in general the last, or near the front if it had one before. */
    private void add(Waiter waiter) {
        Waiter before = placeBefore(waiter);
        Waiter after = before == null ? first : before.next;
        waiter.previous = before;
        waiter.next = after;
        if (before == null) {
            first = waiter;
        } else {
            before.next = waiter;
        }
        if (after == null) {
            last = waiter;
        } else {
            after.previous = waiter;
        }
        waiter.queued = true;
        waiting++;
    }

    /** Returns the waiter behind which another one belongs; null for the front. */
    @Nullable Waiter placeBefore(Waiter waiter) {
        if (last == null || last.ticket < waiter.ticket) {
            return last;
        }
        Waiter before = null;
        for (Waiter w = first; w != null && w.ticket < waiter.ticket; w = w.next) {
            before = w;
        }
        return before;
    }

    final void remove(Waiter waiter) {
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        waiter.previous = null;
        waiter.next = null;
        waiter.queued = false;
        waiting--;
    }

    // ---------------------------------------------------------------- reading

    /** Returns the waiter whose turn is next, or null. */
    @Nullable Waiter first() {
        return first;
    }

    final @Nullable Waiter last() {
        return last;
    }

    /** Tells whether nobody waits or is on the way, so that a task may take what is free. */
    boolean isIdle() {
        return first == null && onTheWay == 0;
    }

    /** Returns how many wait and have not been woken. */
    final int waiting() {
        return waiting;
    }

    /** Returns how many tasks wait, those on their way included. */
    final int size() {
        return waiting + onTheWay;
    }

    final Primitive owner() {
        return owner;
    }
}
