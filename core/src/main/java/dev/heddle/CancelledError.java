package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Thrown in a task that is cancelled, and by whatever awaits a cancelled future.
 *
 * <p>It is an {@link Error}, as {@code ThreadDeath} was and for its reason: {@code catch (Exception
 * e)} must not swallow it. Code that catches it to clean up should throw it again.
 *
 * <p>Source: {@code asyncio.CancelledError}.
 */
public class CancelledError extends Error {

    @Serial private static final long serialVersionUID = 1;

    private final transient @Nullable Object cancelMessage;

    /** Makes one without a message. */
    public CancelledError() {
        this(null);
    }

    /**
     * Makes one with what was given to {@link Future#cancel(Object)}.
     *
     * @param cancelMessage any object, or null
     */
    public CancelledError(@Nullable Object cancelMessage) {
        super(cancelMessage == null ? null : String.valueOf(cancelMessage));
        this.cancelMessage = cancelMessage;
    }

    /** Returns what was given to {@link Future#cancel(Object)}, or null. */
    public @Nullable Object cancelMessage() {
        return cancelMessage;
    }
}
