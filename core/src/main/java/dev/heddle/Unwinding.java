package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Ends the tasks of a loop that is being closed, so that their finally blocks run and their threads
 * end. What a garbage collector does in CPython happens here in a defined place.
 *
 * <p>It ends even if the tasks refuse to, or make others for ever.
 */
final class Unwinding {

    /** How often it looks for tasks which those that it has ended have made. */
    private static final int MOST_GENERATIONS = 10;

    /** How many steps it lets those make which were blocked in the JDK. */
    private static final int MOST_STEPS = 10_000;

    private final EventLoop loop;
    private final Set<Task<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable KeyboardInterrupt interrupt;
    private int steps;

    private Unwinding(EventLoop loop) {
        this.loop = loop;
    }

    static void run(EventLoop loop) {
        var unwinding = new Unwinding(loop);
        for (int i = 0; i < MOST_GENERATIONS && unwinding.runGeneration(); i++) {}
        if (unwinding.interrupt != null) {
            throw unwinding.interrupt;
        }
    }

    /** Ends the tasks that are there; returns whether there were any. */
    private boolean runGeneration() {
        boolean any = false;
        for (Task<?> task : loop.tasks.copy()) {
            if (!task.done() && seen.add(task)) {
                any = true;
                step(() -> report(task));
                step(() -> task.unwind(new CancelledError(loop + " is closed")));
            }
        }
        runFreed();
        return any;
    }

    private void report(Task<?> task) {
        loop.callExceptionHandler(
                ErrorContext.of("Task was destroyed but it is pending!", null)
                        .with(task)
                        .withSource(loop.creationStack(task)));
    }

    /** Lets those go on which an interrupt has freed from a call of the JDK. */
    private void runFreed() {
        loop.turn.ready.takeInForeign();
        List<ReadyItem> others = new ArrayList<>();
        for (ReadyItem item; (item = loop.turn.ready.poll()) != null; ) {
            if (item instanceof Strand strand && strand.isBlocked() && steps++ < MOST_STEPS) {
                step(strand::proceed);
            } else if (!(item instanceof Handle)) {
                others.add(item);
            }
        }
        others.forEach(loop.turn.ready::add); // for the late comers
    }

    private void step(Runnable body) {
        loop.resetRefusals();
        try {
            body.run();
            loop.turn.runUrgent();
        } catch (KeyboardInterrupt e) {
            interrupt = e;
        }
    }
}
