package dev.heddle.sync;

import java.io.Serial;

/**
 * Thrown to tasks at a {@link Barrier} that is aborted, or reset while they wait.
 *
 * <p>Source: {@code asyncio.BrokenBarrierError}.
 */
public class BrokenBarrierException extends IllegalStateException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one with a message. */
    public BrokenBarrierException(String message) {
        super(message);
    }
}
