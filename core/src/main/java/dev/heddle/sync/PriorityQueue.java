package dev.heddle.sync;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.Objects;

/**
 * A {@link Queue} that gives the lowest item first, and of equal ones that which was put first.
 *
 * <p>Source: {@code asyncio.PriorityQueue}.
 *
 * @param <T> the type of the items
 */
public final class PriorityQueue<T> extends Queue<T> {

    /** Makes one without a limit for items that are {@link Comparable}. */
    public PriorityQueue() {
        this(0);
    }

    /**
     * Makes one for up to {@code maxsize} items that are {@link Comparable}; 0 for no limit. To put
     * one that is not, or not with those there, throws a {@link ClassCastException}.
     *
     * @throws IllegalArgumentException if {@code maxsize} is negative
     */
    public PriorityQueue(int maxsize) {
        this(maxsize, null, WaitQueue::new);
    }

    /**
     * Makes one for up to {@code maxsize} items; 0 for no limit.
     *
     * @param order tells which of two items is the lower
     * @throws IllegalArgumentException if {@code maxsize} is negative
     */
    public PriorityQueue(int maxsize, Comparator<? super T> order) {
        this(maxsize, Objects.requireNonNull(order, "order"), WaitQueue::new);
    }

    PriorityQueue(int maxsize, @Nullable Comparator<? super T> order, WaitQueue.Maker queues) {
        super(maxsize, new Store.Heap<>(order), queues);
    }
}
