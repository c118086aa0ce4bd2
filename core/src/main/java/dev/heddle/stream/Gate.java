package dev.heddle.stream;

import dev.heddle.Suspension;

import java.util.ArrayList;
import java.util.List;

/** Where tasks wait until it is opened for all of them. Makes nothing before one does. */
final class Gate {

    /** How a wait has ended. */
    enum Outcome {
        OPENED,
        TIMED_OUT,
        CLOSED
    }

    private final String what;
    private List<Wait> waits = List.of();

    /**
     * Makes one.
     *
     * @param what what is waited for, for the text of a task
     */
    Gate(String what) {
        this.what = what;
    }

    private final class Wait extends Suspension {

        private Outcome outcome = Outcome.OPENED;

        @Override
        protected boolean callOff() {
            waits.remove(this);
            return true;
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /** Tells whether nobody waits. */
    boolean isIdle() {
        return waits.isEmpty();
    }

    /** Suspends the calling task until {@link #open} is called. */
    Outcome await() {
        var wait = new Wait();
        if (waits.isEmpty()) {
            waits = new ArrayList<>(2);
        }
        waits.add(wait);
        wait.suspend();
        return wait.outcome;
    }

    /** Lets all go on that wait, in the order in which they came, and tells them why. */
    void open(Outcome outcome) {
        List<Wait> all = waits;
        waits = List.of();
        for (Wait wait : all) {
            wait.outcome = outcome;
            wait.wake();
        }
    }
}
