package dev.heddle.testing.net;

import java.time.Duration;
import java.util.Objects;

/**
 * Which faults happen at random, and how often. Immutable; start from {@link #DEFAULT} and change a
 * copy.
 *
 * <p>At every step each kind of fault happens with its probability, to hosts that are drawn.
 *
 * @param every how long it is from step to step
 * @param lasting how long a fault lasts before it is undone
 * @param partition the probability that two hosts are cut from each other
 * @param oneWay the probability that one host is cut from another, but not the other way
 * @param isolation the probability that a host is cut from all others
 * @param crash the probability that a host crashes, and is restarted later
 * @param reset the probability that a connection is reset
 * @param slowness the probability that a host reads slowly, 1,000 bytes a second
 * @param names the probability that no name gets an answer
 */
public record Chaos(
        Delay every,
        Delay lasting,
        double partition,
        double oneWay,
        double isolation,
        double crash,
        double reset,
        double slowness,
        double names) {

    /** About every second one kind of fault in two or so, for a second or two. */
    public static final Chaos DEFAULT =
            new Chaos(
                    Delay.exponential(Duration.ofSeconds(1)),
                    Delay.uniform(Duration.ofMillis(100), Duration.ofSeconds(3)),
                    0.1,
                    0.1,
                    0.05,
                    0.05,
                    0.1,
                    0.05,
                    0.05);

    /** Nothing: a start for one of your own. */
    public static final Chaos NONE = new Chaos(DEFAULT.every, DEFAULT.lasting, 0, 0, 0, 0, 0, 0, 0);

    /** Checks the probabilities. */
    public Chaos {
        Objects.requireNonNull(every, "every");
        Objects.requireNonNull(lasting, "lasting");
        Checks.probability(partition, "partition");
        Checks.probability(oneWay, "oneWay");
        Checks.probability(isolation, "isolation");
        Checks.probability(crash, "crash");
        Checks.probability(reset, "reset");
        Checks.probability(slowness, "slowness");
        Checks.probability(names, "names");
    }

    /** Returns a copy with other times: from step to step, and until a fault is undone. */
    public Chaos withTimes(Delay every, Delay lasting) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of partitions. */
    public Chaos withPartition(double partition) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of partitions in one direction. */
    public Chaos withOneWay(double oneWay) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of isolations. */
    public Chaos withIsolation(double isolation) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of crashes. */
    public Chaos withCrash(double crash) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of resets. */
    public Chaos withReset(double reset) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability of slow readers. */
    public Chaos withSlowness(double slowness) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }

    /** Returns a copy with another probability that names get no answer. */
    public Chaos withNames(double names) {
        return new Chaos(
                every, lasting, partition, oneWay, isolation, crash, reset, slowness, names);
    }
}
