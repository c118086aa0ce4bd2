package dev.heddle;

import java.io.Serial;

/**
 * Thrown by an operation that a future does not allow in its state, such as reading the result of a
 * pending one or setting that of a done one.
 *
 * <p>Source: {@code asyncio.InvalidStateError}.
 */
public class InvalidStateException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public InvalidStateException(String message) {
        super(message);
    }
}
