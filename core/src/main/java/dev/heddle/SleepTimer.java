package dev.heddle;

import org.jspecify.annotations.Nullable;

/** The timer of a sleeping task: wakes it without a future or callback in between. */
final class SleepTimer extends TimerHandle {

    private final Strand sleeper;
    private boolean cancelled;

    SleepTimer(long deadline, Strand sleeper) {
        super(deadline);
        this.sleeper = sleeper;
    }

    @Override
    void proceed() {
        if (!cancelled) {
            cancelled = true; // too late to call it off
            sleeper.wake();
        }
    }

    /** Ends the sleep of a task that is cancelled; false if it is over. */
    boolean callOff(@Nullable Object message) {
        if (cancelled) {
            return false;
        }
        cancel();
        sleeper.task().wakeCancelled(message);
        return true;
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            sleeper.task().loop.noteCancelled(this);
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public @Nullable Context getContext() {
        return null;
    }

    @Override
    public String toString() {
        return "sleep until " + when();
    }
}
