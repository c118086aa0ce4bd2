package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A future that runs a coroutine.
 *
 * <p>It runs on a virtual thread of its own, which the loop schedules: at most one task or callback
 * of a loop runs at a time, and it runs until it suspends. A task is in one of three situations:
 * waiting for something ({@link #waitingOn} tells for what, if it is not the JDK), standing in the
 * ready queue, or running. The loop holds it until it is done.
 *
 * <p>Source: {@code asyncio.Task}.
 *
 * @param <T> the type of the result
 */
public class Task<T extends @Nullable Object> extends Future<T> {

    private static final AtomicInteger MADE = new AtomicInteger();

    private final int number = MADE.incrementAndGet();
    final Strand strand = new Strand(this);
    private @Nullable String name;
    private @Nullable Coroutine<T> coroutine;
    Context context;

    /**
     * A {@link Future}, a {@link Suspension}, a {@link SleepTimer}, or the {@link CancelledError}
     * with which a wait ended.
     */
    private @Nullable Object waitingOn;

    /** Whether a cancel is going through this task at the moment. */
    boolean inCancel;

    /** A cancel that was asked for and could not be delivered yet. */
    private boolean mustCancel;

    /** Whether the task's thread was interrupted in place of a cancel. */
    private boolean interrupted;

    private @Nullable Object cancelMessage;
    private int cancelRequests;

    /** The innermost scope in which the task runs. */
    private @Nullable CancelScope scope;

    /** Neighbours in the loop's list of pending tasks. */
    @Nullable Task<?> previous;

    @Nullable Task<?> next;

    /**
     * Makes a task; for a {@link TaskFactory}. It is started by {@link EventLoop#createTask}.
     *
     * @throws IllegalStateException if the loop is closed, or this is not its thread
     */
    protected Task(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
        super(loop);
        loop.checkThread("createTask");
        loop.checkOpen();
        this.coroutine = Objects.requireNonNull(coroutine, "coroutine");
        this.name = options.name();
        this.context =
                options.context() != null ? options.context() : new Context(loop.currentBindings());
        this.eager = Boolean.TRUE.equals(options.eagerStart());
        loop.tasks.add(this);
    }

    private final boolean eager;

    // ---------------------------------------------------------------- life

    /** Makes the task run, in the next turn or at once. Called by the loop, once. */
    void begin() {
        if (!eager || !loop.startEagerly(strand)) {
            loop.turn.ready.add(strand);
        }
    }

    /** The body of the task's thread. */
    void runCoroutine() {
        try {
            T value = Objects.requireNonNull(coroutine).await();
            if (mustCancel) {
                endCancelled(null); // cancelled by itself at the last moment: the result is lost
            } else {
                end();
                finishWith(value);
            }
        } catch (Throwable thrown) {
            Throwable e = cancelBehind(thrown);
            if (e instanceof CancelledError cancel) {
                endCancelled(cancel);
                return;
            }
            end();
            finishFailed(e);
            if (e instanceof KeyboardInterrupt k) {
                settle(); // it leaves the loop, and is not to be reported as well
                loop.escape(k);
            }
        }
    }

    /** Ends a task that was cancelled before its first step; its body never runs. */
    boolean endIfCancelledBeforeStart() {
        if (mustCancel) {
            endCancelled(null);
            noteExit();
        }
        return done();
    }

    /** Tells instruments of the end of a task that never ran; of others {@link EventLoop#step}. */
    private void noteExit() {
        Instruments instruments = loop.turn.instruments;
        if (instruments != null) {
            instruments.taskExited(this);
        }
    }

    /** Ends a pending task whose loop is being closed. */
    void unwind(CancelledError error) {
        if (strand.isNew()) {
            endCancelled(error);
            noteExit();
        } else if (strand.isWaiting()) {
            waitingOn = error;
            strand.wake();
            strand.proceed();
        } else {
            mustCancel = true;
            interrupted |= strand.interruptIfBlocked();
        }
    }

    private void endCancelled(@Nullable CancelledError error) {
        Object message = error == null ? cancelMessage : error.cancelMessage();
        mustCancel = false;
        end();
        finishCancelled(message, error);
    }

    private void end() {
        loop.tasks.remove(this);
        enterScope(null);
        coroutine = null;
        waitingOn = null;
    }

    /** Returns the cancel for which an error stands that an interrupt has caused, or the error. */
    Throwable cancelBehind(Throwable e) {
        if (!isInterruption(e) || !(mustCancel || (interrupted && inCancelledScope()))) {
            return e;
        }
        Object message = mustCancel ? cancelMessage : scopeReason();
        mustCancel = false;
        dropInterrupt();
        return new CancelledError(message).initCause(e);
    }

    static boolean isInterruption(Throwable e) {
        return e instanceof InterruptedException
                || e instanceof ClosedByInterruptException
                // What a blocked java.net.Socket throws; there is no type for it.
                || (e instanceof SocketException && "Closed by interrupt".equals(e.getMessage()))
                || (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException));
    }

    /** Clears the interrupt that stood for a cancel, which is delivered or dropped now. */
    private void dropInterrupt() {
        if (interrupted && Thread.currentThread() == strand.thread()) {
            interrupted = false;
            Thread.interrupted();
        }
    }

    // ---------------------------------------------------------------- waiting

    /** Suspends the running task, which is this one, until {@code future} is done. */
    <V extends @Nullable Object> V awaitFuture(Future<V> future) {
        if (future == this) {
            throw new IllegalStateException("A task cannot await itself: " + this);
        }
        if (future.loop != loop) {
            throw new IllegalStateException(
                    "%s of %s awaits %s, which belongs to another loop, %s. Use"
                                    .formatted(this, loop, future, future.loop)
                            + " LoopGroup.call(future.getLoop(), future::await).");
        }
        future.addWaiter(strand);
        waitingOn = future;
        boolean calledOff = mustCancel && future.cancel(cancelMessage);
        mustCancel &= !calledOff;
        try {
            suspend(calledOff);
        } catch (Throwable e) {
            future.removeWaiter(strand);
            throw e;
        }
        return future.result();
    }

    /**
     * Suspends the running task, which is this one, until {@link Strand#wake}.
     *
     * @param wait a {@link Suspension} or a {@link SleepTimer}
     * @throws CancelledError if the wait was called off
     */
    void await(Object wait) {
        waitingOn = wait;
        boolean calledOff = mustCancel && callOff(wait, cancelMessage);
        mustCancel &= !calledOff;
        suspend(calledOff);
    }

    /** Ends what the task waits for, so that it is woken with a {@link CancelledError}. */
    private boolean callOff(@Nullable Object wait, @Nullable Object message) {
        return switch (wait) {
            case Future<?> future -> future.cancel(message);
            case Suspension suspension -> suspension.callOff(this, message);
            case SleepTimer timer -> timer.callOff(message);
            case null, default -> false;
        };
    }

    /** Lets everything run that is ready, once. */
    void yieldOnce() {
        strand.wake();
        suspend(false);
    }

    /**
     * Suspends the running task, which is this one.
     *
     * @param calledOff whether a cancel has already ended the wait
     */
    private void suspend(boolean calledOff) {
        boolean scopeCancelled;
        Object ended;
        try {
            loop.refuseIfClosed();
            dropInterrupt(); // whatever it stood for comes out of this wait
            scopeCancelled = inCancelledScope();
            if (scopeCancelled && !mustCancel) {
                callOffForScope(scopeReason());
            }
            strand.suspend();
        } catch (Throwable e) { // it has not waited, so nothing may wake it later
            strand.forgetWake();
            mustCancel |= calledOff; // it was not delivered either
            throw e;
        } finally {
            ended = waitingOn;
            waitingOn = null;
        }
        if (ended instanceof CancelledError e) {
            mustCancel = false;
            throw e;
        }
        if (mustCancel || scopeCancelled) {
            boolean asked = mustCancel;
            mustCancel = false;
            if (ended instanceof Future<?> future
                    && ((!asked && future.failure() != null) || future.cancelled())) {
                return; // the caller throws the future's own error or CancelledError
            }
            Object message = asked ? cancelMessage : scopeReason();
            throw new CancelledError(message);
        }
    }

    /** Wakes the task with a {@link CancelledError}. */
    void wakeCancelled(@Nullable Object message) {
        waitingOn = new CancelledError(message);
        strand.wake();
    }

    // ---------------------------------------------------------------- cancellation

    /**
     * Asks the task to end: a {@link CancelledError} is thrown where it waits, or at its next wait.
     * The task may clean up, and may even refuse. If it is blocked in a call of the JDK it is
     * interrupted.
     *
     * @param message becomes {@link CancelledError#cancelMessage()}; null for none
     * @return false if the task was done
     */
    @Override
    public final boolean cancel(@Nullable Object message) {
        loop.checkThread("cancel");
        if (done()) {
            return false;
        }
        // A loop and not a recursion: chains of waiting tasks may be long, and may even be circles.
        Task<?> task = this;
        while (true) {
            task.cancelRequests++;
            task.inCancel = true;
            if (!(task.waitingOn instanceof Task<?> next) || next.done()) {
                task.cancelHere(message);
                break;
            }
            if (next.inCancel) { // a circle: nobody else could ever end this wait
                next.removeWaiter(task.strand);
                task.wakeCancelled(message);
                break;
            }
            task = next;
        }
        for (Task<?> t = this; t != null && t.inCancel; ) {
            t.inCancel = false;
            t = t.waitingOn instanceof Task<?> next ? next : null;
        }
        return true;
    }

    /** Ends the wait of this task, or sees to it that the next one is ended. */
    private void cancelHere(@Nullable Object message) {
        if (!callOff(waitingOn, message)) {
            mustCancel = true;
            cancelMessage = message;
            interrupted |= strand.interruptIfBlocked();
        }
    }

    /** Returns how many cancel requests there are that were not taken back by {@link #uncancel}. */
    public final int cancelling() {
        return cancelRequests;
    }

    /**
     * Takes back one cancel request; for code that has swallowed a {@link CancelledError} and made
     * itself responsible for it. If none remains, one that was not delivered yet is dropped.
     *
     * @return how many remain
     */
    public final int uncancel() {
        loop.checkThread("uncancel");
        if (cancelRequests > 0 && --cancelRequests == 0) {
            mustCancel = false;
            dropInterrupt();
        }
        return cancelRequests;
    }

    /** Whether a cancel was asked for that has not been delivered yet. */
    boolean isCancelDue() {
        return mustCancel;
    }

    /** Drops a cancel that has not been delivered yet, for the one who asked for it. */
    void dropCancel() {
        mustCancel = false;
        dropInterrupt();
    }

    // ---------------------------------------------------------------- scopes

    @Nullable CancelScope scope() {
        return scope;
    }

    void enterScope(@Nullable CancelScope newScope) {
        if (scope != null) {
            scope.tasks.remove(this);
        }
        scope = newScope;
        if (newScope != null) {
            newScope.tasks.add(this);
        }
        if (interrupted && !mustCancel && !inCancelledScope()) {
            dropInterrupt(); // it stood for the cancel of a scope that is left, or shielded from
        }
    }

    /** Whether each wait is to throw. */
    boolean inCancelledScope() {
        return scope != null && scope.isEffectivelyCancelled();
    }

    private @Nullable Object scopeReason() {
        return scope == null ? null : scope.effectiveReason();
    }

    /**
     * Ends the wait of a task whose scope is cancelled; if it does not wait, the next one throws.
     */
    void deliverScopeCancel(@Nullable String why) {
        if (loop.currentTask() != this && !callOffForScope(why)) {
            interrupted |= strand.interruptIfBlocked();
        }
    }

    private boolean callOffForScope(@Nullable Object why) {
        if (scope != null
                && waitingOn instanceof Task<?> awaited
                && !awaited.done()
                && scope.sharesCancelWith(awaited.scope)) {
            // The scope cancels it as well, or a shield keeps that off: it is not for us to do.
            awaited.removeWaiter(strand);
            wakeCancelled(why);
            return true;
        }
        return callOff(waitingOn, why);
    }

    /** Interrupts a task that blocks in a call of the JDK when it is to be cancelled already. */
    void onBlocked() {
        if (!interrupted && (mustCancel || inCancelledScope())) {
            interrupted = strand.interruptIfBlocked();
        }
    }

    // ---------------------------------------------------------------- outcome

    /** Throws: the outcome of a task is that of its coroutine. */
    @Override
    public void setResult(T result) {
        throw new IllegalStateException("A task does not support setResult: " + this);
    }

    /** Throws: the outcome of a task is that of its coroutine. */
    @Override
    public void setException(Throwable exception) {
        throw new IllegalStateException("A task does not support setException: " + this);
    }

    // ---------------------------------------------------------------- introspection

    /** Returns the name: the given one, or {@code Task-N} with N counting up. */
    public final String getName() {
        String n = name;
        return n == null ? "Task-" + number : n;
    }

    /** Returns the number in the order of making, which no other task of this JVM has. */
    int number() {
        return number;
    }

    /** Sets the name. */
    public final void setName(String name) {
        this.name = Objects.requireNonNull(name, "name");
        Thread thread = strand.thread();
        if (thread != null) {
            thread.setName(name);
        }
    }

    /** Returns the name for the thread: none by default, as a million of them want memory. */
    @Nullable String threadName() {
        return loop.getDebug() ? getName() : name;
    }

    /** Returns the coroutine, or null once the task is done. */
    public final @Nullable Coroutine<T> getCoro() {
        return coroutine;
    }

    /** Returns the context in which the task runs. */
    public final Context getContext() {
        return context;
    }

    /**
     * Returns what the task waits for: a {@link Future}, a {@link Suspension} or a timer; null if
     * it does not wait, or in the JDK.
     */
    @Nullable Object awaited() {
        return waitingOn instanceof CancelledError ? null : waitingOn;
    }

    /** Returns the future for which the task waits, or null. */
    @Nullable Future<?> awaitedFuture() {
        return waitingOn instanceof Future<?> f ? f : null;
    }

    /**
     * Returns the whole stack of the task, innermost call first: where it waits, or where it
     * failed; empty if it has not started or ended well.
     */
    public final StackTraceElement[] getStack() {
        Thread thread = strand.thread();
        if (!done() && thread != null) {
            return Stacks.ofCoroutine(thread.getStackTrace());
        }
        Throwable failure = failure();
        if (failure != null) {
            return Stacks.ofCoroutine(failure.getStackTrace());
        }
        return new StackTraceElement[0];
    }

    /** Prints {@link #getStack} to standard error. */
    public final void printStack() {
        printStack(System.err);
    }

    /** Prints {@link #getStack}. */
    public final void printStack(java.io.PrintStream out) {
        var text = new StringBuilder("Stack of ").append(this).append('\n');
        for (StackTraceElement e : getStack()) {
            text.append("    at ").append(e).append('\n');
        }
        out.print(text);
    }

    @Override
    String describeState() {
        if (done()) {
            return super.describeState();
        }
        String state = cancelRequests > 0 ? "cancelling" : "pending";
        Object wait = waitingOn;
        if (wait instanceof Task<?> t) {
            return state + ", waiting for " + t.getName(); // not its text: there may be a cycle
        }
        if (wait != null) {
            return state + ", waiting for " + wait;
        }
        return strand.isBlocked() ? state + ", blocked in the JDK" : state;
    }

    @Override
    public String toString() {
        return "Task(" + getName() + ", " + describeState() + ")";
    }
}
