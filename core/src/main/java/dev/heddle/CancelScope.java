package dev.heddle;

import dev.heddle.internal.Sneaky;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A block that can be cancelled as a whole: the code in it, and the tasks of the groups in it.
 *
 * <pre>
 * CREATED ─► ACTIVE ─► LEFT      and at any time, once: cancelled
 * </pre>
 *
 * <p>It is level-triggered: once it is cancelled, each wait in it throws {@link CancelledError}, until
 * the block is left; so an error that was swallowed does not lose the cancel. The block's own {@code
 * CancelledError} ends at its border, and the code behind it goes on.
 *
 * <p>Scopes form a tree. A cancel reaches all scopes below it, except for those that are {@linkplain
 * #shield shielded}. If several are cancelled, the {@code CancelledError} goes to the outermost. A
 * {@link Task#cancel} of the task outranks the scopes: its {@code CancelledError} passes their
 * borders.
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
    private boolean cancelledCaught;
    private @Nullable String reason;
    private @Nullable Double deadline;
    private @Nullable TimerHandle timer;
    private @Nullable CancelScope parent;
    private @Nullable EventLoop loop;

    /** Makes a scope without a deadline. */
    public CancelScope() {}

    /** Makes a scope whose deadline is in {@code seconds} from now on; needs a running loop. */
    public static CancelScope after(double seconds) {
        return new CancelScope().deadline(inSeconds(seconds));
    }

    static double inSeconds(double seconds) {
        if (Double.isNaN(seconds) || seconds < 0) {
            throw new IllegalArgumentException("The time must be 0 or more seconds: " + seconds);
        }
        return Asyncio.getRunningLoop().time() + seconds;
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
        if (state != State.CREATED) {
            throw new IllegalStateException("A scope can be entered once: " + this);
        }
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> host = here.currentTaskFor("CancelScope");
        int cancellingAtEntry = host.cancelling();
        loop = here;
        state = State.ACTIVE;
        parent = host.scope();
        if (parent != null) {
            parent.children.add(this);
        }
        host.enterScope(this);
        armTimer();
        try {
            return body.run(this);
        } catch (Throwable thrown) {
            Throwable e = host.cancelBehind(thrown);
            if (!(e instanceof CancelledError) || !isOurs(host, cancellingAtEntry)) {
                throw Sneaky.sneakyThrow(e);
            }
            cancelledCaught = true;
            return null;
        } finally {
            leave(host);
        }
    }

    /** Same as {@link #call}, without a result. */
    public void run(VoidBody body) {
        this.<@Nullable Void>call(
                scope -> {
                    body.run(scope);
                    return null;
                });
    }

    /** Whether a {@link CancelledError} that arrives at the border has come from this scope. */
    private boolean isOurs(Task<?> host, int cancellingAtEntry) {
        boolean outerCancelled = !shield && parent != null && parent.isEffectivelyCancelled();
        return cancelCalled && !outerCancelled && host.cancelling() <= cancellingAtEntry;
    }

    private void leave(Task<?> host) {
        state = State.LEFT;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        host.enterScope(parent);
        if (parent != null) {
            parent.children.remove(this);
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
        if (loop != null) {
            loop.checkThread("cancel of a scope");
        }
        if (cancelCalled || state == State.LEFT) {
            return;
        }
        cancelCalled = true;
        reason = why;
        deliver(why);
    }

    private void deliver(@Nullable String why) {
        for (Task<?> task : Set.copyOf(tasks)) {
            task.deliverScopeCancel(why);
        }
        for (CancelScope child : Set.copyOf(children)) {
            if (!child.shield) {
                child.deliver(why);
            }
        }
    }

    /** Tells whether a wait in this scope throws: it, or an unshielded one around it, is cancelled. */
    public boolean isEffectivelyCancelled() {
        for (CancelScope scope = this; scope != null; scope = scope.shield ? null : scope.parent) {
            if (scope.cancelCalled) {
                return true;
            }
        }
        return false;
    }

    /** Returns the reason of the cancel that is in effect here. */
    @Nullable String effectiveReason() {
        for (CancelScope scope = this; scope != null; scope = scope.shield ? null : scope.parent) {
            if (scope.cancelCalled) {
                return scope.reason;
            }
        }
        return null;
    }

    /** Tells whether {@link #cancel} was called, or the deadline has passed. */
    public boolean cancelCalled() {
        return cancelCalled;
    }

    /** Tells whether the cancel has ended the block, rather than come too late. */
    public boolean cancelledCaught() {
        return cancelledCaught;
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
        boolean before = shield;
        shield = on;
        if (before && !on && state == State.ACTIVE && !cancelCalled && isEffectivelyCancelled()) {
            deliver(effectiveReason());
        }
        return this;
    }

    /** Returns when the scope will be cancelled, in seconds of {@link EventLoop#time}; or null. */
    public @Nullable Double deadline() {
        return deadline;
    }

    /** Sets or moves the deadline; null for none. */
    public CancelScope deadline(@Nullable Double when) {
        if (when != null && when.isNaN()) {
            throw new IllegalArgumentException("The deadline is NaN");
        }
        deadline = when;
        if (state == State.ACTIVE) {
            armTimer();
        }
        return this;
    }

    /** Returns the earliest deadline that is in effect here: of this scope or one around it. */
    public @Nullable Double effectiveDeadline() {
        Double earliest = null;
        for (CancelScope scope = this; scope != null; scope = scope.shield ? null : scope.parent) {
            if (scope.cancelCalled) {
                return Double.NEGATIVE_INFINITY;
            }
            if (scope.deadline != null && (earliest == null || scope.deadline < earliest)) {
                earliest = scope.deadline;
            }
        }
        return earliest;
    }

    private void armTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        EventLoop l = loop;
        Double when = deadline;
        if (l == null || when == null || cancelCalled) {
            return;
        }
        if (when <= l.time()) {
            cancel("deadline");
        } else if (when != Double.POSITIVE_INFINITY) {
            timer = l.callAt(when, () -> cancel("deadline"));
        }
    }

    @Override
    public String toString() {
        return "CancelScope(%s%s%s%s)"
                .formatted(
                        state,
                        shield ? ", shielded" : "",
                        cancelCalled ? ", cancelled" : "",
                        deadline == null ? "" : ", deadline=" + deadline);
    }
}
