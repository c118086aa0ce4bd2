package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * A callback that a loop will run, and the means to prevent it.
 *
 * <p>States: scheduled → run | cancelled.
 *
 * <p>Source: {@code asyncio.Handle}.
 */
public abstract class Handle extends ReadyItem {

    Handle() {}

    /** Prevents the callback from running, if it has not run yet. Idempotent. */
    public abstract void cancel();

    /** Tells whether {@link #cancel} was called. */
    public abstract boolean cancelled();

    /** Returns a copy of the context in which the callback runs; null for internal ones. */
    public abstract @Nullable Context getContext();
}
