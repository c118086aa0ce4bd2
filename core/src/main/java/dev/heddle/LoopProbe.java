package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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
            case Future<?> future -> pendingTasks(future);
            case Suspension suspension -> suspension.tasksBehind();
            case null, default -> List.of();
        };
    }

    /** Returns the pending futures for whose end the wait is, those within others included. */
    public Set<Future<?>> futuresBehind(TaskState state) {
        return state.awaited() instanceof Future<?> future ? pendingWithin(future) : Set.of();
    }

    private static List<Task<?>> pendingTasks(Future<?> future) {
        var found = new ArrayList<Task<?>>();
        for (Future<?> part : pendingWithin(future)) {
            if (part instanceof Task<?> task) {
                found.add(task);
            }
        }
        return found;
    }

    /** Returns a future and what it waits for, in order, each once; a task is not looked into. */
    private static Set<Future<?>> pendingWithin(Future<?> future) {
        Set<Future<?>> found = Collections.newSetFromMap(new IdentityHashMap<>());
        var ordered = new java.util.LinkedHashSet<Future<?>>();
        var todo = new ArrayDeque<Future<?>>();
        todo.add(future);
        for (Future<?> next; (next = todo.poll()) != null; ) {
            if (!next.done() && found.add(next)) {
                ordered.add(next);
                Collection<? extends Future<?>> parts = next.parts();
                todo.addAll(parts);
            }
        }
        return ordered;
    }

    // ---------------------------------------------------------------- for any thread

    /** Returns the loops that run at the moment, in this JVM. By any thread. */
    public static List<EventLoop> runningLoops() {
        return List.copyOf(EventLoop.RUNNING_LOOPS);
    }

    /** Returns the loop's name. By any thread. */
    public String name() {
        return loop.name();
    }

    /** Returns the thread on which the loop runs, or null if it does not. By any thread. */
    public @Nullable Thread thread() {
        return loop.thread();
    }

    /**
     * Returns the task that runs, or null in a callback. By any thread; what another one than the
     * loop's gets may be out of date.
     */
    public @Nullable Task<?> currentTask() {
        return loop.currentTask();
    }

    /** Returns the thread of a task, or null before its first step. By any thread, as above. */
    public @Nullable Thread threadOf(Task<?> task) {
        return task.strand.thread();
    }

    /** Returns the number of a task, which no other one of this JVM has. By any thread. */
    public static long numberOf(Task<?> task) {
        return task.number();
    }

    /** Returns how much stands in the ready queue. */
    public int readyCount() {
        loop.checkThread("LoopProbe.readyCount");
        return loop.turn.ready.size();
    }

    /** Returns how many timers there are, those of sleeping tasks included. */
    public int timerCount() {
        loop.checkThread("LoopProbe.timerCount");
        return loop.turn.timers.size();
    }

    /** Returns how many tasks are not done. */
    public int taskCount() {
        loop.checkThread("LoopProbe.taskCount");
        return loop.tasks.size();
    }

    /** Returns how often the loop went to wait. */
    public long polls() {
        return loop.turn.polls();
    }

    /**
     * Returns the tasks of a loop that does not answer. By any thread, and only as good as can be:
     * the loop may change what is read here.
     */
    public List<TaskState> tasksFromOutside() {
        var states = new ArrayList<TaskState>();
        for (Task<?> task : loop.tasks.copyFromOutside()) {
            states.add(new TaskState(task, task.awaited(), task.strand.isBlocked()));
        }
        return states;
    }

    // ---------------------------------------------------------------- instruments

    /**
     * Has {@code instrument} told what the loop does, from now on. Idempotent. By the loop's thread
     * while it runs.
     */
    public void addInstrument(Instrument instrument) {
        loop.checkThread("LoopProbe.addInstrument");
        Objects.requireNonNull(instrument, "instrument");
        loop.turn.instruments = Instruments.with(loop, instrument);
    }

    /** Ends what {@link #addInstrument} began; returns whether there was anything to end. */
    public boolean removeInstrument(Instrument instrument) {
        loop.checkThread("LoopProbe.removeInstrument");
        return Instruments.remove(loop, instrument);
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
