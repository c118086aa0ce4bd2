package dev.heddle.transport;

import java.io.IOException;

/**
 * The system cannot send this file on this connection by itself; see {@link Transports#sendfile}.
 *
 * <p>Source: {@code asyncio.SendfileNotAvailableError}.
 */
public class SendfileNotAvailableException extends IOException {

    private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public SendfileNotAvailableException(String message) {
        super(message);
    }
}
