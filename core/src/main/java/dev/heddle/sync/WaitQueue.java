package dev.heddle.sync;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a primitive, in the order in which they came.
 *
 * <p>A wake-up hands nothing over: it lets a task look. The primitive keeps what it guards, says in
 * {@link Primitive#free} for how many waiters there is something, and calls {@link #wakeFree} when
 * that grows; the queue keeps as many of them on their way, and not more. From its wake-up until it
 * runs a waiter is promised something, and keeps its place.
 *
 * <p>Three rules make that fair and sound:
 *
 * <ul>
 *   <li>As long as the queue is not {@link #isIdle idle}, whoever may wait must queue up, even if
 *       something is free: it may be promised.
 *   <li>A waiter whose task is cancelled passes the promise on.
 *   <li>A waiter that finds nothing, since a {@code Nowait} operation was faster, takes its old
 *       place again, and does not let itself be overtaken: places are numbered by tickets.
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
    private @Nullable Waiter next; // the first one without a promise
    private int size;
    private int promised;
    private long tickets;

    WaitQueue(Primitive owner) {
        this.owner = owner;
    }

    // ---------------------------------------------------------------- waiting

    /** Suspends the calling task until there is something for it and all before it have theirs. */
    final void awaitFree() {
        long ticket = drawTicket();
        do {
            await(new Waiter(this, ticket));
        } while (mustWaitAgain(ticket));
    }

    /** Tells whether a task that was woken has to wait again, with its old ticket. */
    final boolean mustWaitAgain(long ticket) {
        if (isOvertaking(ticket)) {
            wakeFree(); // it is for them
            return true;
        }
        return owner.free(this) == 0;
    }

    /** Tells whether somebody waits who has come before. */
    boolean isOvertaking(long ticket) {
        return first != null && first.ticket < ticket;
    }

    /** Suspends the calling task until it is woken; if it is cancelled, a promise is passed on. */
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

    /**
     * Suspends the calling task until its waiter is woken, by this queue or another it moved to.
     */
    final void park(Waiter waiter) {
        owner.bind();
        add(waiter);
        try {
            waiter.suspend();
        } finally {
            if (waiter.queued) {
                waiter.queue.remove(waiter);
            }
        }
    }

    /** Wakes others in place of one that was woken and will not look. */
    void passOn() {
        owner.passOn(this);
    }

    // ---------------------------------------------------------------- waking

    /** Wakes as many as there is something for. */
    final void wakeFree() {
        if (next != null) {
            wakeUpTo(owner.free(this));
        }
    }

    /** Wakes all. */
    final void wakeAll() {
        wakeUpTo(Integer.MAX_VALUE);
    }

    private void wakeUpTo(int most) {
        for (Waiter waiter; promised < most && (waiter = next()) != null; ) {
            wake(waiter);
        }
    }

    /** Wakes one that stands in this queue and has no promise. */
    final void wake(Waiter waiter) {
        waiter.promised = true;
        promised++;
        if (waiter == next) {
            advance();
        }
        waiter.wake();
    }

    /** Wakes one that stands in this queue, and need not look: others need not wait for it. */
    final void dismiss(Waiter waiter) {
        remove(waiter);
        waiter.wake();
    }

    /**
     * Moves the next waiter to the end of another queue, where it cannot be called off any more.
     */
    final @Nullable Waiter moveNextTo(WaitQueue other) {
        Waiter waiter = next();
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

    private void add(Waiter waiter) {
        Waiter before = placeBehind(waiter.ticket);
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
        if (next == null || waiter.ticket < next.ticket) {
            next = waiter;
        }
        waiter.queued = true;
        size++;
    }

    /** Returns behind whom a ticket stands: as a rule the last one, and null for the front. */
    private @Nullable Waiter placeBehind(long ticket) {
        if (last == null || last.ticket < ticket) {
            return last;
        }
        Waiter before = null;
        for (Waiter w = first; w != null && w.ticket < ticket; w = w.next) {
            before = w;
        }
        return before;
    }

    final void remove(Waiter waiter) {
        if (waiter == next) {
            advance();
        }
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
        size--;
        if (waiter.promised) {
            promised--;
        }
    }

    private void advance() {
        do {
            next = next == null ? null : next.next;
        } while (next != null && next.promised);
    }

    // ---------------------------------------------------------------- reading

    /** Returns the waiter that will be woken next, or null. */
    @Nullable Waiter next() {
        return next;
    }

    final @Nullable Waiter last() {
        return last;
    }

    /** Tells whether nobody waits, so that a task may take what is free. */
    boolean isIdle() {
        return first == null;
    }

    /** Returns how many tasks wait, those with a promise included. */
    final int size() {
        return size;
    }

    /** Returns how many tasks wait and have no promise. */
    final int waiting() {
        return size - promised;
    }

    final Primitive owner() {
        return owner;
    }
}
