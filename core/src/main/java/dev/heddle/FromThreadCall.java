package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CountDownLatch;

/**
 * A coroutine that a job of {@link Asyncio#toThread} runs in the loop, and for which it waits.
 *
 * <p>It runs as a task of its own, in the cancel scope of the task that has sent the job.
 */
final class FromThreadCall<T extends @Nullable Object> {

    private final ToThread<?> job;
    private final EventLoop loop;
    private final Coroutine<T> coroutine;
    private final Context context = Context.copyCurrent();
    private final CountDownLatch over = new CountDownLatch(1);

    // Of the loop's thread; the latch shows them to the job's.
    private @Nullable Task<T> task;
    private @Nullable Throwable refusal;
    private boolean cancelled;

    FromThreadCall(ToThread<?> job, Coroutine<T> coroutine) {
        this.job = job;
        this.loop = job.loop;
        this.coroutine = coroutine;
    }

    /** Runs the coroutine, and blocks the calling thread until it has ended. */
    T run() {
        Runnable onClose = over::countDown;
        boolean interrupted = false;
        job.enter(this);
        loop.onClose(onClose);
        try {
            loop.callSoonThreadsafe(this::start, context);
            interrupted = awaitEnd();
        } finally {
            loop.forgetOnClose(onClose);
            job.leaveCall();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (refusal != null) {
            throw dev.heddle.internal.Sneaky.sneakyThrow(refusal);
        }
        Task<T> t = task;
        if (t == null || !t.done()) {
            throw new IllegalStateException(loop + " was closed before this was done: " + t);
        }
        return t.result();
    }

    /** An interrupt, which can only be somebody else's, cancels the coroutine. */
    private boolean awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                over.await();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                loop.resume(
                        new ReadyItem() {
                            @Override
                            void proceed() {
                                cancel();
                            }
                        });
            }
        }
    }

    private void start() {
        if (cancelled) {
            refuse(new CancelledError());
            return;
        }
        try {
            task =
                    loop.createTask(
                            coroutine,
                            TaskOptions.DEFAULT.withContext(context),
                            job.sender.done() ? null : job.sender.scope());
        } catch (RuntimeException | Error e) {
            refuse(e); // the loop's task factory has failed
            return;
        }
        loop.turn.arrived(); // meanwhile the job waits for us, and not we for it
        task.addDoneCallback(
                t -> {
                    loop.turn.expect();
                    over.countDown();
                });
    }

    private void refuse(Throwable why) {
        refusal = why;
        over.countDown();
    }

    /** Cancels the coroutine; on the loop's thread. */
    void cancel() {
        cancelled = true;
        if (task != null) {
            task.cancel();
        }
    }
}
