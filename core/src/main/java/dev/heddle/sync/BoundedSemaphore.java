package dev.heddle.sync;

/**
 * A {@link Semaphore} whose value cannot rise above the initial one: releasing it more often than
 * it was acquired is an error at once.
 *
 * <p>Source: {@code asyncio.BoundedSemaphore}, where that error is a {@code ValueError}.
 */
public final class BoundedSemaphore extends Semaphore {

    private final int bound;

    /** Makes one that one task at a time can acquire. */
    public BoundedSemaphore() {
        this(1);
    }

    /**
     * Makes one that {@code value} tasks can acquire at the same time.
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public BoundedSemaphore(int value) {
        this(value, WaitQueue::new);
    }

    BoundedSemaphore(int value, WaitQueue.Maker queues) {
        super(value, queues);
        bound = value;
    }

    @Override
    int bound() {
        return bound;
    }
}
