package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What a job of {@link Asyncio#toThread} calls to get back into the loop that has sent it: it
 * blocks its thread until the loop has answered.
 *
 * <p>Each method throws an {@link IllegalStateException} on a thread that runs no such job, and if
 * the loop is closed.
 *
 * <p>Source: {@code trio.from_thread}.
 */
public final class FromThread {

    private FromThread() {}

    /**
     * Runs {@code coroutine} as a task of the loop, in a copy of the job's context and in the
     * cancel scope of the task that has sent the job, and returns its result. An error is thrown as
     * the object it is.
     *
     * <p>If the task that has sent the job is cancelled meanwhile, the coroutine is, and not the
     * job's thread interrupted.
     *
     * @throws CancelledError if the coroutine was cancelled; at once, if the job's thread was
     *     interrupted for a cancel that it has not noticed yet, or the job is abandoned
     */
    public static <T extends @Nullable Object> T run(Coroutine<T> coroutine) {
        Objects.requireNonNull(coroutine, "coroutine");
        return new FromThreadCall<>(ToThread.current("FromThread.run"), coroutine).run();
    }

    /** Same as {@link #run(Coroutine)}. */
    public static void run(VoidCoroutine coroutine) {
        run(coroutine.asCoroutine());
    }

    /**
     * Runs {@code callback} on the loop's thread, where it may not wait, and returns its result. An
     * error is thrown as the object it is. A cancel does not end it.
     */
    public static <T extends @Nullable Object> T runSync(Callable<T> callback) {
        EventLoop loop = ToThread.current("FromThread.runSync").loop;
        var result = new FutureTask<T>(callback);
        Runnable onClose = () -> result.cancel(false);
        loop.onClose(onClose);
        boolean interrupted = false;
        try {
            loop.callSoonThreadsafe(result, Context.copyCurrent());
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Sneaky.sneakyThrow(e.getCause() == null ? e : e.getCause());
        } catch (java.util.concurrent.CancellationException e) {
            throw new IllegalStateException(loop + " was closed before this ran: " + callback, e);
        } finally {
            loop.forgetOnClose(onClose);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Same as {@link #runSync(Callable)}. */
    public static void runSync(Runnable callback) {
        runSync(java.util.concurrent.Executors.callable(callback));
    }

    /**
     * Throws if the task that has sent the job is cancelled: for a job that computes, and so does
     * not notice that its thread is interrupted.
     *
     * @throws CancelledError if it is; each time
     */
    public static void checkCancelled() {
        ToThread.current("FromThread.checkCancelled").checkCancelled();
    }
}
