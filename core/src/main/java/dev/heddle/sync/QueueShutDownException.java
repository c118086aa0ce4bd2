package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown by a {@link Queue} that was shut down: to whoever puts an item, and to whoever gets one
 * when none is left.
 *
 * <p>Source: {@code asyncio.QueueShutDown}.
 */
public class QueueShutDownException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public QueueShutDownException(String message) {
        super(message);
    }
}
