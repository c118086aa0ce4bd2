package dev.heddle;

/**
 * Bounds how many jobs of {@link Asyncio#toThread} run at a time; {@code
 * dev.heddle.sync.CapacityLimiter} is one.
 *
 * <p>A token is taken before the job is handed to its thread, and given back when the job has
 * ended, also if the task has not waited for that. Source: trio's {@code limiter} argument.
 */
public interface ToThreadLimiter {

    /** Takes a token for {@code borrower}, and suspends the calling task until there is one. */
    void acquireOnBehalfOf(Object borrower);

    /** Gives the token of {@code borrower} back; on the loop's thread, and does not suspend. */
    void releaseOnBehalfOf(Object borrower);
}
