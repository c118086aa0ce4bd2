package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * By which a task that {@link TaskGroup#start} has started says that it is ready.
 *
 * <p>States: starting → started | failed | given up, since whoever waited was cancelled.
 *
 * <p>Source: trio's {@code TaskStatus}.
 *
 * @param <V> the type of what it says
 */
public final class TaskStatus<V extends @Nullable Object> {

    private final List<Task<?>> server = new ArrayList<>(1);
    private final Future<V> outcome;

    TaskStatus(EventLoop loop) {
        outcome = new JointFuture<>(loop, "start in a task group", server);
    }

    /** Tells whose word it is that {@link #await} waits for. */
    void servedBy(Task<?> task) {
        server.add(task);
    }

    /**
     * Says that the task is ready: {@link TaskGroup#start} returns {@code value}.
     *
     * @throws IllegalStateException if it was said before
     */
    public void started(V value) {
        if (outcome.cancelled()) {
            return; // whoever waited is gone, and has cancelled this task
        }
        if (outcome.done()) {
            throw new IllegalStateException(
                    "started() was called before, and can be called once: " + outcome);
        }
        outcome.setResult(value);
    }

    V await() {
        return outcome.await();
    }

    /** Runs the service; an error before it has started is thrown where {@link #await} waits. */
    @Nullable Void serve(TaskGroup.Service<V> service) {
        try {
            service.run(this);
        } catch (Throwable thrown) {
            Throwable e = outcome.loop.currentTaskFor("start").cancelBehind(thrown);
            if (outcome.done() || e instanceof CancelledError || e instanceof KeyboardInterrupt) {
                throw Sneaky.sneakyThrow(e); // not for the one who waits alone
            }
            outcome.setException(e);
        }
        return null;
    }

    /** Sees to it that nobody waits for a task that has ended without a word. */
    void onTaskDone(Task<?> task) {
        if (outcome.done()) {
            return;
        }
        String end = task.cancelled() ? "was cancelled" : "ended";
        var error =
                new IllegalStateException(
                        "%s %s before it called started()".formatted(task.getName(), end));
        try {
            task.result();
        } catch (Throwable e) {
            error.initCause(e);
        }
        outcome.setException(error);
    }
}
