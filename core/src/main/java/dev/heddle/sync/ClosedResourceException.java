package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by an operation on an end of a channel that was closed here.
 *
 * <p>Source: {@code trio.ClosedResourceError}.
 */
public class ClosedResourceException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public ClosedResourceException(String message) {
        super(message);
    }
}
