package dev.heddle.stream;

import dev.heddle.EventLoop;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Ends waits in which nothing happens for too long. One serves all waits of one side of a
 * connection, one after the other.
 *
 * <p>A wait only notes when it began. The timer of the loop is set when there is none, and not
 * moved after that: when it fires, it looks how long nothing has happened, and sets the next one
 * for what is left. So a busy connection has one timer event in a time-out, not one for each wait.
 */
abstract class StallTimer {

    private final EventLoop loop;
    private final Duration time;
    private final long limit;
    private final long step;
    private long quietSince;
    private @Nullable TimerHandle handle;

    /**
     * Makes one.
     *
     * @param looks how often in {@code time} to look for progress of which nobody tells
     */
    StallTimer(EventLoop loop, Duration time, int looks) {
        this.loop = loop;
        this.time = time;
        this.limit = nanos(time);
        this.step = Math.max(1, limit / looks);
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 4; // some 73 years
        }
    }

    /** Tells whether a task waits. */
    abstract boolean waiting();

    /** Tells whether something has happened since the last time. */
    abstract boolean progressed();

    /** Ends the wait. */
    abstract void expired();

    /** A wait begins. */
    void start() {
        quietSince = loop.clock().nanoTime();
        if (handle == null) {
            arm(step);
        }
    }

    /** Something has happened. */
    void restart() {
        quietSince = loop.clock().nanoTime();
    }

    /** The connection is over. */
    void cancel() {
        if (handle != null) {
            handle.cancel();
            handle = null;
        }
    }

    private void arm(long nanos) {
        handle = loop.callLater(Duration.ofNanos(nanos), this::look);
    }

    private void look() {
        handle = null;
        if (!waiting()) {
            return;
        }
        long now = loop.clock().nanoTime();
        if (progressed()) {
            quietSince = now;
        }
        long left = limit - (now - quietSince);
        if (left <= 0) {
            expired();
        } else {
            arm(Math.min(left, step));
        }
    }

    /** Returns what the task gets whose wait has expired. */
    SocketTimeoutException exception(String operation, String what, Object where) {
        return new SocketTimeoutException(
                "%s: %s for %s s on %s".formatted(operation, what, seconds(time), where));
    }

    /** Returns a time as a number of seconds. */
    static String seconds(Duration time) {
        return new java.math.BigDecimal(java.math.BigInteger.valueOf(time.getSeconds()))
                .add(java.math.BigDecimal.valueOf(time.getNano(), 9))
                .stripTrailingZeros()
                .toPlainString();
    }
}
