package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.Instrument;
import dev.heddle.LoopProbe;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How one loop is watched.
 *
 * <p>The loop's thread counts: each begin and end of a step makes {@code mark} another one, and its
 * lowest bit tells whether a step is under way. That is one ordered write, and no look at a clock.
 * The watchdog's thread looks at the mark now and then: one that stays the same, with the bit set,
 * is a step that has not returned since it was first seen.
 */
final class Watch implements Instrument {

    /** The loop has not got round to being watched yet: whatever it does has not returned. */
    private static final long NOT_INSTALLED = -1;

    private static final VarHandle MARK;

    static {
        try {
            MARK = MethodHandles.lookup().findVarHandle(Watch.class, "mark", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EventLoop loop;
    private final LoopProbe probe;
    private final long limit;
    private final Consumer<? super StuckStep> report;
    private volatile boolean closed;

    // Written by the loop's thread.
    @SuppressWarnings("UnusedVariable") // through MARK
    private long mark = NOT_INSTALLED;

    private long count;
    private int depth; // a callback that starts a task eagerly has its step within
    private @Nullable Object current; // the Task or the callback that runs; before the mark
    private @Nullable Object outer;

    // Used by the watchdog's thread only.
    private long seen = -2;
    private long since;
    private long next;

    Watch(EventLoop loop, Duration limit, Consumer<? super StuckStep> report) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.probe = LoopProbe.of(loop);
        this.report = Objects.requireNonNull(report, "report");
        this.limit = limit.toNanos();
        if (this.limit < 1_000_000) {
            throw new IllegalArgumentException(
                    "limit is %s, and must be a millisecond at least".formatted(limit));
        }
    }

    // ---------------------------------------------------------------- on the loop's thread

    void install() {
        if (!closed) {
            MARK.setRelease(this, 0L);
            probe.addInstrument(this);
        }
    }

    void uninstall() {
        probe.removeInstrument(this);
    }

    @Override
    public void beforeTaskStep(Task<?> task) {
        begin(task);
    }

    @Override
    public void afterTaskStep(Task<?> task) {
        end();
    }

    @Override
    public void beforeCallback(Runnable action) {
        begin(action);
    }

    @Override
    public void afterCallback(Runnable action) {
        end();
    }

    private void begin(Object step) {
        outer = current;
        current = step;
        depth++;
        publish();
    }

    private void end() {
        if (depth > 0) { // else it was installed in the midst of a step
            current = outer;
            outer = null;
            depth--;
            publish();
        }
    }

    private void publish() {
        count += 2;
        MARK.setRelease(this, count | (depth > 0 ? 1 : 0));
    }

    // ---------------------------------------------------------------- on the watchdog's thread

    /** Returns how often to look, in nanoseconds. */
    long period() {
        return Math.max(limit / 4, 1_000_000);
    }

    /** Tells whether there is nothing more to watch. */
    boolean isOver() {
        return closed || loop.isClosed();
    }

    /** Has nothing more reported. */
    void close() {
        closed = true;
    }

    /** Looks at the loop, and reports a step that takes too long. */
    void look(long now) {
        long m = (long) MARK.getAcquire(this);
        if ((m & 1) == 0 || !loop.isRunning()) {
            seen = -2;
        } else if (m != seen) {
            seen = m;
            since = now;
            next = limit;
        } else if (now - since >= next && !closed) {
            long lasting = now - since;
            StuckStep stuck = examine(lasting);
            if (stuck != null && (long) MARK.getAcquire(this) == m) { // else it has just returned
                while (next <= lasting) {
                    next *= 2;
                }
                report.accept(stuck);
            }
        }
    }

    private @Nullable StuckStep examine(long lasting) {
        Object step = current == null ? probe.currentTask() : current;
        Thread thread = step instanceof Task<?> task ? probe.threadOf(task) : probe.thread();
        if (thread == null) {
            return null;
        }
        List<StackTraceElement> stack = List.of(thread.getStackTrace());
        Thread.State state = thread.getState();
        return new StuckStep(
                loop,
                nameOf(step),
                Duration.ofNanos(lasting),
                state,
                stack,
                Diagnosis.of(stack, state));
    }

    private static String nameOf(@Nullable Object step) {
        return switch (step) {
            case null -> "a callback";
            case Task<?> task -> "task " + task.getName();
            default -> "callback " + step.getClass().getName(); // its toString could hang as well
        };
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public String toString() {
        return "Watch(%s, %s)".formatted(loop, Duration.ofNanos(limit));
    }
}
