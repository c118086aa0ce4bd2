package dev.heddle.testing.net;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The distributions of {@link Delay}. */
final class Delays {

    /** No single time is longer, so that sums do not overflow. */
    private static final double LONGEST = Duration.ofDays(365).toNanos();

    private Delays() {}

    static long nanos(Duration time, String name) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, and is " + time);
        }
        return time.toNanos();
    }

    record Constant(long time) implements Delay {

        @Override
        public long nanos(RandomGenerator random) {
            return time;
        }

        @Override
        public String toString() {
            return Duration.ofNanos(time).toString();
        }
    }

    record Uniform(long least, long most) implements Delay {

        Uniform {
            if (most < least) {
                throw new IllegalArgumentException(
                        "most must not be less than least: %d ns < %d ns".formatted(most, least));
            }
        }

        @Override
        public long nanos(RandomGenerator random) {
            return least == most ? least : random.nextLong(least, most + 1);
        }

        @Override
        public String toString() {
            return "uniform(%s, %s)".formatted(Duration.ofNanos(least), Duration.ofNanos(most));
        }
    }

    record Exponential(long mean) implements Delay {

        @Override
        public long nanos(RandomGenerator random) {
            return (long) Math.min(mean * random.nextExponential(), LONGEST);
        }

        @Override
        public String toString() {
            return "exponential(%s)".formatted(Duration.ofNanos(mean));
        }
    }

    record LogNormal(long median, double sigma) implements Delay {

        LogNormal {
            if (!(sigma >= 0 && sigma <= 10)) {
                throw new IllegalArgumentException("sigma must be 0 to 10, and is " + sigma);
            }
        }

        @Override
        public long nanos(RandomGenerator random) {
            // StrictMath: the same seed gives the same time on every machine.
            return (long) Math.min(median * StrictMath.exp(sigma * random.nextGaussian()), LONGEST);
        }

        @Override
        public String toString() {
            return "logNormal(%s, %s)".formatted(Duration.ofNanos(median), sigma);
        }
    }

    record Sum(Delay first, Delay second) implements Delay {

        @Override
        public long nanos(RandomGenerator random) {
            return first.nanos(random) + second.nanos(random);
        }

        @Override
        public String toString() {
            return first + " + " + second;
        }
    }
}
