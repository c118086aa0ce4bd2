package dev.heddle.testing.net;

import java.time.Duration;
import java.util.Objects;

/**
 * The options of a {@link SimulatedNetwork}. Immutable; start from {@link #DEFAULT} and change a
 * copy.
 *
 * @param seed of everything random in the network; the same one repeats the run
 * @param link what the links between hosts are like, unless one is set apart
 * @param loopback what the way of a host to itself is like
 * @param tcp how TCP behaves
 * @param datagramBuffer how many bytes of datagrams a socket holds that nobody has read; more are
 *     dropped, as the kernel does
 * @param nameDelay how long it takes to look up a name
 * @param nameTimeout after which a look-up fails that gets no answer
 * @param traceLimit how many events the trace keeps; the oldest are dropped
 * @param traceAcks whether the trace has TCP's bare acknowledgements too
 */
public record NetworkOptions(
        long seed,
        LinkOptions link,
        LinkOptions loopback,
        TcpModel tcp,
        int datagramBuffer,
        Delay nameDelay,
        Duration nameTimeout,
        int traceLimit,
        boolean traceAcks) {

    /** Seed 0, a millisecond between two hosts, no faults. */
    public static final NetworkOptions DEFAULT =
            new NetworkOptions(
                    0,
                    LinkOptions.DEFAULT,
                    LinkOptions.LOOPBACK,
                    TcpModel.DEFAULT,
                    208 * 1024,
                    Delay.constant(Duration.ofMillis(1)),
                    Duration.ofSeconds(20),
                    100_000,
                    false);

    /** Checks the limits. */
    public NetworkOptions {
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(loopback, "loopback");
        Objects.requireNonNull(tcp, "tcp");
        Objects.requireNonNull(nameDelay, "nameDelay");
        Checks.positive(datagramBuffer, "datagramBuffer");
        Checks.positive(nameTimeout, "nameTimeout");
        Checks.positive(traceLimit, "traceLimit");
    }

    /** Returns a copy with another seed. */
    public NetworkOptions withSeed(long seed) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy with other links between hosts. */
    public NetworkOptions withLink(LinkOptions link) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy with another way of hosts to themselves. */
    public NetworkOptions withLoopback(LinkOptions loopback) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy with another TCP. */
    public NetworkOptions withTcp(TcpModel tcp) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy with another buffer for the datagrams of a socket, in bytes. */
    public NetworkOptions withDatagramBuffer(int datagramBuffer) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy with other times to look a name up, and to give up. */
    public NetworkOptions withNames(Delay nameDelay, Duration nameTimeout) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }

    /** Returns a copy that keeps so many events, with bare acknowledgements or without. */
    public NetworkOptions withTrace(int traceLimit, boolean traceAcks) {
        return new NetworkOptions(
                seed,
                link,
                loopback,
                tcp,
                datagramBuffer,
                nameDelay,
                nameTimeout,
                traceLimit,
                traceAcks);
    }
}
