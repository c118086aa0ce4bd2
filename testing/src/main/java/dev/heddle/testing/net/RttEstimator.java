package dev.heddle.testing.net;

import java.time.Duration;

/** How long to wait for an acknowledgement before sending again. Source: RFC 6298. */
final class RttEstimator {

    private static final long FIRST = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();
    private static final int MOST_DOUBLINGS = 10;

    private final long least;
    private long smoothed = -1;
    private long variation;
    private int doublings;

    RttEstimator(Duration least) {
        this.least = least.toNanos();
    }

    /** Takes in how long an acknowledgement took. */
    void measured(long nanos) {
        if (smoothed < 0) {
            smoothed = nanos;
            variation = nanos / 2;
        } else {
            variation = (3 * variation + Math.abs(smoothed - nanos)) / 4;
            smoothed = (7 * smoothed + nanos) / 8;
        }
    }

    /** Doubles the time, since it was over. */
    void expired() {
        doublings = Math.min(doublings + 1, MOST_DOUBLINGS);
    }

    /** Goes back to the time without doublings. */
    void acknowledged() {
        doublings = 0;
    }

    long timeout() {
        long base = smoothed < 0 ? FIRST : Math.max(least, smoothed + 4 * variation);
        return Math.min(base << doublings, LONGEST);
    }
}
