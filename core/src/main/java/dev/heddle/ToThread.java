package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/**
 * A job of {@link Asyncio#toThread}, and the wait of the task that has sent it.
 *
 * <pre>
 * QUEUED ─► RUNNING ─► ENDED
 *      └─────────────────▲      cancelled before its thread took it up: it never runs
 * </pre>
 *
 * <p>A cancel of the task interrupts the job's thread, or if that waits in {@link FromThread#run},
 * cancels what it waits for. The wait itself goes on until the job has ended, unless the job is to
 * be abandoned; so no job works on what its task has closed already.
 */
final class ToThread<T extends @Nullable Object> extends Suspension implements Runnable {

    private static final ThreadLocal<ToThread<?>> CURRENT = new ThreadLocal<>();

    private enum State {
        QUEUED,
        RUNNING,
        ENDED
    }

    final EventLoop loop;
    final Task<?> sender;
    private final ToThreadOptions options;
    private final Context context = Context.copyCurrent();

    // Guarded by this, as the loop's thread and the job's both use them.
    private State state = State.QUEUED;
    private @Nullable Callable<T> job;
    private @Nullable Thread thread;
    private @Nullable FromThreadCall<?> call; // in which the job waits for the loop
    private boolean cancelled;
    private boolean abandoned;
    private boolean interrupted; // the job's thread, by us

    // Written by the job's thread before the loop hears of its end.
    private @Nullable T value;
    private @Nullable Throwable error;

    private ToThread(Task<?> sender, Callable<T> job, ToThreadOptions options) {
        this.loop = sender.loop;
        this.sender = sender;
        this.job = Objects.requireNonNull(job, "job");
        this.options = options;
    }

    /** Runs {@code job} on another thread, and suspends the calling task until it has ended. */
    static <T extends @Nullable Object> T run(Callable<T> job, ToThreadOptions options) {
        EventLoop loop = Asyncio.getRunningLoop();
        Task<?> task = loop.currentTaskFor("toThread");
        var toThread = new ToThread<>(task, job, options);
        Executor executor = options.executor();
        return toThread.run(executor == null ? loop.defaultExecutor() : executor);
    }

    private T run(Executor executor) {
        if (sender.isCancelDue() || sender.inCancelledScope()) {
            sender.yieldOnce(); // throws, before anything is begun
        }
        ToThreadLimiter limiter = options.limiter();
        if (limiter != null) {
            limiter.acquireOnBehalfOf(this);
        }
        try {
            executor.execute(this);
        } catch (Throwable e) {
            release();
            throw e;
        }
        loop.turn.expect();
        CancelledError cancel = null;
        try {
            suspend();
        } catch (CancelledError e) {
            if (!isWoken()) {
                throw e; // it never ran, or is abandoned, or the loop is being closed
            }
            cancel = e;
        }
        return outcome(cancel);
    }

    /**
     * Returns or throws what the job has. An interrupt that stood for a cancel becomes the cancel;
     * anything else outranks it, and the next wait throws it.
     */
    @SuppressWarnings("NullAway") // null only if T allows it
    private T outcome(@Nullable CancelledError cancel) {
        if (error != null && wasCancelled() && Task.isInterruption(error)) {
            CancelledError e = cancel == null ? new CancelledError() : cancel;
            throw (CancelledError) e.initCause(error);
        }
        if (cancel != null && !(error instanceof CancelledError) && sender.cancelling() > 0) {
            sender.uncancel();
            sender.cancel(cancel.cancelMessage());
        }
        if (error != null) {
            throw Sneaky.sneakyThrow(error);
        }
        return value;
    }

    // ---------------------------------------------------------------- on the job's thread

    @Override
    public void run() {
        Callable<T> body = begin();
        if (body == null) {
            return;
        }
        ToThread<?> outer = CURRENT.get(); // only where an executor runs a job inside of another
        CURRENT.set(this);
        try {
            value = context.run(body);
        } catch (Throwable e) {
            error = e;
        } finally {
            CURRENT.set(outer);
            end();
        }
        loop.resume(
                new ReadyItem() {
                    @Override
                    void proceed() {
                        onEnded();
                    }
                });
    }

    private synchronized @Nullable Callable<T> begin() {
        if (state != State.QUEUED) {
            return null;
        }
        state = State.RUNNING;
        thread = Thread.currentThread();
        Callable<T> body = job;
        job = null;
        return body;
    }

    private synchronized void end() {
        state = State.ENDED;
        thread = null;
        dropInterrupt(); // it was meant for this job, and not for the next one on this thread
    }

    private void dropInterrupt() {
        if (interrupted) {
            interrupted = false;
            Thread.interrupted();
        }
    }

    /** Returns the job that runs on the calling thread. */
    static ToThread<?> current(String operation) {
        ToThread<?> current = CURRENT.get();
        if (current == null) {
            throw new IllegalStateException(
                    "%s was called on %s, which runs no job of toThread. Elsewhere use"
                                    .formatted(operation, Thread.currentThread())
                            + " loop.runCoroutineThreadsafe or loop.callSoonThreadsafe.");
        }
        if (EventLoop.runningOrNull() != null) {
            throw new IllegalStateException(
                    operation
                            + " would wait for the loop on its own thread: the executor runs its"
                            + " jobs on "
                            + Thread.currentThread());
        }
        return current;
    }

    /** Lets cancels end {@code newCall} from now on, rather than interrupt the thread. */
    synchronized void enter(FromThreadCall<?> newCall) {
        if (abandoned || (cancelled && Thread.currentThread().isInterrupted())) {
            dropInterrupt();
            throw new CancelledError("The task that has sent this job was cancelled");
        }
        call = newCall;
    }

    synchronized void leaveCall() {
        call = null;
    }

    synchronized void checkCancelled() {
        if (cancelled) {
            dropInterrupt();
            throw new CancelledError("The task that has sent this job was cancelled");
        }
    }

    private synchronized boolean wasCancelled() {
        return cancelled;
    }

    // ---------------------------------------------------------------- on the loop's thread

    /** Ends a job that waits for its thread, and tells one that runs. */
    @Override
    protected synchronized boolean callOff() {
        if (state == State.ENDED) {
            return false;
        }
        cancelled = true;
        if (state == State.QUEUED) {
            state = State.ENDED;
            job = null;
            settle();
            return true;
        }
        abandoned = options.abandonOnCancel();
        if (call != null) {
            call.cancel();
        } else if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
        return abandoned;
    }

    private void onEnded() {
        settle();
        if (!wake() && error != null && !(error instanceof CancelledError)) {
            if (!Task.isInterruption(error)) {
                loop.callExceptionHandler(
                        ErrorContext.of("A job failed that toThread had abandoned", error)
                                .with(sender));
            }
        }
    }

    private void settle() {
        loop.turn.arrived();
        try {
            release();
        } catch (RuntimeException e) {
            loop.callExceptionHandler(
                    ErrorContext.of("The limiter of toThread failed: " + options.limiter(), e));
        }
    }

    private void release() {
        ToThreadLimiter limiter = options.limiter();
        if (limiter != null) {
            limiter.releaseOnBehalfOf(this);
        }
    }

    @Override
    public String toString() {
        return "ToThread(" + state + (thread == null ? "" : ", " + thread.getName()) + ")";
    }
}
