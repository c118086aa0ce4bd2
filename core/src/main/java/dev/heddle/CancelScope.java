package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A block that can be cancelled as a whole: the code in it, and the tasks of the groups in it.
 *
 * <pre>
 * CREATED ─► ACTIVE ─► LEFT      and at any time before it is left, once: cancelled
 * </pre>
 *
 * <p>It is level-triggered: once it is cancelled, each wait in it throws {@link CancelledError},
 * until the block is left; so an error that was swallowed does not lose the cancel. The block's own
 * {@code CancelledError} ends at its border, and the code behind it goes on. Code that never waits
 * is not stopped. A task that is blocked in a call of the JDK is interrupted.
 *
 * <p>Scopes form a tree. A cancel reaches all scopes below it, except for those that are
 * {@linkplain #shield shielded}. If several are cancelled, the {@code CancelledError} goes to the
 * outermost one, which is found out at each border anew. A {@link Task#cancel} of the task outranks
 * the scopes and their shields: its {@code CancelledError} passes their borders.
 *
 * <p>The tasks of a {@link TaskGroup} run in the scope in which the group was entered; a task made
 * by {@link Asyncio#createTask} runs in none. A generator must not yield in a scope: the code that
 * goes on then would run in it, and the border throws an {@link IllegalStateException}.
 *
 * <p>Source: trio's {@code CancelScope}.
 */
public final class CancelScope {

    /** What runs in a scope. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {

        /** Runs in the task that entered the scope. */
        T run(CancelScope scope) throws Exception;
    }

    /** A body without a result. */
    @FunctionalInterface
    public interface VoidBody {

        /** Runs in the task that entered the scope. */
        void run(CancelScope scope) throws Exception;
    }

    private enum State {
        CREATED,
        ACTIVE,
        LEFT
    }

    /** Tasks that run directly in this scope, and not in one below it. */
    final Set<Task<?>> tasks = new LinkedHashSet<>();

    private final Set<CancelScope> children = new LinkedHashSet<>();
    private State state = State.CREATED;
    private boolean shield;
    private boolean cancelCalled;
    private @Nullable CancelledError caught;
    private @Nullable String reason;
    private @Nullable Long deadline;
    private @Nullable TimerHandle timer;
    private @Nullable CancelScope parent;
    private @Nullable EventLoop loop;

    /** Makes a scope without a deadline. */
    public CancelScope() {}

    /**
     * Makes a scope whose deadline is in {@code seconds} from now on; one that is negative counts
     * as past. Needs a running loop.
     */
    public static CancelScope after(double seconds) {
        return afterNanos(EventLoop.nanos(seconds, "CancelScope.after"));
    }

    /** Same as {@link #after(double)}. */
    public static CancelScope after(Duration time) {
        return afterNanos(EventLoop.nanos(time));
    }

    private static CancelScope afterNanos(long nanos) {
        var scope = new CancelScope();
        scope.deadline = Asyncio.getRunningLoop().after(nanos);
        return scope;
    }

    // ---------------------------------------------------------------- entering and leaving

    /**
     * Runs {@code body} in this scope, in the calling task. Once for each scope.
     *
     * @return what the body returns; null if the scope's cancel has ended it, which {@link
     *     #cancelledCaught()} tells
     */
    @SuppressWarnings("NullAway") // see above
    public <T extends @Nullable Object> T call(Body<T> body) {
        Task<?> host = enter();
        int requestsBefore = host.isCancelDue() ? 0 : host.cancelling();
        T result = null;
        Throwable error = null;
        try {
            armTimer();
            result = body.run(this);
        } catch (Throwable e) {
            error = host.cancelBehind(e);
        }
        if (error instanceof CancelledError e
                && cancelCalled
                && !isCancelledFromOutside()
                && host.cancelling() <= requestsBefore) {
            caught = e;
            error = null;
        }
        leave(host, error);
        if (error != null) {
            throw Sneaky.sneakyThrow(error);
        }
        return result;
    }

    /** Same as {@link #call}, without a result. */
    public void run(VoidBody body) {
        this.<@Nullable Void>call(
                scope -> {
                    body.run(scope);
                    return null;
                });
    }

    private Task<?> enter() {
        if (state != State.CREATED) {
            throw new IllegalStateException(
                    "A scope can be entered once; make a new one each time: " + this);
        }
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> host = here.currentTaskFor("CancelScope");
        loop = here;
        state = State.ACTIVE;
        parent = host.scope();
        if (parent != null) {
            parent.children.add(this);
        }
        host.enterScope(this);
        return host;
    }

    private void leave(Task<?> host, @Nullable Throwable error) {
        state = State.LEFT;
        disarmTimer();
        CancelScope outer = parent;
        if (outer != null) {
            outer.children.remove(this);
        }
        boolean inOrder = host.scope() == this && host.loop.currentTask() == host;
        // Out of order, others are left here, too: they must not depend on a scope that is gone.
        for (CancelScope child : children) {
            child.parent = outer;
            if (outer != null) {
                outer.children.add(child);
            }
        }
        children.clear();
        for (Task<?> task : List.copyOf(tasks)) {
            task.enterScope(outer);
        }
        if (!inOrder) {
            var misnested =
                    new IllegalStateException(
                            "%s was not left by the task, or not in the order, in which it was"
                                            .formatted(this)
                                    + " entered. Has a generator yielded in it?");
            if (error != null) {
                misnested.addSuppressed(error);
            }
            throw misnested;
        }
    }

    // ---------------------------------------------------------------- cancelling

    /** Cancels the scope. Idempotent; without effect once it is left. */
    public void cancel() {
        cancel(null);
    }

    /**
     * Cancels the scope.
     *
     * @param why becomes the message of the {@link CancelledError}; null for none
     */
    public void cancel(@Nullable String why) {
        checkThread("cancel of a scope");
        if (cancelCalled || state == State.LEFT) {
            return;
        }
        cancelCalled = true;
        reason = why;
        disarmTimer();
        deliver(why);
    }

    private void deliver(@Nullable String why) {
        for (Task<?> task : List.copyOf(tasks)) {
            task.deliverScopeCancel(why);
        }
        for (CancelScope child : List.copyOf(children)) {
            if (!child.shield) {
                child.deliver(why);
            }
        }
    }

    /**
     * Tells whether a wait in this scope throws: it, or an unshielded one around it, is cancelled.
     */
    public boolean isEffectivelyCancelled() {
        return cancelInEffect() != null;
    }

    private boolean isCancelledFromOutside() {
        return !shield && parent != null && parent.isEffectivelyCancelled();
    }

    /** Returns the innermost cancelled scope that is felt here. */
    private @Nullable CancelScope cancelInEffect() {
        CancelScope scope = this;
        while (scope != null && !scope.cancelCalled) {
            scope = scope.shield ? null : scope.parent;
        }
        return scope;
    }

    /** Returns the reason of the cancel that is in effect here. */
    @Nullable String effectiveReason() {
        CancelScope cancelled = cancelInEffect();
        return cancelled == null ? null : cancelled.reason;
    }

    /**
     * Tells whether a cancel that is felt here belongs to a scope around {@code other}, too, be
     * that shielded from it or not.
     */
    boolean sharesCancelWith(@Nullable CancelScope other) {
        for (CancelScope s = cancelInEffect(); s != null; s = s.shield ? null : s.parent) {
            if (s.cancelCalled && s.isAround(other)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAround(@Nullable CancelScope other) {
        CancelScope scope = other;
        while (scope != null && scope != this) {
            scope = scope.parent;
        }
        return scope != null;
    }

    /** Tells whether {@link #cancel} was called, or the deadline has passed. */
    public boolean cancelCalled() {
        return cancelCalled;
    }

    /** Tells whether the cancel has ended the block, rather than come too late. */
    public boolean cancelledCaught() {
        return caught != null;
    }

    /** Returns the error that has ended at the border, which tells where the block was; or null. */
    @Nullable CancelledError caught() {
        return caught;
    }

    /** Returns how many scopes there are directly below this one. */
    int children() {
        return children.size();
    }

    // ---------------------------------------------------------------- options, changeable in use

    /** Tells whether cancels from outside are kept off. */
    public boolean shield() {
        return shield;
    }

    /**
     * Keeps cancels of the scopes around this one off, or lets them in again. Give such a scope a
     * deadline, so that its clean-up is bounded.
     */
    public CancelScope shield(boolean on) {
        checkThread("shield of a scope");
        boolean opened = shield && !on;
        shield = on;
        if (opened && !cancelCalled && isEffectivelyCancelled()) {
            deliver(effectiveReason());
        }
        return this;
    }

    /** Returns when the scope will be cancelled, in seconds of {@link EventLoop#time}; or null. */
    public @Nullable Double deadline() {
        return inSeconds(deadline);
    }

    /** Sets or moves the deadline, in seconds of {@link EventLoop#time}; null for none. */
    public CancelScope deadline(@Nullable Double when) {
        checkThread("deadline of a scope");
        deadline = when == null ? null : EventLoop.nanos(when, "deadline of a scope");
        if (state == State.ACTIVE) {
            armTimer();
        }
        return this;
    }

    /**
     * Returns the earliest deadline that is in effect here, of this scope or one around it, in
     * seconds of {@link EventLoop#time}: null if there is none, negative infinity if a cancel is in
     * effect.
     */
    public @Nullable Double effectiveDeadline() {
        if (isEffectivelyCancelled()) {
            return Double.NEGATIVE_INFINITY;
        }
        Long earliest = null;
        for (CancelScope scope = this; scope != null; scope = scope.shield ? null : scope.parent) {
            if (scope.deadline != null && (earliest == null || scope.deadline < earliest)) {
                earliest = scope.deadline;
            }
        }
        return inSeconds(earliest);
    }

    private static @Nullable Double inSeconds(@Nullable Long nanos) {
        return nanos == null ? null : nanos / EventLoop.NANOS_PER_SECOND;
    }

    private void armTimer() {
        disarmTimer();
        EventLoop l = loop;
        Long when = deadline;
        if (l == null || when == null || cancelCalled) {
            return;
        }
        if (when <= l.clock().nanoTime()) {
            cancel("deadline");
        } else {
            timer = l.callAtNanos(when, () -> cancel("deadline"), l.currentBindings());
        }
    }

    private void disarmTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void checkThread(String operation) {
        if (loop != null) {
            loop.checkThread(operation);
        }
    }

    @Override
    public String toString() {
        return "CancelScope(%s%s%s%s)"
                .formatted(
                        state,
                        shield ? ", shielded" : "",
                        cancelCalled ? ", cancelled" : "",
                        deadline == null ? "" : ", deadline=" + deadline());
    }
}
