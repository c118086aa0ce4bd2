package dev.heddle.sync;

/**
 * A {@link Queue} that gives the item first that was put last.
 *
 * <p>Source: {@code asyncio.LifoQueue}.
 *
 * @param <T> the type of the items
 */
public final class LifoQueue<T> extends Queue<T> {

    /** Makes one without a limit. */
    public LifoQueue() {
        this(0);
    }

    /**
     * Makes one for up to {@code maxsize} items; 0 for no limit.
     *
     * @throws IllegalArgumentException if {@code maxsize} is negative
     */
    public LifoQueue(int maxsize) {
        this(maxsize, WaitQueue::new);
    }

    LifoQueue(int maxsize, WaitQueue.Maker queues) {
        super(maxsize, new Store.Lifo<>(), queues);
    }
}
