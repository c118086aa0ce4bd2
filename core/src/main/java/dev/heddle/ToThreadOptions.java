package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/**
 * How {@link Asyncio#toThread} runs a job. Immutable; start from {@link #DEFAULT} and change a
 * copy.
 *
 * <p>Source: the arguments of {@code trio.to_thread.run_sync}.
 *
 * @param executor what runs the job, in this JVM; null for the loop's default executor
 * @param limiter bounds how many jobs run at a time; null for no other bound than the executor's
 * @param abandonOnCancel whether the task goes on at once when it is cancelled. The job's thread is
 *     interrupted in any case; by default the task then waits for the job to end
 */
public record ToThreadOptions(
        @Nullable Executor executor, @Nullable ToThreadLimiter limiter, boolean abandonOnCancel) {

    /** The loop's default executor, no limiter, and a task that is cancelled waits for its job. */
    public static final ToThreadOptions DEFAULT = new ToThreadOptions(null, null, false);

    /** Returns a copy with an executor. */
    public ToThreadOptions withExecutor(@Nullable Executor executor) {
        return new ToThreadOptions(executor, limiter, abandonOnCancel);
    }

    /** Returns a copy with a limiter. */
    public ToThreadOptions withLimiter(@Nullable ToThreadLimiter limiter) {
        return new ToThreadOptions(executor, limiter, abandonOnCancel);
    }

    /** Returns a copy whose task goes on at once when it is cancelled, or does not. */
    public ToThreadOptions withAbandonOnCancel(boolean abandonOnCancel) {
        return new ToThreadOptions(executor, limiter, abandonOnCancel);
    }
}
