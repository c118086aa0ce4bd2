package dev.heddle;

/**
 * A callback that a loop will run at a given time.
 *
 * <p>Source: {@code asyncio.TimerHandle}.
 */
public abstract class TimerHandle extends Handle {

    /** In terms of the loop's clock. */
    final long deadline;

    /** Set by the {@link TimerQueue} in which it stands; breaks ties. */
    int order;

    /** Whether it stands in a {@link TimerQueue}. */
    boolean scheduled;

    TimerHandle(long deadline) {
        this.deadline = deadline;
    }

    /** Returns the time at which it is due, in seconds of {@link EventLoop#time}. */
    public double when() {
        return deadline / EventLoop.NANOS_PER_SECOND;
    }

    /** Order of deadline, then of making. The counter may wrap around. */
    final boolean before(TimerHandle other) {
        return deadline != other.deadline ? deadline < other.deadline : order - other.order < 0;
    }
}
