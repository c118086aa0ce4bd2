package dev.heddle.reactor;

/** The time of an event loop. A loop reads no other clock. */
public interface Clock {

    /** Returns nanoseconds since an arbitrary, fixed moment; never goes back. */
    long nanoTime();

    /**
     * Returns how long a loop must really wait that has nothing to do until {@code deadline}, in
     * terms of {@link #nanoTime}. A clock that is not the machine's may jump there instead.
     *
     * @param expectsOutside whether something may arrive from outside of the loop before: I/O, a
     *     job of an executor, a task blocked in a call of the JDK
     * @return nanoseconds; 0: don't wait; negative: until something arrives
     */
    default long waitUntil(long deadline, boolean expectsOutside) {
        long now = nanoTime();
        if (deadline <= now) {
            return 0;
        }
        long wait = deadline - now;
        return wait > 0 ? wait : Long.MAX_VALUE; // it has overflowed
    }

    /** Returns the clock of the machine, which starts at 0 when it is made. */
    static Clock system() {
        return new SystemClock();
    }

    /** Returns a clock that stands still while something runs, and jumps when all wait for it. */
    static VirtualClock virtual() {
        return new VirtualClock();
    }
}
