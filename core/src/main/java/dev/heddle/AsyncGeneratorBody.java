package dev.heddle;

import dev.heddle.AsyncGenerator.State;
import dev.heddle.generator.GeneratorExit;
import dev.heddle.generator.StopIteration;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The body of an {@link AsyncGenerator} and the task in which it runs.
 *
 * <p>The body has a task of its own since it may be continued by one task after the other, and code
 * that is continued on another thread than before finds itself on the thread of before; see {@link
 * dev.heddle.generator.Generator}.
 *
 * <p>One {@link Step} leads from a yield to the next. The task that has asked waits for it, and to
 * cancel it is to cancel the body. Between two steps the body's task is not among the pending tasks
 * of the loop, as it waits for nothing that could come by itself.
 */
final class AsyncGeneratorBody<Y extends @Nullable Object, S extends @Nullable Object> {

    /** What {@link #advance} returns when the body has ended. */
    static final Object FINISHED = new Object();

    private static final AtomicInteger STARTED = new AtomicInteger();

    private final AsyncGenerator.Body<Y, S> body;
    private State state = State.CREATED;
    private @Nullable Task<?> task;
    private boolean listed; // among the pending tasks
    private boolean closing;

    /** The scope of the task that waits, in which the body's task was put. */
    private @Nullable CancelScope scope;

    private @Nullable Step step;
    private @Nullable Pause pause;
    private @Nullable S sent;
    private @Nullable Throwable thrown;

    AsyncGeneratorBody(AsyncGenerator.Body<Y, S> body) {
        this.body = body;
    }

    /** The way from one yield to the next. */
    private final class Step extends Future<@Nullable Object> {

        private final Task<?> asking;
        private int requestsSeen;
        private boolean begun; // whether the body has taken notice
        private boolean cancelAsked;
        private @Nullable Object cancelMessage;

        /** Whether the cancel did not reach the body, which has met no wait. */
        private boolean cancelLeft;

        Step(Task<?> asking) {
            super(asking.loop);
            this.asking = asking;
            this.requestsSeen = asking.cancelling();
        }

        @Override
        Collection<Task<?>> parts() {
            return List.of(task());
        }

        /** Cancels what the body waits for; what comes of that is up to the body. */
        @Override
        public boolean cancel(@Nullable Object message) {
            if (done()) {
                return false;
            }
            boolean byTask = asking.isCancelDue() || asking.cancelling() > requestsSeen;
            requestsSeen = asking.cancelling();
            CancelScope outer = asking.scope();
            if (!byTask && outer != null && outer.sharesCancelWith(task().scope())) {
                return true; // the scope does it, or a shield keeps it off
            }
            cancelAsked = true;
            cancelMessage = message;
            if (begun) {
                task().cancel(message);
            }
            return true;
        }

        void begin() {
            begun = true;
            if (cancelAsked) {
                task().cancel(cancelMessage); // reaches the body at its next wait
            }
        }

        void end() {
            if (cancelAsked && task().isCancelDue()) {
                task().dropCancel();
                cancelLeft = true;
            }
        }

        /** Lets the task that has asked meet the cancel at its own next wait. */
        void passOn(@Nullable CancelledError late) {
            if ((cancelLeft && !asking.inCancelledScope())
                    || (late != null && asking.cancelling() > requestsSeen)) {
                asking.uncancel();
                asking.cancel(late == null ? cancelMessage : late.cancelMessage());
            }
        }
    }

    /** The wait at a yield. It cannot be called off: the body runs only when it is asked to. */
    private static final class Pause extends Suspension {

        @Override
        protected boolean callOff() {
            return false;
        }
    }

    State state() {
        return state;
    }

    private Task<?> task() {
        return Objects.requireNonNull(task);
    }

    // ---------------------------------------------------------------- in the task that asks

    /**
     * Lets the body run to its next yield.
     *
     * @return the value, or {@link #FINISHED}
     */
    @Nullable Object advance(String operation, @Nullable S value, @Nullable Throwable error) {
        if (state == State.CLOSED) {
            if (error != null) {
                throw Sneaky.sneakyThrow(error);
            }
            return FINISHED;
        }
        Task<?> asking = checkMayAsk(operation);
        if (asking.isCancelDue() || asking.inCancelledScope()) {
            asking.yieldOnce(); // throws, before the body could be disturbed
        }
        if (state == State.CREATED && error != null) {
            state = State.CLOSED;
            throw Sneaky.sneakyThrow(error);
        }
        return step(asking, value, error);
    }

    private Task<?> checkMayAsk(String operation) {
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> asking = here.currentTaskFor(operation);
        if (task != null && task.loop != here) {
            throw new IllegalStateException(
                    "%s: the async generator belongs to %s, and this is %s"
                            .formatted(operation, task.loop, here));
        }
        if (state == State.RUNNING) {
            here.refuseIfClosed();
            throw new IllegalStateException(
                    "%s: the async generator is already running: %s"
                            .formatted(
                                    operation,
                                    asking == task
                                            ? "its own body has called it"
                                            : "another task waits for it, and this is " + asking));
        }
        return asking;
    }

    private @Nullable Object step(Task<?> asking, @Nullable S value, @Nullable Throwable error) {
        var next = new Step(asking);
        step = next;
        sent = value;
        thrown = error;
        if (state == State.CREATED) {
            start(asking.loop);
        } else {
            asking.loop.tasks.add(task());
            listed = true;
            Objects.requireNonNull(pause).wake();
        }
        state = State.RUNNING;
        if (task().scope() == scope) { // else the body has entered one, and yields in it
            scope = asking.scope();
            task().enterScope(scope);
        }
        CancelledError late = null;
        try {
            asking.awaitFuture(next);
        } catch (Throwable e) {
            if (!next.done() || asking.loop.isClosing()) {
                throw e;
            }
            if (e instanceof CancelledError c && !next.cancelled()) {
                late = c; // it came when the body had answered, and the answer must not be lost
            }
        }
        next.passOn(late);
        return next.result();
    }

    @SuppressWarnings("NullAway") // the task's result is null, and nobody asks for it
    private void start(EventLoop loop) {
        Task<?> started =
                loop.createTask(
                        this::run,
                        TaskOptions.DEFAULT
                                .withName("AsyncGenerator-" + STARTED.incrementAndGet())
                                .withEagerStart(false));
        task = started;
        listed = true;
        loop.asyncGenerators.add(this);
        started.addDoneCallback(t -> end(new CancelledError())); // cancelled before it began
    }

    void close() {
        switch (state) {
            case CREATED -> state = State.CLOSED;
            case CLOSED -> {}
            case RUNNING -> {
                if (!closing || Asyncio.currentTask() == task) {
                    checkMayAsk("close"); // throws
                }
                Waiting.until(Objects.requireNonNull(step), null); // another task closes it
                close();
            }
            case SUSPENDED -> {
                Task<?> asking = checkMayAsk("close");
                closing = true;
                try {
                    if (step(asking, null, new GeneratorExit()) != FINISHED) {
                        throw new IllegalStateException(
                                "async generator ignored GeneratorExit: it was closed, and yielded"
                                        + " another value instead of finishing");
                    }
                } catch (GeneratorExit e) {
                    // It has let it out.
                } finally {
                    closing = false;
                }
            }
        }
    }

    // ---------------------------------------------------------------- in the body's task

    private @Nullable Void run() {
        Throwable error = null;
        Objects.requireNonNull(step).begin();
        try {
            body.run(new AsyncYielder<>(this));
        } catch (Throwable e) {
            error = task().cancelBehind(e);
        }
        end(error);
        return null;
    }

    @Nullable S yield(Y value) {
        EventLoop loop = task().loop;
        Step done = step;
        if (loop.currentTask() != task || done == null) {
            throw new IllegalStateException(
                    done == null
                            ? "A body cannot yield while its loop is being closed"
                            : "A body must yield in its own task, %s, and this is %s"
                                    .formatted(task, loop.currentTask()));
        }
        var wait = new Pause();
        pause = wait;
        leaveStep(done);
        state = State.SUSPENDED;
        loop.tasks.remove(task());
        listed = false;
        done.finishWith(value);
        try {
            wait.suspend();
        } finally {
            if (!wait.isWoken()) {
                state = State.RUNNING; // the loop is being closed, or the body cannot be suspended
                giveBack();
            } else { // also if a time limit of the body itself was over meanwhile, and throws
                Objects.requireNonNull(step).begin();
            }
        }
        Throwable error = thrown;
        if (error != null) {
            thrown = null;
            throw Sneaky.sneakyThrow(error);
        }
        S answer = sent;
        sent = null;
        return answer;
    }

    private void leaveStep(Step done) {
        step = null;
        done.end();
        if (task().scope() == scope) {
            task().enterScope(null);
        }
        scope = null;
    }

    private void end(@Nullable Throwable error) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        EventLoop loop = task().loop;
        loop.asyncGenerators.remove(this);
        Step last = step;
        if (last == null) { // the loop is being closed
            if (error != null && !(error instanceof CancelledError)) {
                loop.callExceptionHandler(
                        ErrorContext.of("An async generator failed while it was closed", error)
                                .with(task()));
            }
            return;
        }
        leaveStep(last);
        switch (error) {
            case null -> last.finishWith(FINISHED);
            case CancelledError e -> last.finishCancelled(e.cancelMessage(), e);
            case StopIteration e -> last.finishFailed(stopped(e));
            case StopAsyncIteration e -> last.finishFailed(stopped(e));
            default -> last.finishFailed(error);
        }
    }

    /** Else it would end, in silence, a loop that a caller further out runs (PEP 479). */
    private static RuntimeException stopped(Throwable e) {
        return new RuntimeException("async generator raised " + e.getClass().getSimpleName(), e);
    }

    // ---------------------------------------------------------------- its end

    /** Puts its task among the pending ones, which are unwound when the loop is closed. */
    void giveBack() {
        if (!listed) {
            listed = true;
            task().loop.tasks.add(task());
        }
    }

    /** Closes it when nobody can ask for a value any more. */
    void closeWhenCollected(Object handle) {
        if (task == null) {
            return; // it has not started after all
        }
        EventLoop loop = task.loop;
        FailureReport.CLEANER.register(
                handle,
                () ->
                        loop.resume(
                                new ReadyItem() {
                                    @Override
                                    void proceed() {
                                        if (state == State.SUSPENDED && !loop.isClosed()) {
                                            loop.asyncGenerators.closeInTask(
                                                    AsyncGeneratorBody.this);
                                        }
                                    }
                                }));
    }

    @Override
    public String toString() {
        return "async generator of " + task;
    }
}
