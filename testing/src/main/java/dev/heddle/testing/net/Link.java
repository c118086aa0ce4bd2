package dev.heddle.testing.net;

import java.util.random.RandomGenerator;

/** The way from one host to another: when a packet arrives, and whether it does. */
final class Link {

    private static final double NANOS_PER_SECOND = 1e9;

    LinkOptions options;

    /** Whether a partition lets nothing through. */
    boolean cut;

    /** When the packets before have left. */
    private long busyUntil;

    Link(LinkOptions options) {
        this.options = options;
    }

    /** Whether a datagram finds no room before the link. */
    boolean isFull(long now, int bytes) {
        if (options.bandwidth() == 0) {
            return false;
        }
        double waiting = Math.max(0, busyUntil - now) / NANOS_PER_SECOND * options.bandwidth();
        return waiting + bytes > options.queue();
    }

    boolean loses(RandomGenerator random) {
        return happens(options.loss(), random);
    }

    boolean duplicates(RandomGenerator random) {
        return happens(options.duplication(), random);
    }

    /** Returns for how long a datagram is held up; mostly 0. */
    long holdUp(RandomGenerator random) {
        return happens(options.reordering(), random) ? options.holdUp().nanos(random) : 0;
    }

    private static boolean happens(double probability, RandomGenerator random) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** Takes the bytes onto the link, and returns when the last of them has left. */
    long departure(long now, int bytes) {
        if (options.bandwidth() == 0) {
            return now;
        }
        busyUntil =
                Math.max(now, busyUntil)
                        + (long) Math.ceil(bytes * NANOS_PER_SECOND / options.bandwidth());
        return busyUntil;
    }
}
