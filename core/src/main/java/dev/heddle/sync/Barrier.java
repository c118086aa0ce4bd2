package dev.heddle.sync;

import dev.heddle.Awaitable;
import dev.heddle.CancelledError;

/**
 * Lets a fixed number of tasks wait for one another, again and again.
 *
 * <pre>
 * FILLING ─► DRAINING ─► FILLING     the last one has come; all go on; all are out
 * FILLING ─► RESETTING ─► FILLING    by {@link #reset} while tasks wait
 *       any ─► BROKEN ─► FILLING     by {@link #abort}, until {@link #reset}
 * </pre>
 *
 * <p>A task that comes while others leave waits in front, for the next round.
 *
 * <p>Fairness: in order. Cancelling: a waiting {@code await} throws, and one task more is needed; a
 * cancel that comes when the barrier has opened does not keep the others back.
 *
 * <p>Source: {@code asyncio.Barrier}.
 */
public final class Barrier extends Primitive implements Awaitable<Integer> {

    private enum State {
        FILLING,
        DRAINING,
        RESETTING,
        BROKEN
    }

    /**
     * What a barrier is doing.
     *
     * @param parties how many tasks are needed
     * @param tasksWaiting how many of them have come
     * @param tasksInFront how many wait for those in it to leave
     * @param broken whether it is aborted
     */
    public record Statistics(int parties, int tasksWaiting, int tasksInFront, boolean broken) {}

    /** A wait in the barrier. */
    private static final class Arrival extends Waiter {

        int index;
        boolean broken;

        Arrival(WaitQueue queue) {
            super(queue);
        }
    }

    private final int parties;
    private final WaitQueue front;
    private final WaitQueue inside;
    private State state = State.FILLING;

    /**
     * Makes one for {@code parties} tasks.
     *
     * @throws IllegalArgumentException if that is less than 1
     */
    public Barrier(int parties) {
        this(parties, WaitQueue::new);
    }

    Barrier(int parties, WaitQueue.Maker queues) {
        if (parties < 1) {
            throw new IllegalArgumentException("A barrier needs 1 task or more: " + parties);
        }
        this.parties = parties;
        this.front = queues.make(this);
        this.inside = queues.make(this);
    }

    // ---------------------------------------------------------------- waiting

    /**
     * Waits until all have come.
     *
     * @return the number of the task in this round: 0 for the first that came, and so on
     * @throws CancelledError if the task is cancelled while it waits
     * @throws BrokenBarrierException if the barrier is aborted, or reset while the task waits
     * @throws IllegalStateException if the caller is not a task, or the barrier is bound to a
     *     different loop
     */
    @Override
    public Integer await() {
        callingTask("Barrier.await");
        if (isClosed() || !front.isIdle()) {
            awaitEntry();
        }
        if (state == State.BROKEN) {
            throw new BrokenBarrierException("The barrier is aborted, until it is reset: " + this);
        }
        int index = inside.waiting();
        if (index + 1 == parties) {
            open();
            return index;
        }
        return awaitInside();
    }

    private void awaitEntry() {
        front.awaitFree();
        front.wakeFree(); // those that came meanwhile
    }

    /** Whether those in it have to leave before others may come. */
    private boolean isClosed() {
        return state == State.DRAINING || state == State.RESETTING;
    }

    private int awaitInside() {
        var arrival = new Arrival(inside);
        try {
            inside.await(arrival);
        } finally {
            fillIfEmpty();
        }
        if (arrival.broken) {
            throw new BrokenBarrierException("The barrier was aborted or reset: " + this);
        }
        return arrival.index;
    }

    private void open() {
        int index = 0;
        for (Waiter w; (w = inside.next()) != null; ) {
            ((Arrival) w).index = index++;
            inside.wake(w);
        }
        state = State.DRAINING;
        fillIfEmpty();
    }

    /** Begins a new round once all have left. */
    private void fillIfEmpty() {
        if (isClosed() && inside.size() == 0) {
            state = State.FILLING;
            front.wakeFree();
        }
    }

    @Override
    int free(WaitQueue queue) {
        return queue == front && !isClosed() ? Integer.MAX_VALUE : 0;
    }

    // ---------------------------------------------------------------- breaking

    /**
     * Empties it: tasks that wait in it get a {@link BrokenBarrierException}, and those that are
     * leaving do not. Repairs it if it is aborted. Never waits.
     */
    public void reset() {
        check("Barrier.reset");
        if (state == State.FILLING || state == State.BROKEN) {
            breakInside();
            state = State.RESETTING;
            fillIfEmpty();
        }
    }

    /**
     * Breaks it: tasks that wait, and those that come, get a {@link BrokenBarrierException}, until
     * {@link #reset}. Never waits.
     */
    public void abort() {
        check("Barrier.abort");
        breakInside();
        state = State.BROKEN;
        front.wakeFree();
    }

    private void breakInside() {
        for (Waiter w; (w = inside.next()) != null; ) {
            ((Arrival) w).broken = true;
            inside.wake(w);
        }
    }

    // ---------------------------------------------------------------- reading

    /** Returns how many tasks are needed. */
    public int parties() {
        return parties;
    }

    /** Returns how many tasks wait in it; 0 while they leave. */
    public int nWaiting() {
        return state == State.FILLING ? inside.waiting() : 0;
    }

    /** Tells whether it is aborted. */
    public boolean broken() {
        return state == State.BROKEN;
    }

    /** Returns how many tasks are needed and how many have come. */
    public Statistics statistics() {
        check("Barrier.statistics");
        return new Statistics(parties, nWaiting(), front.size(), broken());
    }

    @Override
    public String toString() {
        return "Barrier(%s, %d of %d waiting)".formatted(state, nWaiting(), parties);
    }
}
