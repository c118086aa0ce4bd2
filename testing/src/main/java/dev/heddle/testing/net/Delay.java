package dev.heddle.testing.net;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long something takes: a distribution from which each use draws. */
@FunctionalInterface
public interface Delay {

    /** No time at all. */
    Delay NONE = constant(Duration.ZERO);

    /** Draws a time in nanoseconds, never negative. */
    long nanos(RandomGenerator random);

    /** Returns a time that is always the same, and draws nothing. */
    static Delay constant(Duration time) {
        return new Delays.Constant(Delays.nanos(time, "constant"));
    }

    /** Returns a time that is anywhere between two, with equal chances. */
    static Delay uniform(Duration least, Duration most) {
        return new Delays.Uniform(Delays.nanos(least, "least"), Delays.nanos(most, "most"));
    }

    /** Returns a time that is mostly short and seldom long, as between events that are random. */
    static Delay exponential(Duration mean) {
        return new Delays.Exponential(Delays.nanos(mean, "mean"));
    }

    /**
     * Returns a time with a long tail, as real networks show it.
     *
     * @param median half of the times are shorter
     * @param sigma how far they spread: 0 not at all, 0.5 moderately, 1 widely
     */
    static Delay logNormal(Duration median, double sigma) {
        return new Delays.LogNormal(Delays.nanos(median, "median"), sigma);
    }

    /** Returns this and another time, one after the other. */
    default Delay plus(Delay other) {
        return new Delays.Sum(this, other);
    }
}
