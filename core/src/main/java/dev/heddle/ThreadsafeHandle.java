package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A callback from another thread, which that thread can also take back.
 *
 * <p>The lock is held while the callback runs. So a cancel from another thread either comes before
 * it and prevents it, or waits until it has finished; within the callback it has no effect.
 */
final class ThreadsafeHandle extends Handle {

    private final EventLoop loop;
    private final Object context;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Runnable action;

    ThreadsafeHandle(EventLoop loop, Runnable action, Object context) {
        this.loop = loop;
        this.action = action;
        this.context = context;
    }

    @Override
    void proceed() {
        lock.lock();
        try {
            Runnable todo = action;
            if (todo != null) {
                loop.invoke(todo, context, this);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        lock.lock();
        try {
            action = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean cancelled() {
        lock.lock();
        try {
            return action == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Context getContext() {
        return EventLoop.copyOf(context);
    }

    @Override
    public String toString() {
        return "ThreadsafeHandle(" + action + ")";
    }
}
