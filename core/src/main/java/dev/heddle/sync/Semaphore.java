package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.Coroutine;
import dev.heddle.VoidCoroutine;

import org.jspecify.annotations.Nullable;

/**
 * Lets a limited number of tasks at a time into a section of code.
 *
 * <p>It has a value, of which {@link #acquire} takes one, and waits at 0, and to which {@link
 * #release} adds one. Any task may release, also one that has not acquired; {@link
 * BoundedSemaphore} sees to it that this does not raise the limit, and {@link CapacityLimiter}
 * knows who holds what.
 *
 * <p>Fairness: strictly in order; {@code acquire} waits behind others even if the value is not 0.
 * Cancelling: a waiting {@code acquire} throws, and what it was about to get goes to the next.
 *
 * <p>Source: {@code asyncio.Semaphore}.
 */
public sealed class Semaphore extends Primitive permits BoundedSemaphore {

    /**
     * What a semaphore is doing.
     *
     * @param value how many can acquire it without waiting, were there nobody before them
     * @param tasksWaiting how many tasks wait for it
     */
    public record Statistics(int value, int tasksWaiting) {}

    private final WaitQueue waiters;
    private final Held held = this::release;
    private int value;

    /** Makes one that one task at a time can acquire. */
    public Semaphore() {
        this(1);
    }

    /**
     * Makes one that {@code value} tasks can acquire at the same time.
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public Semaphore(int value) {
        this(value, WaitQueue::new);
    }

    Semaphore(int value, WaitQueue.Maker queues) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "The value of a semaphore must be 0 or more: " + value);
        }
        this.value = value;
        this.waiters = queues.make(this);
    }

    /**
     * Takes one; waits if there is none, or others wait.
     *
     * @throws CancelledError if the task is cancelled while it waits; it has taken nothing then
     * @throws IllegalStateException if the caller is not a task, or the semaphore is bound to a
     *     different loop
     */
    public final void acquire() {
        callingTask("Semaphore.acquire");
        if (value > 0 && waiters.isIdle()) {
            value--;
            return;
        }
        waiters.awaitFree();
        value--;
        waiters.wakeFree(); // those that came meanwhile, and had to queue although one was free
    }

    /** Takes one, and returns what gives it back in the end of a try block. */
    public final Held hold() {
        acquire();
        return held;
    }

    /** Runs {@code body} holding one. */
    public final <T extends @Nullable Object> T with(Coroutine<T> body) {
        acquire();
        try {
            return Asyncio.await(body);
        } finally {
            release();
        }
    }

    /** Same as {@link #with(Coroutine)}. */
    public final void with(VoidCoroutine body) {
        with(body.asCoroutine());
    }

    /**
     * Gives one back, and lets the next go on. Never waits, and may be called in a callback.
     *
     * @throws IllegalStateException if there are too many: for a {@link BoundedSemaphore} more than
     *     at the beginning
     */
    public final void release() {
        check("Semaphore.release");
        if (value >= bound()) {
            throw new IllegalStateException(
                    ("Semaphore.release was called too often: %s has all %d back."
                                    + " Release once for each acquire.")
                            .formatted(this, value));
        }
        value++;
        waiters.wakeFree();
    }

    int bound() {
        return Integer.MAX_VALUE;
    }

    /** Tells whether {@link #acquire} would wait. */
    public final boolean locked() {
        return value == 0 || !waiters.isIdle();
    }

    /** Returns the value and how many tasks wait. */
    public final Statistics statistics() {
        check("Semaphore.statistics");
        return new Statistics(value, waiters.size());
    }

    @Override
    final int free(WaitQueue queue) {
        return value;
    }

    @Override
    public final String toString() {
        return "%s(%d free, %d waiting)"
                .formatted(getClass().getSimpleName(), value, waiters.size());
    }
}
