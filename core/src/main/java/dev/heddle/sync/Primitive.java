package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Task;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What all primitives share: the loop to which they belong.
 *
 * <p>One that nobody has waited on yet goes with the loop that uses it, so that it may be made
 * before there is a loop, and used in several programs one after the other. The first wait binds it
 * for good. While its loop runs, only the loop's thread may use it.
 */
abstract class Primitive {

    private @Nullable EventLoop loop; // the last one that used it
    private boolean bound; // to that loop, since a task has waited

    /**
     * Returns for how many waiters of {@code queue} there is something at the moment: as many may
     * be on their way.
     */
    int free(WaitQueue queue) {
        return 0;
    }

    /** Returns the tasks that have what a waiter waits for, as far as that is known. */
    List<Task<?>> tasksBehind() {
        return List.of();
    }

    /** Wakes others in place of a waiter of {@code queue} that was woken and will not look. */
    void passOn(WaitQueue queue) {
        queue.wakeFree();
    }

    // ---------------------------------------------------------------- the loop

    /** Throws if the caller may not use this. */
    final void check(String operation) {
        EventLoop here = EventLoop.runningOrNull();
        if (here != loop) {
            enter(here, operation);
        }
    }

    /** Throws if the caller may not use this, or is not a task, which alone can wait. */
    final Task<?> callingTask(String operation) {
        EventLoop here = EventLoop.runningOrNull();
        if (here != loop) {
            enter(here, operation);
        }
        Task<?> task = here == null ? null : here.currentTask();
        if (task == null) {
            throw notInTask(here, operation);
        }
        return task;
    }

    private void enter(@Nullable EventLoop here, String operation) {
        EventLoop own = loop;
        if (own != null && own.isRunning()) {
            throw here == null ? wrongThread(own, operation) : differentLoop(own, here, operation);
        }
        if (here != null && !bound) {
            loop = here;
        }
    }

    /** Binds this to the running loop, in which a task is about to wait. */
    final void bind() {
        EventLoop here = Asyncio.getRunningLoop();
        EventLoop own = loop;
        if (own != null && own != here) {
            throw differentLoop(own, here, "a wait");
        }
        loop = here;
        bound = true;
    }

    private IllegalStateException wrongThread(EventLoop own, String operation) {
        return new IllegalStateException(
                "%s was called on thread %s, and %s belongs to %s. Use its callSoonThreadsafe."
                        .formatted(operation, Thread.currentThread(), this, own));
    }

    private IllegalStateException differentLoop(EventLoop own, EventLoop here, String operation) {
        return new IllegalStateException(
                ("%s is bound to a different event loop: it belongs to %s, and %s was called in %s."
                                + " Make one for each loop, or use callSoonThreadsafe.")
                        .formatted(this, own, operation, here));
    }

    private static IllegalStateException notInTask(@Nullable EventLoop here, String operation) {
        return new IllegalStateException(
                here == null
                        ? ("no running event loop on %s: %s may have to wait, and only a task can."
                                        + " Call it below run(...).")
                                .formatted(Thread.currentThread(), operation)
                        : ("%s was called in %s, outside of a task. It may have to wait, and"
                               + " callbacks cannot: start a task with createTask and call it"
                               + " there.")
                                .formatted(operation, here));
    }
}
