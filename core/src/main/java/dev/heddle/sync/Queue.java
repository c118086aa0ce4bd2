package dev.heddle.sync;

import dev.heddle.CancelledError;

import java.util.Iterator;
import java.util.Objects;

/**
 * Hands items from tasks that put them to tasks that get them, first in, first out.
 *
 * <pre>
 * open ─► shut down
 * </pre>
 *
 * <p>With a limit, {@link #put} waits while the queue is full. Set one, so that producers cannot
 * run ahead of consumers for ever.
 *
 * <p>The queue counts the items that were put and for which nobody has called {@link #taskDone},
 * and {@link #join} waits until there are none.
 *
 * <p>Fairness: waiting putters and getters go on in order, and those that come later queue behind
 * them; only {@code putNowait} and {@code getNowait} do not ask for others. Cancelling: a waiting
 * {@code put} or {@code get} throws, and has put or got nothing.
 *
 * <p>Source: {@code asyncio.Queue}.
 *
 * @param <T> the type of the items; null is none
 */
public sealed class Queue<T> extends Primitive implements Iterable<T>
        permits PriorityQueue, LifoQueue {

    /**
     * What a queue is doing.
     *
     * @param size how many items it holds
     * @param maxsize how many it can hold; 0 for no limit
     * @param unfinished how many were put and are not done
     * @param getting how many tasks wait for an item
     * @param putting how many tasks wait for room
     * @param shutDown whether it is shut down
     */
    public record Statistics(
            int size, int maxsize, int unfinished, int getting, int putting, boolean shutDown) {}

    private final int maxsize;
    private final Store<T> items;
    private final WaitQueue getters;
    private final WaitQueue putters;
    private final WaitQueue joiners;
    private int unfinished;
    private boolean shutDown;

    /** Makes one without a limit. */
    public Queue() {
        this(0);
    }

    /**
     * Makes one for up to {@code maxsize} items; 0 for no limit.
     *
     * @throws IllegalArgumentException if {@code maxsize} is negative
     */
    public Queue(int maxsize) {
        this(maxsize, new Store.Fifo<>(), WaitQueue::new);
    }

    Queue(int maxsize, Store<T> items, WaitQueue.Maker queues) {
        if (maxsize < 0) {
            throw new IllegalArgumentException(
                    "The size of a queue must be positive, or 0 for no limit: " + maxsize);
        }
        this.maxsize = maxsize;
        this.items = items;
        this.getters = queues.make(this);
        this.putters = queues.make(this);
        this.joiners = queues.make(this);
    }

    // ---------------------------------------------------------------- putting

    /**
     * Puts an item; waits for room if the queue is full, or others wait for it.
     *
     * @throws CancelledError if the task is cancelled while it waits; nothing was put then
     * @throws QueueShutDownException if the queue is shut down, before or while it waits
     * @throws IllegalStateException if the caller is not a task, or the queue is bound to a
     *     different loop
     */
    public final void put(T item) {
        Objects.requireNonNull(item, "item");
        callingTask("Queue.put");
        if (!shutDown && (full() || !putters.isIdle())) {
            putters.awaitFree();
        }
        add(item);
    }

    /**
     * Puts an item, and never waits.
     *
     * @throws QueueFullException if there is no room
     * @throws QueueShutDownException if the queue is shut down
     */
    public final void putNowait(T item) {
        Objects.requireNonNull(item, "item");
        check("Queue.putNowait");
        if (!shutDown && full()) {
            throw new QueueFullException(this + " is full. Use put, which waits for room.");
        }
        add(item);
    }

    private void add(T item) {
        try {
            if (shutDown) {
                throw new QueueShutDownException(this + " is shut down and takes no more items");
            }
            items.add(item);
        } finally {
            putters.wakeFree(); // those that came while this one was on its way
        }
        unfinished++;
        getters.wakeFree();
    }

    // ---------------------------------------------------------------- getting

    /**
     * Removes the next item and returns it; waits if there is none, or others wait for it.
     *
     * @throws CancelledError if the task is cancelled while it waits; it has not got an item then
     * @throws QueueShutDownException if the queue is shut down, before or while it waits, and empty
     * @throws IllegalStateException if the caller is not a task, or the queue is bound to a
     *     different loop
     */
    public final T get() {
        callingTask("Queue.get");
        if (empty() ? !shutDown : !getters.isIdle()) {
            getters.awaitFree();
        }
        if (empty()) {
            throw shutDownAndEmpty();
        }
        return take();
    }

    /**
     * Removes the next item and returns it, and never waits.
     *
     * @throws QueueEmptyException if there is none
     * @throws QueueShutDownException if there is none, and the queue is shut down
     */
    public final T getNowait() {
        check("Queue.getNowait");
        if (empty()) {
            throw shutDown
                    ? shutDownAndEmpty()
                    : new QueueEmptyException(
                            this + " is empty. Use get, which waits for an item.");
        }
        return take();
    }

    private T take() {
        T item = items.take();
        putters.wakeFree();
        getters.wakeFree(); // those that came while this one was on its way
        return item;
    }

    private QueueShutDownException shutDownAndEmpty() {
        return new QueueShutDownException(this + " is shut down and has no more items");
    }

    /**
     * Returns an iterator that gets items, and waits for them, until the queue is shut down and
     * empty: {@code for (Job job : queue)}.
     */
    @Override
    public final Iterator<T> iterator() {
        return new Receiving<>(this::get, QueueShutDownException.class);
    }

    // ---------------------------------------------------------------- joining and shutting down

    /**
     * Says that an item that was got is done with.
     *
     * @throws IllegalStateException if this was called more often than items were put
     */
    public final void taskDone() {
        check("Queue.taskDone");
        if (unfinished == 0) {
            throw new IllegalStateException(
                    ("Queue.taskDone was called too often: %s has no unfinished items."
                                    + " Call it once for each item.")
                            .formatted(this));
        }
        finish(1);
    }

    private void finish(int n) {
        unfinished -= n;
        if (unfinished == 0) {
            joiners.wakeAll();
        }
    }

    /**
     * Waits until all items that were put are done with.
     *
     * @throws CancelledError if the task is cancelled while it waits
     * @throws IllegalStateException if the caller is not a task, or the queue is bound to a
     *     different loop
     */
    public final void join() {
        callingTask("Queue.join");
        if (unfinished > 0) {
            joiners.await(new Waiter(joiners));
        }
    }

    /** Shuts the queue down; see {@link #shutdown(boolean)} with false. */
    public final void shutdown() {
        shutdown(false);
    }

    /**
     * Shuts the queue down: nothing can be put any more, and what is there can still be got.
     * Idempotent. Tasks that wait in vain get a {@link QueueShutDownException}.
     *
     * @param immediate whether to drop what is there, and count it as done
     */
    public final void shutdown(boolean immediate) {
        check("Queue.shutdown");
        shutDown = true;
        if (immediate) {
            int dropped = items.size();
            items.clear();
            if (dropped > 0) {
                finish(Math.min(dropped, unfinished));
            }
        }
        getters.wakeFree();
        putters.wakeFree();
    }

    // ---------------------------------------------------------------- reading

    @Override
    final int free(WaitQueue queue) {
        if (queue == joiners) {
            return 0;
        }
        if (shutDown) {
            return Integer.MAX_VALUE;
        }
        return queue == getters ? items.size() : room();
    }

    private int room() {
        return maxsize == 0 ? Integer.MAX_VALUE : maxsize - items.size();
    }

    /** Returns how many items there are. */
    public final int qsize() {
        return items.size();
    }

    /** Tells whether there are no items. */
    public final boolean empty() {
        return items.size() == 0;
    }

    /** Tells whether there is no room. */
    public final boolean full() {
        return maxsize > 0 && items.size() >= maxsize;
    }

    /** Returns how many items there can be; 0 for no limit. */
    public final int maxsize() {
        return maxsize;
    }

    /** Returns how many items and waiting tasks there are. */
    public final Statistics statistics() {
        check("Queue.statistics");
        return new Statistics(
                items.size(), maxsize, unfinished, getters.size(), putters.size(), shutDown);
    }

    @Override
    public final String toString() {
        return "%s(%d%s items, %d getting, %d putting%s)"
                .formatted(
                        getClass().getSimpleName(),
                        items.size(),
                        maxsize == 0 ? "" : " of " + maxsize,
                        getters.size(),
                        putters.size(),
                        shutDown ? ", shut down" : "");
    }
}
