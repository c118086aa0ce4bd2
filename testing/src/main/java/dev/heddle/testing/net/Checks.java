package dev.heddle.testing.net;

import java.time.Duration;

/** Checks of arguments. */
final class Checks {

    private Checks() {}

    static void probability(double value, String name) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is a probability, 0 to 1, and is " + value);
        }
    }

    static void positive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be above 0, and is " + value);
        }
    }

    static void notNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative, and is " + value);
        }
    }

    static void positive(Duration value, String name) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be above 0, and is " + value);
        }
    }
}
