package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;

/**
 * A job in an executor, for which a future of a loop stands.
 *
 * <p>The loop hears of it exactly once, when it has ended or was cancelled before it began.
 */
final class ExecutorJob<T extends @Nullable Object> extends FutureTask<T> {

    private final Future<T> future;

    private ExecutorJob(Future<T> future, Callable<T> job) {
        super(job);
        this.future = future;
    }

    /** Hands {@code job} to {@code executor}. Cancelling the future does not stop one that runs. */
    static <T extends @Nullable Object> Future<T> start(
            EventLoop loop, Executor executor, Callable<T> job) {
        java.util.Objects.requireNonNull(job, "job");
        if (SubmittedJob.wantsItself(executor)) {
            return SubmittedJob.start(loop, (ExecutorService) executor, job);
        }
        var future = new Future<T>(loop);
        var running = new ExecutorJob<>(future, job);
        executor.execute(running);
        loop.turn.expect();
        future.addDoneCallback(
                f -> {
                    if (f.cancelled()) {
                        running.cancel(false);
                    }
                });
        return future;
    }

    /** Same as {@link #start(EventLoop, Executor, Callable)}. */
    static Future<@Nullable Object> start(EventLoop loop, Executor executor, Runnable job) {
        java.util.Objects.requireNonNull(job, "job");
        if (SubmittedJob.wantsItself(executor)) {
            return SubmittedJob.start(loop, (ExecutorService) executor, job);
        }
        return ExecutorJob.<@Nullable Object>start(
                loop,
                executor,
                () -> {
                    job.run();
                    return null;
                });
    }

    @Override
    protected void done() {
        future.loop.resume(
                new ReadyItem() {
                    @Override
                    void proceed() {
                        future.loop.turn.arrived();
                        complete();
                    }
                });
    }

    private void complete() {
        if (future.done()) {
            return; // cancelled meanwhile: nobody waits for it
        }
        if (isCancelled()) {
            future.cancel();
            return;
        }
        try {
            future.setResult(get());
        } catch (ExecutionException e) {
            future.setException(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("get() of a job that is done waits", e);
        }
    }
}
