package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeoutException;

/**
 * A time limit for a piece of a task: when it is over, the piece is cancelled, and a {@link
 * TimeoutException} comes out of it.
 *
 * <pre>
 * CREATED ─► ACTIVE ─► EXPIRING ─► EXPIRED
 *               └────────────────► FINISHED
 * </pre>
 *
 * <p>Source: {@code asyncio.Timeout}.
 */
public final class Timeout {

    /** What is limited; it gets the timeout, which it may move. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {

        /** Runs in the calling task. */
        T run(Timeout timeout) throws Exception;
    }

    private enum State {
        CREATED,
        ACTIVE,
        EXPIRING,
        EXPIRED,
        FINISHED
    }

    private final EventLoop loop;
    private final Task<?> task;
    private final int cancellingAtEntry;
    private State state = State.CREATED;
    private @Nullable Long deadline;
    private @Nullable TimerHandle timer;

    private Timeout(@Nullable Long deadline) {
        this.loop = Asyncio.getRunningLoop();
        this.task = loop.currentTaskFor("timeout");
        // One that is due will come out of the first wait in here, and must not be taken for ours.
        this.cancellingAtEntry = task.isCancelDue() ? 0 : task.cancelling();
        this.deadline = deadline;
    }

    /** Runs {@code body} up to {@code deadline}, in terms of the loop's clock; null: no limit. */
    static <T extends @Nullable Object> T run(@Nullable Long deadline, Body<T> body)
            throws TimeoutException {
        var timeout = new Timeout(deadline);
        timeout.state = State.ACTIVE;
        timeout.arm();
        T result;
        try {
            result = body.run(timeout);
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(timeout.endWith(e));
        }
        timeout.end();
        return result;
    }

    private void arm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        Long when = deadline;
        if (when == null) {
            return;
        }
        if (when <= loop.clock().nanoTime()) {
            // Due already: in the next turn, before anything that is scheduled from now on.
            loop.callSoon(
                    () -> {
                        if (when.equals(deadline)) {
                            expire();
                        }
                    });
        } else {
            timer = loop.callAtNanos(when, this::expire, loop.currentBindings());
        }
    }

    private void expire() {
        if (state == State.ACTIVE) {
            state = State.EXPIRING;
            timer = null;
            task.cancel();
        }
    }

    /** Ends the timeout; returns whether it has expired and is the only one that cancelled. */
    private boolean end() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (state != State.EXPIRING) {
            state = State.FINISHED;
            return false;
        }
        state = State.EXPIRED;
        if (task.uncancel() > cancellingAtEntry || task.inCancelledScope()) {
            return false;
        }
        task.dropCancel(); // one that is still due was ours, and came too late
        return true;
    }

    /** Ends the timeout; returns what is to be thrown for the {@code error} that leaves it. */
    private Throwable endWith(Throwable error) {
        Throwable e = expired() ? task.cancelBehind(error) : error;
        if (end()) {
            var timeout = new TimeoutException("The time of a timeout is over");
            if (e instanceof CancelledError) {
                return timeout.initCause(e);
            }
            e.addSuppressed(timeout); // it passes, and tells why it came to be
        }
        return e;
    }

    /** Returns the deadline in seconds of {@link EventLoop#time}, or null if there is none. */
    public @Nullable Double when() {
        Long nanos = deadline;
        return nanos == null ? null : nanos / EventLoop.NANOS_PER_SECOND;
    }

    /** Tells whether the time was over before the piece ended. */
    public boolean expired() {
        return state == State.EXPIRING || state == State.EXPIRED;
    }

    /**
     * Moves the deadline. One in the past takes effect in the next turn.
     *
     * @param when in seconds of {@link EventLoop#time}; null for no limit
     * @throws IllegalStateException if the timeout is over
     */
    public void reschedule(@Nullable Double when) {
        if (state != State.ACTIVE) {
            throw new IllegalStateException("Cannot change a timeout that is " + state);
        }
        deadline = when == null ? null : EventLoop.nanos(when, "reschedule");
        arm();
    }

    @Override
    public String toString() {
        return "Timeout(" + state + ", when=" + when() + ")";
    }
}
