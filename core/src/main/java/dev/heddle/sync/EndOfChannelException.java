package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown to whoever receives from a channel when all senders are closed and no value is left.
 *
 * <p>Source: {@code trio.EndOfChannel}.
 */
public class EndOfChannelException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public EndOfChannelException(String message) {
        super(message);
    }
}
