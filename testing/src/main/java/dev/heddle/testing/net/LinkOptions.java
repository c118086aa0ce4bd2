package dev.heddle.testing.net;

import java.time.Duration;
import java.util.Objects;

/**
 * What a link between two hosts is like, in one direction. Immutable; start from {@link #DEFAULT}
 * and change a copy.
 *
 * <p>Loss hits TCP too, which sends again: there it shows as delay, and never as bytes that lack.
 * Duplication and reordering concern UDP alone.
 *
 * @param latency how long a packet is under way
 * @param bandwidth in bytes a second, headers included; packets go one after the other. 0: without
 *     limit
 * @param queue how many bytes of datagrams may wait for the bandwidth; more are dropped
 * @param loss the probability that a packet is lost
 * @param duplication the probability that a datagram arrives twice
 * @param reordering the probability that a datagram is held up, so that others overtake it
 * @param holdUp for how long it is held up
 */
public record LinkOptions(
        Delay latency,
        long bandwidth,
        int queue,
        double loss,
        double duplication,
        double reordering,
        Delay holdUp) {

    /** A millisecond of latency, and nothing is lost. */
    public static final LinkOptions DEFAULT =
            new LinkOptions(
                    Delay.constant(Duration.ofMillis(1)),
                    0,
                    256 * 1024,
                    0,
                    0,
                    0,
                    Delay.exponential(Duration.ofMillis(10)));

    /** What the way of a host to itself is like: 20 microseconds. */
    public static final LinkOptions LOOPBACK =
            DEFAULT.withLatency(Delay.constant(Duration.ofNanos(20_000)));

    /** Checks the probabilities and the sizes. */
    public LinkOptions {
        Objects.requireNonNull(latency, "latency");
        Objects.requireNonNull(holdUp, "holdUp");
        Checks.notNegative(bandwidth, "bandwidth");
        Checks.positive(queue, "queue");
        Checks.probability(loss, "loss");
        Checks.probability(duplication, "duplication");
        Checks.probability(reordering, "reordering");
    }

    /** Returns a copy with another latency. */
    public LinkOptions withLatency(Delay latency) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }

    /** Returns a copy with a latency that is always the same. */
    public LinkOptions withLatency(Duration latency) {
        return withLatency(Delay.constant(latency));
    }

    /** Returns a copy whose latency has something random added. */
    public LinkOptions withJitter(Delay jitter) {
        return withLatency(latency.plus(jitter));
    }

    /** Returns a copy with a bandwidth in bytes a second; 0: without limit. */
    public LinkOptions withBandwidth(long bandwidth) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }

    /** Returns a copy with room for so many bytes of waiting datagrams. */
    public LinkOptions withQueue(int queue) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }

    /** Returns a copy that loses packets with this probability. */
    public LinkOptions withLoss(double loss) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }

    /** Returns a copy that delivers datagrams twice with this probability. */
    public LinkOptions withDuplication(double duplication) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }

    /** Returns a copy that holds datagrams up with this probability, for so long. */
    public LinkOptions withReordering(double reordering, Delay holdUp) {
        return new LinkOptions(latency, bandwidth, queue, loss, duplication, reordering, holdUp);
    }
}
