package dev.heddle;

import org.jspecify.annotations.Nullable;

/** A callback in the ready queue. */
final class CallbackHandle extends Handle {

    private final EventLoop loop;
    private final Object context; // Context, or the Bindings of which it gets a copy
    private @Nullable Runnable action;

    CallbackHandle(EventLoop loop, Runnable action, Object context) {
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
        loop.checkThread("cancel of a handle");
        action = null;
    }

    @Override
    public boolean cancelled() {
        return action == null;
    }

    @Override
    public Context getContext() {
        return EventLoop.copyOf(context);
    }

    @Override
    public String toString() {
        return action == null ? "Handle(cancelled)" : "Handle(" + action + ")";
    }
}
