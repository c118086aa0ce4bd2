package dev.heddle.testing;

import dev.heddle.EventLoop;
import dev.heddle.IdleWatch;
import dev.heddle.LoopProbe;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Watches over one run of a loop: ends it when it takes too long, or when all its tasks are blocked
 * for ever.
 *
 * <pre>
 * WATCHING ─► EXPIRED    the real time is over, as the timer's thread has found
 *         └─► OVER
 * </pre>
 */
final class Guard implements IdleWatch, AutoCloseable {

    /** How long, in real time, a thread that the loop knows nothing of has to wake it. */
    private static final long GRACE = Duration.ofMillis(100).toNanos();

    /** The one thread that does not belong to a loop, and so looks at the machine's clock. */
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "heddle-test-time-limits");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final EventLoop loop;
    private final TestOptions options;
    private final long deadline;
    private final Idleness idleness;
    private final @Nullable ScheduledFuture<?> timer;
    private long graceBegan = -1; // in busy turns: when something runs, it begins anew
    private long graceEnds;
    private volatile boolean over;
    private volatile @Nullable String expired;

    /** Begins to watch. */
    Guard(EventLoop loop, TestOptions options) {
        this.loop = loop;
        this.options = options;
        Duration virtual = options.virtual() ? options.virtualLimit() : null;
        this.deadline =
                virtual == null
                        ? Long.MAX_VALUE
                        : Math.addExact(loop.clock().nanoTime(), virtual.toNanos());
        this.idleness = Idleness.OF.get(loop);
        Duration real = options.realLimit();
        this.timer =
                real == null
                        ? null
                        : TIMER.schedule(this::expire, real.toNanos(), TimeUnit.NANOSECONDS);
        idleness.guard(this);
    }

    @Override
    public long onIdle(long nextDeadline, boolean outside) {
        if (!options.virtual() || outside) {
            return -1;
        }
        if (nextDeadline == Long.MAX_VALUE) {
            return options.deadlocks() ? grace() : -1;
        }
        if (nextDeadline > deadline) {
            throw new TimeLimitError(
                    "The test takes more than %s of virtual time (see @TimeLimit). These wait:%s"
                            .formatted(options.virtualLimit(), AwaitGraph.of(loop)));
        }
        return -1;
    }

    private long grace() {
        long now = System.nanoTime();
        long turns = LoopProbe.of(loop).busyTurns();
        if (graceBegan != turns) {
            graceBegan = turns;
            graceEnds = now + GRACE;
        }
        if (now - graceEnds < 0) {
            return graceEnds - now;
        }
        throw new DeadlockError(
                ("Deadlock at %.9f s: all tasks wait, and nothing is left that could wake one: no"
                                + " timer is set, no channel watched, and no job runs elsewhere.%s")
                        .formatted(loop.time(), AwaitGraph.of(loop)));
    }

    /** Ends the run, on the timer's thread. */
    private void expire() {
        if (over) {
            return;
        }
        Task<?> running = loop.currentTask();
        expired =
                "The test takes more than %s of real time (see @TimeLimit).%s"
                        .formatted(
                                options.realLimit(),
                                running == null
                                        ? ""
                                        : " At that moment %s was running:%s"
                                                .formatted(
                                                        running.getName(),
                                                        stack(running.getStack())));
        if (running != null) { // else nobody would know, if it never waits
            System.err.println(expired);
        }
        try {
            loop.callSoonThreadsafe(this::stop);
        } catch (IllegalStateException e) {
            // It is closed: the test has just ended.
        }
    }

    private void stop() {
        if (!over) { // else it is another run already
            loop.stop();
        }
    }

    private static String stack(StackTraceElement[] frames) {
        var text = new StringBuilder();
        for (StackTraceElement frame : frames) {
            if (!Frames.isRunner(frame)) {
                text.append("\n        at ").append(frame);
            }
        }
        return text.toString();
    }

    /** Returns the error if the real time is over and the run was ended for that, or null. */
    @Nullable TimeLimitError expiry() {
        String message = expired;
        return message == null
                ? null
                : new TimeLimitError(message + " These wait:" + AwaitGraph.of(loop));
    }

    /** Watches no more. */
    @Override
    public void close() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        idleness.guard(null);
    }

    @Override
    public String toString() {
        return "Guard(" + LoopProbe.of(loop).tasks().size() + " tasks)";
    }
}
