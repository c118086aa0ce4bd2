package dev.heddle;

import java.util.Random;

/**
 * A seed that decides in which order a loop does what may be done in any order, so that a program
 * that depends on such an order without need fails. The same seed repeats the run.
 *
 * <p>It shuffles timers with equal deadlines, and the channels that one poll finds ready. If {@code
 * ready} is set, the tasks that are ready in the same turn change places, too; callbacks do not,
 * since protocols and transports are promised their order. What a task does itself stays in order,
 * of course, and so do things that happen in different turns.
 *
 * @param seed any number
 * @param ready whether tasks that are ready in the same turn run in any order
 */
public record Shuffle(long seed, boolean ready) {

    /** Returns one that shuffles timers and channels. */
    public static Shuffle of(long seed) {
        return new Shuffle(seed, false);
    }

    /** Returns a copy that shuffles the tasks that are ready, too. */
    public Shuffle withReady() {
        return new Shuffle(seed, true);
    }

    /**
     * Returns random numbers for another purpose, which depend on the seed and {@code purpose}
     * alone.
     */
    public Random random(String purpose) {
        return new Random(mix(seed ^ mix(purpose.hashCode())));
    }

    /** Neighbouring seeds would begin with nearly the same numbers. Source: splitmix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
