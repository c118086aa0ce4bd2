package dev.heddle;

/**
 * Is told what a loop does, step by step: for tracers, profilers and checks; see {@link
 * LoopProbe#addInstrument}.
 *
 * <p>All methods but {@link #taskSpawned} run on the loop's thread, outside of any task, in the
 * midst of what they tell of: they must be quick, and cannot wait. One that throws is removed, and
 * the error reported to the loop's exception handler; the loop goes on. A loop without instruments
 * pays a null check a step for them.
 *
 * <p>A step is what runs between two waits of a task. When a callback starts a task eagerly, the
 * step is within the callback.
 *
 * <p>Source: {@code trio.abc.Instrument}. There is no {@code task_scheduled} here.
 */
public interface Instrument {

    /**
     * A task was made; its first step comes later. Runs where it was made, be that a task or a
     * callback, and must not wait.
     */
    default void taskSpawned(Task<?> task) {}

    /** A task begins to run, or goes on. */
    default void beforeTaskStep(Task<?> task) {}

    /** A task has suspended, is blocked in a call of the JDK, or has ended. */
    default void afterTaskStep(Task<?> task) {}

    /** A task has ended, and has its outcome; only the end of its last step is still to come. */
    default void taskExited(Task<?> task) {}

    /** A callback begins: of {@code callSoon}, a timer, a future or a channel. */
    default void beforeCallback(Runnable action) {}

    /** A callback has returned, or failed. */
    default void afterCallback(Runnable action) {}

    /**
     * The loop looks for I/O.
     *
     * @param timeoutNanos for how long it waits at most: 0 for not at all, negative for no limit
     */
    default void beforePoll(long timeoutNanos) {}

    /** The loop has looked, or waited, for I/O. */
    default void afterPoll() {}
}
