package dev.heddle.reactor;

/** The machine's monotonic clock, counted from its own making so that small numbers come out. */
final class SystemClock implements Clock {

    private final long origin = System.nanoTime();

    @Override
    public long nanoTime() {
        return System.nanoTime() - origin;
    }

    @Override
    public String toString() {
        return "system clock";
    }
}
