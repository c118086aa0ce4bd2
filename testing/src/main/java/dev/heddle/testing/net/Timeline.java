package dev.heddle.testing.net;

import dev.heddle.EventLoop;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The time of a network: that of the loop which runs it. Everything that happens later in the
 * network is a timer of this loop.
 *
 * <pre>
 * UNBOUND ─► BOUND ─► OVER
 * </pre>
 *
 * <p>It is bound by the first turn of the loop, and over when the loop is closed; then nothing is
 * scheduled any more.
 */
final class Timeline {

    private @Nullable EventLoop loop;
    private long origin;
    private final List<Runnable> waiting = new ArrayList<>();
    private final TreeSet<Event> events = new TreeSet<>();
    private long made;

    /** Binds this to the loop that runs on the calling thread. */
    void bind() {
        if (loop != null) {
            return;
        }
        EventLoop running = EventLoop.runningOrNull();
        if (running == null) {
            throw new IllegalStateException(
                    "A simulated network works only inside its event loop: use it in a task of the"
                            + " loop that was built with its reactor");
        }
        loop = running;
        origin = running.clock().nanoTime();
        waiting.forEach(Runnable::run);
        waiting.clear();
    }

    boolean isBound() {
        return loop != null;
    }

    /** Runs {@code action} at once, or when this is bound. */
    void whenBound(Runnable action) {
        if (loop == null) {
            waiting.add(action);
        } else {
            action.run();
        }
    }

    /** Returns the loop; binds this first. */
    EventLoop loop() {
        EventLoop bound = loop;
        if (bound == null) {
            bind();
            return loop();
        }
        return bound;
    }

    /** Throws if the caller is not on the thread of the loop while that runs. */
    void check() {
        EventLoop bound = loop();
        if (bound.isRunning() && EventLoop.runningOrNull() != bound) {
            throw new IllegalStateException(
                    "The simulated network belongs to %s, and was used on thread %s. Use"
                                    .formatted(bound, Thread.currentThread())
                            + " callSoonThreadsafe.");
        }
    }

    /** Returns nanoseconds since this was bound. */
    long now() {
        return loop == null ? 0 : loop.clock().nanoTime() - origin;
    }

    boolean isOver() {
        return loop != null && loop.isClosed();
    }

    /** Something that will happen. */
    final class Event implements Comparable<Event> {

        private final long time;
        private final long number = made++;
        private final Runnable action;
        private @Nullable TimerHandle timer;

        Event(long time, Runnable action) {
            this.time = time;
            this.action = action;
        }

        /** Prevents it. Does nothing if it has happened. */
        void cancel() {
            if (events.remove(this) && timer != null) {
                timer.cancel();
            }
        }

        @Override
        public int compareTo(Event other) {
            int order = Long.compare(time, other.time);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    /**
     * Runs {@code action} after so many nanoseconds; never if the loop is closed. What is due at
     * the same time runs in the order in which it was asked for, even in a loop that shuffles its
     * timers: whatever timer is due, it runs what comes first.
     */
    Event after(long nanos, Runnable action) {
        EventLoop bound = loop();
        long time = now() + nanos;
        var event = new Event(time < 0 ? Long.MAX_VALUE : time, action);
        if (!bound.isClosed()) {
            events.add(event);
            event.timer = bound.callLater(Duration.ofNanos(nanos), this::runFirst);
        }
        return event;
    }

    private void runFirst() {
        if (!events.isEmpty() && events.first().time <= now()) { // else it was cancelled
            events.pollFirst().action.run();
        }
    }

    /** Runs {@code action} in the next turn. */
    void soon(Runnable action) {
        EventLoop bound = loop();
        if (!bound.isClosed()) {
            bound.callSoon(action);
        }
    }
}
