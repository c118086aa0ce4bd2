package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What tests and tools may know of a loop beyond what programs need. By the loop's thread only
 * while it runs.
 */
public final class LoopProbe {

    /**
     * A callback that waits for its time. Timers of sleeping tasks are not among them.
     *
     * @param handle the timer
     * @param action what it will run
     */
    public record PendingTimer(TimerHandle handle, Runnable action) {}

    /**
     * A task that is not done.
     *
     * @param task the task
     * @param awaited what it waits for: a {@link Future}, a {@link Suspension}, a timer; null if it
     *     is ready, or blocked in a call of the JDK
     * @param blocked whether it is blocked in a call of the JDK
     */
    public record TaskState(Task<?> task, @Nullable Object awaited, boolean blocked) {}

    private final EventLoop loop;

    private LoopProbe(EventLoop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
    }

    /** Returns the probe of a loop. */
    public static LoopProbe of(EventLoop loop) {
        return new LoopProbe(loop);
    }

    /** Sets who is asked when nothing is ready; null for nobody. There is at most one. */
    public void onIdle(@Nullable IdleWatch watch) {
        loop.checkThread("LoopProbe.onIdle");
        loop.turn.idle = watch;
    }

    /** Tells whether nothing is ready to run; channels and timers are not looked at. */
    public boolean nothingReady() {
        return loop.turn.nothingReady();
    }

    /** Returns how many turns had something to run: equal numbers mean that nothing has run. */
    public long busyTurns() {
        return loop.turn.busyTurns();
    }

    /** Returns the callbacks that wait for their time, the first one first. */
    public List<PendingTimer> pendingTimers() {
        loop.checkThread("LoopProbe.pendingTimers");
        var found = new ArrayList<PendingTimer>();
        for (TimerHandle timer : loop.turn.timers.pending()) {
            if (timer instanceof CallbackTimer callback) {
                Runnable action = callback.action();
                if (action != null) {
                    found.add(new PendingTimer(timer, action));
                }
            }
        }
        return found;
    }

    /** Returns the tasks that are not done, in the order in which they were made. */
    public List<TaskState> tasks() {
        loop.checkThread("LoopProbe.tasks");
        var states = new ArrayList<TaskState>();
        for (Task<?> task : loop.tasks.copy()) {
            states.add(new TaskState(task, task.awaited(), task.strand.isBlocked()));
        }
        return states;
    }

    /** Returns the tasks that must go on for a wait to end, as far as they are known. */
    public List<Task<?>> tasksBehind(TaskState state) {
        return switch (state.awaited()) {
            case Task<?> task -> task.done() ? List.of() : List.of(task);
            case Gathering<?> gathering -> gathering.pendingTasks();
            case Suspension suspension -> suspension.tasksBehind();
            case null, default -> List.of();
        };
    }

    /** Hands the failures that nobody has retrieved so far to the loop's exception handler now. */
    public void reportUnretrieved() {
        loop.checkThread("LoopProbe.reportUnretrieved");
        List.copyOf(loop.unretrieved).forEach(FailureReport::report);
    }

    /** Returns where something was made, if the loop was in debug mode then. */
    public @Nullable Throwable creationStack(Object made) {
        return loop.creationStack(made);
    }
}
