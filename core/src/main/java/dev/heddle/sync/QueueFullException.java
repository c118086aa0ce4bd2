package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by {@link Queue#putNowait} if there is no room.
 *
 * <p>Source: {@code asyncio.QueueFull}.
 */
public class QueueFullException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public QueueFullException(String message) {
        super(message);
    }
}
