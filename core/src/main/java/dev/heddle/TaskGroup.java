package dev.heddle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    private boolean aborting;
    private boolean parentCancelRequested;
    private @Nullable KeyboardInterrupt interrupt;
    private @Nullable EventLoop loop;
    private @Nullable Task<?> parent;
    private @Nullable CancelScope scope;
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
        Task<?> host = enter();
        T result;
        try {
            result = body.run(this);
        } catch (Throwable e) {
            exit(host, host.cancelBehind(e));
            return null;
        }
        exit(host, null);
        return result;
    }

    private Task<?> enter() {
        if (state != State.CREATED) {
            throw new IllegalStateException(
                    "A task group can be entered once, and this has been: " + this);
        }
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> host = here.currentTaskFor("taskGroup");
        loop = here;
        parent = host;
        scope = host.scope();
        state = State.ENTERED;
        if (aborting) { // cancelled before
            parentCancelRequested = true;
            host.cancel();
        }
        return host;
    }

    // ---------------------------------------------------------------- leaving

    /** Waits for all tasks, and throws what is to be thrown, if anything is. */
    private void exit(Task<?> host, @Nullable Throwable error) {
        state = State.EXITING;
        if (error instanceof KeyboardInterrupt k && interrupt == null) {
            interrupt = k;
        }
        CancelledError cancelled = error instanceof CancelledError c ? c : null;
        if (error != null) {
            abort();
        }
        CancelledError whileWaiting = awaitTasks(host);
        if (whileWaiting != null) {
            cancelled = whileWaiting;
        }
        state = State.EXITED;
        parent = null;
        if (interrupt != null) {
            throw interrupt;
        }
        if (parentCancelRequested && host.uncancel() == 0 && !host.inCancelledScope()) {
            cancelled = null; // the only request was ours, to get the body to end
        }
        if (cancelled != null && errors.isEmpty()) {
            throw cancelled;
        }
        if (error != null && !(error instanceof CancelledError)) {
            errors.add(error);
        }
        if (!errors.isEmpty()) {
            if (host.cancelling() > 0) {
                // Errors come first, and the cancel must not be lost: the next wait throws it.
                host.uncancel();
                host.cancel();
            }
            throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
        }
    }

    /** Waits until all tasks have ended; returns the cancel that came from outside meanwhile. */
    private @Nullable CancelledError awaitTasks(Task<?> host) {
        CancelledError cancelled = null;
        while (!tasks.isEmpty()) {
            allEnded = new Future<>(host.loop);
            try {
                if (aborting) {
                    // A cancelled scope has done what it can: the tasks are cancelled.
                    Future<@Nullable Void> ended = allEnded;
                    new CancelScope().shield(true).run(s -> ended.await());
                } else {
                    allEnded.await();
                }
            } catch (CancelledError e) {
                if (!aborting) {
                    cancelled = e;
                    abort();
                }
            }
            allEnded = null;
        }
        return cancelled;
    }

    private void abort() {
        if (!aborting) {
            aborting = true;
            for (Task<?> task : List.copyOf(tasks)) {
                task.cancel();
            }
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
        if (error instanceof KeyboardInterrupt k && interrupt == null) {
            interrupt = k;
        }
        abortWithBody();
    }

    /** Cancels the tasks, and the body if it still runs. */
    private void abortWithBody() {
        if (!aborting && !parentCancelRequested) {
            abort();
            Task<?> host = parent;
            if (host != null) {
                parentCancelRequested = true;
                host.cancel();
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
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        EventLoop l = checkOpenFor("createTask");
        Task<T> task = l.createTask(coroutine, options, scope);
        tasks.add(task);
        if (task.done()) {
            // Eager, and done already: its error must not come while it is being created.
            l.callSoon(() -> onTaskDone(task));
        } else {
            task.addDoneCallback(t -> onTaskDone(task));
        }
        return task;
    }

    private EventLoop checkOpenFor(String operation) {
        EventLoop l = loop;
        if (l == null) {
            throw new IllegalStateException(
                    operation + ": the task group has not been entered; use taskGroup(group -> ...)");
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
     * An error before that is thrown here, and does not disturb the group.
     *
     * @throws IllegalStateException if the task ends without a word
     */
    public <V extends @Nullable Object> V start(Service<V> service) {
        return start(service, TaskOptions.DEFAULT);
    }

    /** Same as {@link #start(Service)}, with options for the task. */
    public <V extends @Nullable Object> V start(Service<V> service, TaskOptions options) {
        EventLoop l = checkOpenFor("start");
        var status = new TaskStatus<V>(l);
        Coroutine<@Nullable Void> body =
                () -> {
                    try {
                        service.run(status);
                    } catch (Throwable e) {
                        if (status.failBeforeStart(e)) {
                            return null; // thrown where start() waits
                        }
                        throw e;
                    }
                    status.endWithoutWord();
                    return null;
                };
        Task<@Nullable Void> task = createTask(body, options);
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
        if (state == State.EXITED) {
            return;
        }
        if (state == State.CREATED) {
            aborting = true;
            return;
        }
        abortWithBody();
    }

    @Override
    public String toString() {
        return "TaskGroup(%s%s, %d tasks, %d errors)"
                .formatted(state, aborting ? ", aborting" : "", tasks.size(), errors.size());
    }
}
