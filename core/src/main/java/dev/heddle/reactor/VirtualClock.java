package dev.heddle.reactor;

import java.time.Duration;

/**
 * A clock for tests: time stands still while anything can run, and jumps to the next deadline when
 * everything waits. A program that sleeps for an hour ends at once, and sees exact times.
 *
 * <p>It jumps only while its loop expects nothing from outside: no job in an executor, no channel
 * under watch, no task blocked in a call of the JDK. Those take real time, and virtual time waits
 * for them.
 *
 * <p>What a loop does not know of does not count: threads that a program starts itself, also the
 * virtual threads that a task starts and which the loop carries. While one of those sleeps or is
 * blocked, the clock may jump. Let it run by {@code toThread}, or wait for it in the task.
 */
public final class VirtualClock implements Clock {

    private volatile long now;

    /** Makes a clock that shows 0. */
    public VirtualClock() {}

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public synchronized long waitUntil(long deadline, boolean expectsOutside) {
        if (deadline <= now) {
            return 0;
        }
        if (expectsOutside) {
            return -1;
        }
        now = deadline;
        return 0;
    }

    /**
     * Moves the clock forward by hand. A loop that waits meanwhile looks at the clock only when it
     * is woken, for example by {@code callSoonThreadsafe}.
     *
     * @throws IllegalArgumentException if {@code by} is negative
     */
    public synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("Time cannot go back: advance by " + by);
        }
        now = Math.addExact(now, by.toNanos());
    }

    @Override
    public String toString() {
        return "virtual clock at " + Duration.ofNanos(now);
    }
}
