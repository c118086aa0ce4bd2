package dev.heddle.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Checks that tasks get something in the order in which they came for it.
 *
 * <p>One that is overtaken must have given up: it is cancelled, and has not run since.
 */
final class Arrivals {

    private static final class Arrival {

        boolean overtaken;
    }

    private final List<Arrival> waiting = new ArrayList<>();

    /** Runs a wait that returns if the task has got what it came for. */
    <T> T inOrder(Supplier<T> wait) {
        var me = new Arrival();
        waiting.add(me);
        try {
            T got = wait.get();
            Race.ensure(!me.overtaken, "a task has got it that came later");
            for (int i = waiting.indexOf(me); --i >= 0; ) {
                waiting.get(i).overtaken = true;
            }
            return got;
        } finally {
            waiting.remove(me);
        }
    }

    /** Runs a wait that returns if the task has got what it came for. */
    void inOrder(Runnable wait) {
        inOrder(
                () -> {
                    wait.run();
                    return true;
                });
    }
}
