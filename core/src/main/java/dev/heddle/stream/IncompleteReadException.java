package dev.heddle.stream;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.Serial;

/**
 * The stream ended before everything came that was asked for.
 *
 * <p>Source: {@code asyncio.IncompleteReadError}.
 */
public class IncompleteReadException extends EOFException {

    @Serial private static final long serialVersionUID = 1;

    private final transient byte[] partial;
    private final @Nullable Integer expected;

    /**
     * Makes one.
     *
     * @param partial what has come; kept as it is
     * @param expected how many bytes were asked for; null if what was sought is a separator
     */
    public IncompleteReadException(byte[] partial, @Nullable Integer expected) {
        super(
                expected == null
                        ? "The stream ended after %d bytes, without a separator"
                                .formatted(partial.length)
                        : "The stream ended after %d of %d bytes"
                                .formatted(partial.length, expected));
        this.partial = partial;
        this.expected = expected;
    }

    /** Returns what has come; the stream does not have it any more. */
    public byte[] partial() {
        return partial;
    }

    /** Returns how many bytes were asked for; null if what was sought is a separator. */
    public @Nullable Integer expected() {
        return expected;
    }
}
