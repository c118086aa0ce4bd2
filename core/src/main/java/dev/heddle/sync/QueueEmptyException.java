package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by {@link Queue#getNowait} if there is no item.
 *
 * <p>Source: {@code asyncio.QueueEmpty}.
 */
public class QueueEmptyException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public QueueEmptyException(String message) {
        super(message);
    }
}
