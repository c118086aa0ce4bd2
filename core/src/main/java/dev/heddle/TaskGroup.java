package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tasks that end together: the block that opens a group is left when all of its tasks have ended.
 *
 * <pre>
 * CREATED ─► ENTERED ─► EXITING ─► EXITED      and in between, once: aborting
 * </pre>
 *
 * <p>The promise:
 *
 * <ul>
 *   <li>if all tasks end well, the group returns what its body returns;
 *   <li>if a task or the body fails, all others are cancelled and awaited, and the group throws an
 *       {@link ExceptionGroup} of all errors;
 *   <li>a task that is cancelled by itself counts as ended, and disturbs nobody;
 *   <li>if the task that runs the group is cancelled, all are cancelled and awaited, and the {@link
 *       CancelledError} goes on, unless there are errors, which come first; the next wait then
 *       throws it;
 *   <li>a {@link KeyboardInterrupt} is thrown as it is.
 * </ul>
 *
 * <p>The tasks run in the {@link CancelScope} in which the group was entered. If that is cancelled,
 * it cancels them in its own way, again at each wait and not where they are shielded from it; so
 * the group does not cancel them in addition.
 *
 * <p>Source: {@code asyncio.TaskGroup}; {@code start} is trio's.
 */
public final class TaskGroup {

    /** What runs in a group. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {

        /** Runs in the task that opened the group. */
        T run(TaskGroup group) throws Exception;
    }

    /** A body without a result. */
    @FunctionalInterface
    public interface VoidBody {

        /** Runs in the task that opened the group. */
        void run(TaskGroup group) throws Exception;
    }

    /** A task of a group that says when it is ready. */
    @FunctionalInterface
    public interface Service<V extends @Nullable Object> {

        /** Runs as a task of the group, and calls {@link TaskStatus#started} once. */
        void run(TaskStatus<V> status) throws Exception;
    }

    private enum State {
        CREATED,
        ENTERED,
        EXITING,
        EXITED
    }

    private final Set<Task<?>> tasks = new LinkedHashSet<>();
    private final List<Throwable> errors = new ArrayList<>();
    private State state = State.CREATED;

    /** Whether the group takes no more tasks, since it is to end. */
    private boolean aborting;

    private boolean tasksCancelled;
    private boolean bodyCancelled;
    private @Nullable EventLoop loop;
    private @Nullable Task<?> host;
    private @Nullable CancelScope scope;
    private int requestsBefore;
    private @Nullable Future<@Nullable Void> allEnded;

    /** Makes a group, which {@link #run} opens. */
    public TaskGroup() {}

    /**
     * Runs {@code body} in a group; see {@link Asyncio#taskGroup}. Once for each group.
     *
     * @return what the body returns; null if {@link #cancel} has ended it
     */
    @SuppressWarnings("NullAway") // null only if the body was cancelled by cancel()
    public <T extends @Nullable Object> T run(Body<T> body) {
        Task<?> task = enter();
        T result = null;
        Throwable error = null;
        try {
            result = body.run(this);
        } catch (Throwable e) {
            error = task.cancelBehind(e);
        }
        exit(task, error);
        return result;
    }

    private Task<?> enter() {
        if (state != State.CREATED) {
            throw new IllegalStateException(
                    "A task group can be entered once; make a new one each time: " + this);
        }
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> task = here.currentTaskFor("taskGroup");
        loop = here;
        host = task;
        scope = task.scope();
        requestsBefore = task.isCancelDue() ? 0 : task.cancelling();
        state = State.ENTERED;
        if (aborting) { // cancelled before
            cancelBody();
        }
        return task;
    }

    // ---------------------------------------------------------------- leaving

    /** Waits for all tasks, and throws what is to be thrown, if anything is. */
    private void exit(Task<?> task, @Nullable Throwable error) {
        state = State.EXITING;
        CancelledError cancelled = error instanceof CancelledError c ? c : null;
        if (error != null) {
            abort();
        }
        cancelled = awaitTasks(task, cancelled);
        state = State.EXITED;
        host = null;
        if (bodyCancelled && takeBackRequest(task)) {
            cancelled = null; // the only request was ours, to get the body to end
        }
        if (error != null && !(error instanceof CancelledError)) {
            errors.add(error);
        }
        throwInterrupt();
        if (!errors.isEmpty()) {
            if (task.cancelling() > requestsBefore) {
                // Errors come first, and the cancel must not be lost: the next wait throws it.
                task.uncancel();
                task.cancel(cancelled == null ? null : cancelled.cancelMessage());
            }
            throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
        }
        if (cancelled != null) {
            throw cancelled;
        }
    }

    /** Throws an interrupt as it is, if there is one, and what else has failed along with it. */
    private void throwInterrupt() {
        KeyboardInterrupt interrupt = null;
        for (Throwable e : errors) {
            if (interrupt == null && e instanceof KeyboardInterrupt k) {
                interrupt = k;
            }
        }
        if (interrupt != null) {
            for (Throwable e : errors) {
                if (e != interrupt) {
                    interrupt.addSuppressed(e);
                }
            }
            throw interrupt;
        }
    }

    /**
     * Waits until all tasks have ended, however often it is cancelled meanwhile.
     *
     * @param ofBody with which the body has ended
     * @return the cancel to throw: the first one that somebody has asked of the host, or else the
     *     one of a scope
     */
    private @Nullable CancelledError awaitTasks(Task<?> task, @Nullable CancelledError ofBody) {
        CancelledError cancelled = ofBody;
        int seen = requestsFromOutside(task);
        boolean asked = ofBody != null && seen > 0;
        if (asked) {
            cancelTasks();
        }
        while (!tasks.isEmpty()) {
            var ended = new JointFuture<@Nullable Void>(task.loop, "task group", tasks);
            allEnded = ended;
            try {
                if (aborting) {
                    // Whatever cancelled scope this is in has done what it can, and would only make
                    // this wait end again and again.
                    new CancelScope().shield(true).run(s -> ended.await());
                } else {
                    ended.await();
                }
            } catch (CancelledError e) {
                if (task.loop.isClosing()) {
                    throw e; // nobody would end this wait; the tasks are ended as this one is
                }
                boolean asks = requestsFromOutside(task) > seen;
                if ((asks && !asked) || !aborting) {
                    cancelled = e;
                }
                abort();
                if (asks) {
                    asked = true;
                    cancelTasks();
                }
            }
            allEnded = null;
        }
        return cancelled;
    }

    /** Returns how many requests to cancel the host, made since it is here, are not the group's. */
    private int requestsFromOutside(Task<?> task) {
        return task.cancelling() - requestsBefore - (bodyCancelled ? 1 : 0);
    }

    /** Takes our request to cancel the host back; returns whether there is no other one. */
    private boolean takeBackRequest(Task<?> task) {
        if (task.uncancel() > requestsBefore) {
            return false;
        }
        task.dropCancel(); // one that is still due was ours, and came too late
        return !task.inCancelledScope();
    }

    /**
     * Closes the group and cancels its tasks. If the scope around the group is cancelled it has
     * cancelled them already, and what they have shielded from it may go on.
     */
    private void abort() {
        aborting = true;
        if (scope == null || !scope.isEffectivelyCancelled()) {
            cancelTasks();
        }
    }

    private void cancelTasks() {
        if (!tasksCancelled) {
            tasksCancelled = true;
            for (Task<?> task : List.copyOf(tasks)) {
                task.cancel();
            }
        }
    }

    private void cancelBody() {
        Task<?> task = host;
        if (task != null && state == State.ENTERED && !bodyCancelled) {
            bodyCancelled = true;
            task.cancel();
        }
    }

    private void onTaskDone(Task<?> task) {
        tasks.remove(task);
        if (allEnded != null && tasks.isEmpty() && !allEnded.done()) {
            allEnded.setResult(null);
        }
        if (task.cancelled()) {
            return;
        }
        Throwable error = task.exception();
        if (error == null) {
            return;
        }
        errors.add(error);
        if (!aborting) {
            abort();
            if (tasksCancelled) {
                cancelBody();
            }
        }
    }

    // ---------------------------------------------------------------- use

    /**
     * Starts a task in the group. A task of the group may do so too.
     *
     * @throws IllegalStateException if the group is not entered, is shutting down, or is finished
     */
    public <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /** Same as {@link #createTask(Coroutine)}. */
    public Task<Void> createTask(VoidCoroutine coroutine) {
        return createTask(coroutine.asCoroutine(), TaskOptions.DEFAULT);
    }

    /** Same as {@link #createTask(Coroutine)}, with a name. */
    public <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine, String name) {
        return createTask(coroutine, TaskOptions.DEFAULT.withName(name));
    }

    /** Same as {@link #createTask(Coroutine)}, with a name. */
    public Task<Void> createTask(VoidCoroutine coroutine, String name) {
        return createTask(coroutine.asCoroutine(), TaskOptions.DEFAULT.withName(name));
    }

    /** Same as {@link #createTask(Coroutine)}, with options. */
    public Task<Void> createTask(VoidCoroutine coroutine, TaskOptions options) {
        return createTask(coroutine.asCoroutine(), options);
    }

    /** Same as {@link #createTask(Coroutine)}, with options. */
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        EventLoop l = checkOpenFor("createTask");
        Task<T> task = l.createTask(coroutine, options, scope);
        tasks.add(task);
        // Also if it was eager and is done: its error must not come while it is being created.
        task.addDoneCallback(t -> onTaskDone(task));
        if (tasksCancelled) {
            task.cancel(); // it was eager, and has called cancel() itself
        }
        return task;
    }

    private EventLoop checkOpenFor(String operation) {
        EventLoop l = loop;
        if (l == null) {
            throw new IllegalStateException(
                    operation
                            + ": the task group has not been entered; use taskGroup(group -> ...)");
        }
        if (state == State.EXITED || (state == State.EXITING && tasks.isEmpty())) {
            throw new IllegalStateException(operation + ": the task group is finished: " + this);
        }
        if (aborting) {
            throw new IllegalStateException(
                    operation + ": the task group is shutting down: " + this);
        }
        return l;
    }

    /**
     * Starts a task in the group and waits until it says that it has started; returns what it says.
     * An error before that is thrown here, and does not disturb the group. A cancel before that
     * cancels the task.
     *
     * @throws IllegalStateException if the task ends, or is cancelled, without a word
     */
    public <V extends @Nullable Object> V start(Service<V> service) {
        return start(service, TaskOptions.DEFAULT);
    }

    /** Same as {@link #start(Service)}, with options for the task. */
    public <V extends @Nullable Object> V start(Service<V> service, TaskOptions options) {
        EventLoop l = checkOpenFor("start");
        l.currentTaskFor("start");
        var status = new TaskStatus<V>(l);
        Task<@Nullable Void> task = createTask(() -> status.serve(service), options);
        task.addDoneCallback(t -> status.onTaskDone(task));
        status.servedBy(task);
        try {
            return status.await();
        } catch (CancelledError e) {
            task.cancel();
            throw e;
        }
    }

    /**
     * Ends the group: cancels its unfinished tasks and its body. The group then returns without a
     * {@link CancelledError}, and throws only what tasks fail with. Idempotent; before the group is
     * entered it takes effect then, and afterwards it has none.
     *
     * <p>A body that is cancelled has no result: {@link #run} returns null.
     */
    public void cancel() {
        if (loop != null) {
            loop.checkThread("cancel of a task group");
        }
        if (state == State.EXITED) {
            return;
        }
        aborting = true;
        cancelTasks();
        cancelBody();
    }

    @Override
    public String toString() {
        return "TaskGroup(%s%s, %d tasks, %d errors)"
                .formatted(state, aborting ? ", aborting" : "", tasks.size(), errors.size());
    }
}
