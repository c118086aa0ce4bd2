package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by an operation on a channel whose other side is gone.
 *
 * <p>Source: {@code trio.BrokenResourceError}.
 */
public class BrokenResourceException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public BrokenResourceException(String message) {
        super(message);
    }
}
