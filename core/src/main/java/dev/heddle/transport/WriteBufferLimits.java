package dev.heddle.transport;

/**
 * When a transport tells its protocol to stop writing, and to go on.
 *
 * <p>Source: {@code WriteTransport.set_write_buffer_limits}.
 *
 * @param high bytes: more than so many in the write buffer call {@code pauseWriting}
 * @param low bytes: so many or less after that call {@code resumeWriting}
 */
public record WriteBufferLimits(int high, int low) {

    /** 64 KiB, and a quarter of it. */
    public static final WriteBufferLimits DEFAULT = ofHigh(64 * 1024);

    /** No byte may stay behind. */
    public static final WriteBufferLimits ZERO = new WriteBufferLimits(0, 0);

    /** Checks that {@code high >= low >= 0}. */
    public WriteBufferLimits {
        if (low < 0 || high < low) {
            throw new IllegalArgumentException(
                    "Write buffer limits must be high >= low >= 0, and these are high %d, low %d"
                            .formatted(high, low));
        }
    }

    /** Returns limits of which the low one is a quarter of {@code high}. */
    public static WriteBufferLimits ofHigh(int high) {
        return new WriteBufferLimits(high, high / 4);
    }
}
