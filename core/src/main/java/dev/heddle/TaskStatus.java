package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * By which a task that {@link TaskGroup#start} has started says that it is ready.
 *
 * <p>States: starting → started | failed.
 *
 * <p>Source: trio's {@code TaskStatus}.
 *
 * @param <V> the type of what it says
 */
public final class TaskStatus<V extends @Nullable Object> {

    private final Future<V> outcome;

    TaskStatus(EventLoop loop) {
        outcome = new Future<>(loop);
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
            throw new IllegalStateException("started() was called before");
        }
        outcome.setResult(value);
    }

    V await() {
        return outcome.await();
    }

    /** Hands an error to whoever waits; false if the task had started. */
    boolean failBeforeStart(Throwable error) {
        if (outcome.done()) {
            return false;
        }
        if (error instanceof CancelledError) {
            outcome.cancel(((CancelledError) error).cancelMessage());
        } else {
            outcome.setException(error);
        }
        return true;
    }

    void endWithoutWord() {
        if (!outcome.done()) {
            outcome.setException(
                    new IllegalStateException("The task ended without calling started()"));
        }
    }
}
