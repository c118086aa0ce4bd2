package dev.heddle.stream;

import java.io.IOException;
import java.io.Serial;

/**
 * What was sought lies beyond the limit of the buffer.
 *
 * <p>Source: {@code asyncio.LimitOverrunError}.
 */
public class LimitOverrunException extends IOException {

    @Serial private static final long serialVersionUID = 1;

    private final int consumed;

    /**
     * Makes one.
     *
     * @param consumed how many bytes can be read before the search has to go on
     */
    public LimitOverrunException(String message, int consumed) {
        super(message);
        this.consumed = consumed;
    }

    /** Returns how many bytes can be read before the search has to go on. */
    public int consumed() {
        return consumed;
    }
}
