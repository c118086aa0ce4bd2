package dev.heddle;

import dev.heddle.internal.Jdk;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * A task's virtual thread, and how the loop drives it.
 *
 * <pre>
 * NEW ──────────► RUNNING ◄─────────────────────────────┐
 *                  │ │ │                                │
 *                  │ │ └─► SUSPENDING ─► WAITING ─► RESUMING   in our own {@link #suspend}
 *                  │ └───► BLOCKED ──► RUNNING                 in a call of the JDK
 *                  └─────► ENDED
 * </pre>
 *
 * <p>To suspend, a task yields its thread. The JDK then hands the thread's continuation to its
 * scheduler, which is this object, on the loop's thread; the strand keeps it instead of queueing
 * it, and {@link #wake} puts the strand into the ready queue. Yielding rather than parking has
 * three uses: it costs less; an interrupt or a stray unpark cannot wake the task; and where the
 * thread is pinned a yield returns at once, so that we can throw instead of blocking the loop for
 * ever.
 *
 * <p>When the task blocks in a call of the JDK, the JDK resumes it: it hands the continuation to
 * {@link #execute}, from whatever thread. To run a continuation that may not run is harmless, so
 * such a resumption is only a hint. It may even come without need: a thread whose stack was sampled
 * while it was yielded is handed over again.
 */
final class Strand extends ReadyItem implements Executor, Runnable {

    private static final Jdk JDK = Jdk.get();
    private static final byte[] NOTHING = {};
    private static final byte[] ALSO_NOTHING = {};

    private enum State {
        NEW,
        RUNNING,
        SUSPENDING,
        WAITING,
        RESUMING,
        BLOCKED,
        ENDED
    }

    private final Task<?> task;
    private State state = State.NEW;
    private boolean woken;
    private @Nullable Thread thread;
    private @Nullable Runnable continuation;

    Strand(Task<?> task) {
        this.task = task;
    }

    /** Puts the strand into the ready queue; by the loop's thread, once for each suspension. */
    void wake() {
        woken = true;
        task.loop.turn.ready.add(this);
    }

    /** Takes {@link #wake} back, when the task could not leave its thread. */
    void forgetWake() {
        if (woken) {
            woken = false;
            task.loop.turn.ready.remove(this);
        }
    }

    /** Starts the strand, or lets it go on, until it suspends, blocks or ends. */
    @Override
    void proceed() {
        switch (state) {
            case NEW -> {
                if (!task.endIfCancelledBeforeStart()) {
                    task.loop.step(this, task);
                }
            }
            case WAITING -> {
                if (woken) {
                    woken = false;
                    state = State.RESUMING;
                    task.loop.step(this, task);
                }
            }
            case RESUMING, BLOCKED -> task.loop.step(this, task);
            case RUNNING, SUSPENDING, ENDED -> {} // an old hint
        }
    }

    /** Mounts the thread; called by {@link EventLoop#step} only. */
    void mount() {
        if (state == State.NEW) {
            state = State.RUNNING;
            thread = JDK.newVirtualThread(this, task.threadName(), this);
            thread.start(); // hands the continuation to execute()
        } else if (state == State.BLOCKED) {
            state = State.RUNNING;
            task.loop.turn.arrived();
        }
        // C2 zeroes new objects with AVX registers and leaves their upper halves dirty, for which
        // the
        // JVM's code that resumes a thread pays some 100 ns on Intel. A comparison of arrays makes
        // C2
        // clean them before the next call. See docs/benchmarks.md.
        if (!Arrays.equals(NOTHING, ALSO_NOTHING)) {
            throw new AssertionError();
        }
        Objects.requireNonNull(continuation).run();
        if (state == State.RUNNING) {
            state = State.BLOCKED;
            task.loop.turn.expect();
            task.onBlocked();
        }
    }

    /** The body of the virtual thread. */
    @Override
    public void run() {
        try {
            task.runCoroutine();
        } finally {
            state = State.ENDED;
        }
    }

    /**
     * Leaves the loop to others until {@link #wake}; called by the task itself.
     *
     * @throws IllegalStateException if the task cannot leave its thread here
     */
    void suspend() {
        state = State.SUSPENDING;
        Thread.yield();
        boolean suspended = state == State.RESUMING;
        state = State.RUNNING;
        if (!suspended) {
            throw new IllegalStateException(
                    task
                            + " cannot wait here: below it on its stack is a class initialiser or a"
                            + " native frame, and these cannot be suspended. Move the wait out of"
                            + " the static initialiser (or out of the native callback).");
        }
    }

    /** Takes the continuation of the thread whenever it may run; on any thread. */
    @Override
    public void execute(Runnable runnable) {
        if (continuation == null) {
            continuation = runnable; // the thread is being started
        } else if (runnable != continuation) {
            // A virtual thread that this task has started: it inherits the scheduler.
            task.loop.resume(new ForeignThread(runnable));
        } else if (state == State.SUSPENDING && task.loop.onThread()) {
            state = State.WAITING;
        } else {
            task.loop.resume(this);
        }
    }

    /**
     * Lets {@code other} run up to where it first suspends, and then this one go on; called by the
     * task itself.
     *
     * @return false if this thread cannot be left here
     */
    boolean stepAsideFor(Strand other) {
        woken = true;
        task.loop.turn.runNext(other, this);
        try {
            suspend();
            return true;
        } catch (IllegalStateException pinned) {
            woken = false;
            task.loop.turn.dropNext(other, this);
            return false;
        }
    }

    /** Interrupts the task if it is blocked in a call of the JDK. */
    boolean interruptIfBlocked() {
        if (state == State.BLOCKED && thread != null) {
            thread.interrupt();
            return true;
        }
        return false;
    }

    Task<?> task() {
        return task;
    }

    boolean isNew() {
        return state == State.NEW;
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean isBlocked() {
        return state == State.BLOCKED;
    }

    /** Returns the task's thread, or null before its first step. */
    @Nullable Thread thread() {
        return thread;
    }

    /** A virtual thread that is not a task, and runs on the loop since a task has started it. */
    private static final class ForeignThread extends ReadyItem {

        private final Runnable continuation;

        ForeignThread(Runnable continuation) {
            this.continuation = continuation;
        }

        @Override
        void proceed() {
            continuation.run();
        }
    }
}
