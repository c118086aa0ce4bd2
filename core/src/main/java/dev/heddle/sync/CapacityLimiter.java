package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.Coroutine;
import dev.heddle.Task;
import dev.heddle.ToThreadLimiter;
import dev.heddle.VoidCoroutine;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Limits how much of something is in use at the same time, such as threads or connections, and
 * knows who uses it.
 *
 * <p>There are tokens. A borrower, which is a task or any other object, holds one at most, and
 * gives it back itself. How many there are can be changed at any time. {@link
 * Asyncio#toThread(java.util.concurrent.Callable, ToThreadLimiter) toThread} takes a limiter.
 *
 * <p>Fairness: strictly in order. Cancelling: a waiting {@code acquire} throws, and the token goes
 * to the next.
 *
 * <p>Source: {@code trio.CapacityLimiter}.
 */
public final class CapacityLimiter extends Primitive implements ToThreadLimiter {

    /** A number of tokens that is no limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /**
     * What a limiter is doing.
     *
     * @param borrowedTokens how many tokens are out
     * @param totalTokens how many there are
     * @param borrowers who holds one, in the order in which they got it
     * @param tasksWaiting how many tasks wait for one
     */
    public record Statistics(
            int borrowedTokens, int totalTokens, List<Object> borrowers, int tasksWaiting) {}

    private final WaitQueue waiters;
    private final Set<Object> borrowers = new LinkedHashSet<>();
    private final Held held = this::release;
    private int totalTokens;

    /**
     * Makes one with so many tokens.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public CapacityLimiter(int totalTokens) {
        this(totalTokens, WaitQueue::new);
    }

    CapacityLimiter(int totalTokens, WaitQueue.Maker queues) {
        this.totalTokens = checked(totalTokens);
        this.waiters = queues.make(this);
    }

    private static int checked(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("The number of tokens must be 0 or more: " + tokens);
        }
        return tokens;
    }

    // ---------------------------------------------------------------- borrowing

    /**
     * Borrows a token for the calling task; see {@link #acquireOnBehalfOf}.
     *
     * @throws CancelledError if the task is cancelled while it waits; it has no token then
     */
    public void acquire() {
        borrow(callingTask("CapacityLimiter.acquire"));
    }

    /**
     * Borrows a token for {@code borrower}, which is told from others by {@code equals}; waits if
     * there is none, or others wait.
     *
     * @throws CancelledError if the calling task is cancelled while it waits; nothing is borrowed
     *     then
     * @throws IllegalStateException if the borrower holds a token, the caller is not a task, or the
     *     limiter is bound to a different loop
     */
    @Override
    public void acquireOnBehalfOf(Object borrower) {
        callingTask("CapacityLimiter.acquireOnBehalfOf");
        borrow(borrower);
    }

    private void borrow(Object borrower) {
        checkNoBorrower(borrower);
        if (wouldWait()) {
            waiters.awaitFree();
            try {
                checkNoBorrower(borrower); // two tasks may have waited for the same one
                borrowers.add(borrower);
            } finally {
                waiters.wakeFree();
            }
        } else {
            borrowers.add(borrower);
        }
    }

    /**
     * Borrows a token for the calling task, and never waits.
     *
     * @throws WouldBlockException if there is none, or tasks wait for one
     */
    public void acquireNowait() {
        borrowNowait(callingTask("CapacityLimiter.acquireNowait"));
    }

    /**
     * Borrows a token for {@code borrower}, and never waits.
     *
     * @throws WouldBlockException if there is none, or tasks wait for one
     * @throws IllegalStateException if the borrower holds a token
     */
    public void acquireOnBehalfOfNowait(Object borrower) {
        check("CapacityLimiter.acquireOnBehalfOfNowait");
        borrowNowait(borrower);
    }

    private void borrowNowait(Object borrower) {
        checkNoBorrower(borrower);
        if (wouldWait()) {
            throw new WouldBlockException(this + " has no free token. Use acquire, which waits.");
        }
        borrowers.add(borrower);
    }

    private boolean wouldWait() {
        return availableTokens() == 0 || !waiters.isIdle();
    }

    private void checkNoBorrower(Object borrower) {
        if (borrowers.contains(borrower)) {
            throw new IllegalStateException(
                    "%s holds a token of %s already, and one is all it can hold"
                            .formatted(borrower, this));
        }
    }

    /**
     * Borrows a token for the calling task, and returns what gives it back in the end of a block.
     */
    public Held hold() {
        acquire();
        return held;
    }

    /** Runs {@code body} with a token. */
    public <T extends @Nullable Object> T with(Coroutine<T> body) {
        acquire();
        try {
            return Asyncio.await(body);
        } finally {
            release();
        }
    }

    /** Same as {@link #with(Coroutine)}. */
    public void with(VoidCoroutine body) {
        with(body.asCoroutine());
    }

    /**
     * Gives the token of the calling task back. Never waits.
     *
     * @throws IllegalStateException if the task holds none
     */
    public void release() {
        Task<?> task = callingTask("CapacityLimiter.release");
        giveBack(task);
    }

    /**
     * Gives the token of {@code borrower} back. Never waits, and may be called in a callback.
     *
     * @throws IllegalStateException if it holds none
     */
    @Override
    public void releaseOnBehalfOf(Object borrower) {
        check("CapacityLimiter.releaseOnBehalfOf");
        giveBack(borrower);
    }

    private void giveBack(Object borrower) {
        if (!borrowers.remove(borrower)) {
            throw new IllegalStateException(
                    "%s holds no token of %s, so it has none to release".formatted(borrower, this));
        }
        waiters.wakeFree();
    }

    @Override
    int free(WaitQueue queue) {
        return availableTokens();
    }

    // ---------------------------------------------------------------- tokens

    /** Returns how many tokens there are. */
    public int totalTokens() {
        return totalTokens;
    }

    /**
     * Sets how many tokens there are. If more of them are out, nobody gets one until enough are
     * back.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public void totalTokens(int tokens) {
        check("CapacityLimiter.totalTokens");
        totalTokens = checked(tokens);
        waiters.wakeFree();
    }

    /** Returns how many tokens are out. */
    public int borrowedTokens() {
        return borrowers.size();
    }

    /** Returns how many tokens can be borrowed. */
    public int availableTokens() {
        return Math.max(0, totalTokens - borrowers.size());
    }

    /** Returns how many tokens there are, who holds them, and how many tasks wait. */
    public Statistics statistics() {
        check("CapacityLimiter.statistics");
        return new Statistics(
                borrowers.size(), totalTokens, List.copyOf(borrowers), waiters.size());
    }

    @Override
    public String toString() {
        return "CapacityLimiter(%d of %s borrowed, %d waiting)"
                .formatted(
                        borrowers.size(),
                        totalTokens == UNLIMITED ? "unlimited" : totalTokens,
                        waiters.size());
    }
}
