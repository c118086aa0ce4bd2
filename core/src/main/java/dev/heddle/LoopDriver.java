package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * The parts of a loop's turn, one by one, for a host that has a loop of its own; from {@link
 * EventLoop#drive}.
 */
public final class LoopDriver implements AutoCloseable {

    private final EventLoop loop;
    private final Turn turn;
    private boolean left;

    LoopDriver(EventLoop loop) {
        this.loop = loop;
        this.turn = loop.turn;
    }

    /** Waits for I/O for at most {@code timeout}; null: as long as there is nothing to do. */
    public void poll(@Nullable Duration timeout) {
        turn.poll(timeout == null ? turn.timeout() : Math.max(0, EventLoop.nanos(timeout)));
    }

    /** Puts the callbacks of what {@link #poll} found into the ready queue. */
    public void processEvents() {
        turn.processEvents();
    }

    /** Runs what is ready, and what its timers make due. */
    public void processReady() {
        turn.processReady();
    }

    /** Returns how long there is nothing to do; null: until something arrives. */
    public @Nullable Duration idleTime() {
        long nanos = turn.timeout();
        return nanos < 0 ? null : Duration.ofNanos(nanos);
    }

    /** Leaves the loop. Idempotent. */
    @Override
    public void close() {
        if (!left) {
            left = true;
            loop.leave();
        }
    }
}
