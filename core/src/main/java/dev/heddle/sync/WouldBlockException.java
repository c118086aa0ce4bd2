package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by a {@code Nowait} operation of a channel or limiter that would have to wait.
 *
 * <p>Source: {@code trio.WouldBlock}.
 */
public class WouldBlockException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public WouldBlockException(String message) {
        super(message);
    }
}
