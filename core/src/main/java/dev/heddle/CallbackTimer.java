package dev.heddle;

import org.jspecify.annotations.Nullable;

/** A callback in the timer queue. */
final class CallbackTimer extends TimerHandle {

    private final EventLoop loop;
    private final Object context; // Context, or the Bindings of which it gets a copy
    private @Nullable Runnable action;

    CallbackTimer(EventLoop loop, long deadline, Runnable action, Object context) {
        super(deadline);
        this.loop = loop;
        this.action = action;
        this.context = context;
    }

    @Override
    void proceed() {
        Runnable todo = action;
        if (todo != null) {
            loop.invoke(todo, context, this);
        }
    }

    @Override
    public void cancel() {
        loop.checkThread("cancel of a timer");
        if (action != null) {
            action = null;
            loop.noteCancelled(this);
        }
    }

    @Override
    public boolean cancelled() {
        return action == null;
    }

    /** Returns what it will run, or null if it is cancelled. */
    @Nullable Runnable action() {
        return action;
    }

    @Override
    public Context getContext() {
        return EventLoop.copyOf(context);
    }

    @Override
    public String toString() {
        return "TimerHandle(when=%s, %s)"
                .formatted(when(), action == null ? "cancelled" : action.toString());
    }
}
