package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A coroutine that a task of one loop runs in another loop, and the future for which it waits.
 *
 * <pre>
 *      caller's loop                     target loop
 *      PENDING        ── begin ──►       RUNNING
 *      PENDING        ── cancel ─►       RUNNING     each cancel of the caller
 *      DONE           ◄── answer ──      ENDED       once; also when the target is closed
 * </pre>
 *
 * <p>The arrows go through the ready queues of the two loops, so each object here is used by one
 * thread at a time. The future never ends before the callee has ended: to cancel it is to cancel
 * the callee, as when a task awaits a task.
 *
 * <p>A cancel may pass the answer on the way. Then the outcome counts, and the cancel is thrown at
 * the caller's next wait; so neither gets lost.
 */
final class LoopCall<T extends @Nullable Object> extends Future<T> {

    private final Task<?> caller;
    private final EventLoop target;
    private final Coroutine<T> coroutine;
    private final Context context = Context.copyCurrent();
    private final @Nullable LoopGroup callerGroup;
    private final int requestsBefore;
    private final Runnable onTargetClosed = this::targetClosed;
    private final AtomicBoolean answered = new AtomicBoolean();

    // Written by the caller's thread.
    private int sent;
    private @Nullable Object lastMessage;

    // Written by the target's thread, and read by the caller's after the answer.
    private volatile @Nullable Task<T> callee;
    private @Nullable Throwable refusal;
    private int delivered;

    private LoopCall(Task<?> caller, EventLoop target, Coroutine<T> coroutine) {
        super(caller.loop);
        this.caller = caller;
        this.target = target;
        this.coroutine = coroutine;
        this.callerGroup = LoopMembership.of(caller.loop).group;
        this.requestsBefore = caller.cancelling();
    }

    /** Runs {@code coroutine} in {@code target}, and suspends the calling task meanwhile. */
    static <T extends @Nullable Object> T run(EventLoop target, Coroutine<T> coroutine) {
        EventLoop here = EventLoop.runningOrNull();
        if (here == null) {
            throw new IllegalStateException(
                    "LoopGroup.call was called on %s, where no event loop runs."
                                    .formatted(Thread.currentThread())
                            + " Use submit, or runCoroutineThreadsafe of the loop.");
        }
        Task<?> caller = here.currentTaskFor("LoopGroup.call");
        if (caller.isCancelDue() || caller.inCancelledScope()) {
            caller.yieldOnce(); // throws, before anything is begun
        }
        target.checkOpen();
        return new LoopCall<>(caller, target, coroutine).run();
    }

    // ---------------------------------------------------------------- in the caller's loop

    private T run() {
        loop.turn.expect();
        target.onClose(onTargetClosed);
        send(this::begin);
        CancelledError late = null;
        try {
            caller.awaitFuture(this);
        } catch (Throwable e) {
            if (!done()) { // this loop is being closed, or the caller cannot wait here
                send(() -> deliver(null));
                throw e;
            }
            if (e instanceof CancelledError c && !cancelled()) {
                late = c; // of the caller, when the answer was there
            }
        }
        if (late != null || sent > delivered) {
            throwCancelAtNextWait(late == null ? lastMessage : late.cancelMessage());
        }
        return result();
    }

    private void throwCancelAtNextWait(@Nullable Object message) {
        if (!cancelled() && caller.cancelling() > requestsBefore) { // else it is one of a scope
            caller.uncancel();
            caller.cancel(message);
        }
    }

    /** Returns the callee, a task of the other loop, once it has begun. */
    @Override
    Collection<Task<?>> parts() {
        Task<T> task = callee;
        return task == null ? List.of() : List.of(task);
    }

    /** Cancels the callee, whose end will end this. */
    @Override
    public boolean cancel(@Nullable Object message) {
        loop.checkThread("cancel");
        if (done()) {
            return false;
        }
        sent++;
        lastMessage = message;
        send(() -> deliver(message));
        return true;
    }

    private void send(Runnable message) {
        target.resume(new Message(message));
    }

    private void receiveAnswer() {
        loop.turn.arrived();
        Task<T> task = callee;
        if (refusal != null) {
            finishFailed(refusal);
        } else if (task != null) {
            copyFrom(task);
        }
    }

    // ---------------------------------------------------------------- in the target loop

    private void begin() {
        Task<T> task;
        try {
            task = target.createTask(coroutine, TaskOptions.DEFAULT.withContext(context));
        } catch (KeyboardInterrupt e) { // it was eager
            refuse(e);
            throw e;
        } catch (RuntimeException | Error e) { // the loop is closed, or its task factory has failed
            refuse(e);
            return;
        }
        callee = task;
        LoopMembership.of(target).called.put(task, this);
        task.addDoneCallback(this::calleeEnded);
    }

    private void deliver(@Nullable Object message) {
        Task<T> task = callee;
        if (task != null && task.cancel(message)) {
            delivered++;
        }
    }

    private void calleeEnded(Future<T> task) {
        LoopMembership.of(target).called.remove(task);
        task.settle(); // the caller will see it
        answer();
    }

    /** On whatever thread closes the target. */
    private void targetClosed() {
        Task<T> task = callee;
        if (task == null || !task.done()) {
            refuse(new IllegalStateException(target + " was closed before this was done: " + task));
        } else {
            answer();
        }
    }

    private void refuse(Throwable why) {
        if (answered.compareAndSet(false, true)) {
            refusal = why;
            sendAnswer();
        }
    }

    private void answer() {
        if (answered.compareAndSet(false, true)) {
            sendAnswer();
        }
    }

    private void sendAnswer() {
        target.forgetOnClose(onTargetClosed);
        loop.resume(new Message(this::receiveAnswer));
    }

    /** Tells whether the caller is in the same group as the target, and so is closed with it. */
    boolean isFrom(LoopGroup group) {
        return callerGroup == group;
    }

    @Override
    public String toString() {
        return "LoopCall(to %s, %s)".formatted(target, describeState());
    }

    /** What one loop tells the other; unlike a callback it also arrives in one that is closed. */
    private static final class Message extends ReadyItem {

        private final Runnable body;

        Message(Runnable body) {
            this.body = body;
        }

        @Override
        void proceed() {
            body.run();
        }
    }
}
