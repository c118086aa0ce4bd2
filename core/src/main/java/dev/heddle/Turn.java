package dev.heddle;

import dev.heddle.reactor.Clock;
import dev.heddle.reactor.Reactor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.ObjIntConsumer;

/**
 * The heart of the loop: one turn polls for I/O, puts the callbacks of what is ready into the ready
 * queue, and runs exactly what stands in it then. What that adds runs in the next turn.
 *
 * <p>The order within a turn is: what was ready before, then I/O, then the timers that are due.
 */
final class Turn {

    /** No wait is longer, so that no arithmetic of a system call overflows. */
    private static final long LONGEST_WAIT = 24L * 3600 * 1_000_000_000;

    final Clock clock;
    final Reactor reactor;
    final ReadyQueue ready = new ReadyQueue();
    final TimerQueue timers;
    private final @Nullable Shuffler shuffler;

    /** Asked before the loop waits; only in tests. */
    @Nullable IdleWatch idle;

    /** Are told what the loop does; null if there are none, as a rule. */
    @Nullable Instruments instruments;

    /** What must run before the rest of the batch: the two sides of an eager start. */
    private final ArrayDeque<ReadyItem> urgent = new ArrayDeque<>(4);

    private final ArrayDeque<Watch> events = new ArrayDeque<>();
    private final ObjIntConsumer<Object> noteEvent = this::noteEvent;

    /** What is under way outside of the loop and will come back to it. */
    private int expected;

    boolean stopping;
    boolean interrupted;
    private long polls;
    private long busyTurns;

    Turn(Clock clock, Reactor reactor, @Nullable Shuffle shuffle) {
        this.clock = clock;
        this.reactor = reactor;
        this.shuffler = Shuffler.of(shuffle);
        this.timers = new TimerQueue(shuffler);
    }

    void run() {
        poll(timeout());
        processEvents();
        processReady();
    }

    /** Returns how long the loop has nothing to do: nanoseconds, or negative without limit. */
    long timeout() {
        if (stopping || !nothingReady()) {
            return 0;
        }
        TimerHandle next = timers.first();
        long deadline = next == null ? Long.MAX_VALUE : next.deadline;
        if (idle != null) {
            long wait = idle.onIdle(deadline, outside());
            if (wait >= 0) {
                return Math.min(wait, LONGEST_WAIT);
            }
        }
        if (deadline == Long.MAX_VALUE) { // nothing, or an endless sleep
            return -1;
        }
        return Math.min(clock.waitUntil(deadline, outside()), LONGEST_WAIT);
    }

    private boolean outside() {
        return expected > 0 || reactor.watching();
    }

    void poll(long timeoutNanos) {
        Instruments watching = instruments;
        if (watching == null) {
            pollQuietly(timeoutNanos);
            return;
        }
        watching.beforePoll(timeoutNanos);
        try {
            pollQuietly(timeoutNanos);
        } finally {
            watching.afterPoll();
        }
    }

    private void pollQuietly(long timeoutNanos) {
        try {
            if (timeoutNanos == 0) {
                reactor.poll(0, noteEvent);
            } else if (ready.fallAsleep()) {
                try {
                    polls++;
                    reactor.poll(timeoutNanos, noteEvent);
                } finally {
                    ready.wakeUp();
                }
                if (Thread.interrupted()) {
                    interrupted = true;
                    stopping = true;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The reactor of the event loop failed", e);
        }
        ready.takeInForeign();
    }

    private void noteEvent(Object watch, int operations) {
        var channel = (Watch) watch;
        channel.ready = operations;
        events.add(channel);
    }

    void processEvents() {
        if (shuffler != null) {
            shuffler.shuffle(events);
        }
        for (Watch channel; (channel = events.poll()) != null; ) {
            channel.queueCallbacks(ready);
        }
    }

    void processReady() {
        runUrgent(); // what a KeyboardInterrupt has left standing
        queueDueTimers();
        if (shuffler != null) {
            ready.shuffleTasks(shuffler);
        }
        int batch = ready.size();
        busyTurns += batch > 0 ? 1 : 0;
        for (; batch > 0; batch--) {
            // The only place where callbacks and tasks are run.
            Objects.requireNonNull(ready.poll()).proceed();
            if (!urgent.isEmpty()) {
                runUrgent();
            }
        }
    }

    private void queueDueTimers() {
        TimerHandle timer = timers.first();
        if (timer == null) {
            return;
        }
        for (long now = clock.nanoTime(); timer != null && timer.deadline <= now; ) {
            timers.removeFirst();
            ready.add(timer);
            timer = timers.first();
        }
    }

    /** Puts items before everything else: {@code first}, then {@code second}. */
    void runNext(ReadyItem first, ReadyItem second) {
        urgent.addFirst(second);
        urgent.addFirst(first);
    }

    void dropNext(ReadyItem first, ReadyItem second) {
        urgent.remove(first);
        urgent.remove(second);
    }

    void runUrgent() {
        for (ReadyItem item; (item = urgent.poll()) != null; ) {
            item.proceed();
        }
    }

    void expect() {
        expected++;
    }

    void arrived() {
        expected--;
    }

    boolean nothingReady() {
        return ready.isEmpty() && urgent.isEmpty();
    }

    /** Returns how often the loop went to wait: what an idle loop must not do. */
    long polls() {
        return polls;
    }

    /** Returns how many turns had something to run. */
    long busyTurns() {
        return busyTurns;
    }

    @Nullable Long nextDeadline() {
        TimerHandle next = timers.first();
        return next == null ? null : next.deadline;
    }
}
