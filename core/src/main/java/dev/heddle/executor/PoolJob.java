package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A job of a {@link ProcessPoolExecutor}, and the future of its result. */
final class PoolJob<T extends @Nullable Object> extends CompletableFuture<T> {

    private final ProcessPoolExecutor pool;

    /** What the user gave; null once a worker has the job. */
    private @Nullable Object task;

    private final Wire.Kind kind;
    private byte @Nullable [] bytes;
    private final @Nullable ClassLoader loader;
    private final String name;

    /** What stands for the result of a runnable. */
    private final @Nullable T result;

    PoolJob(ProcessPoolExecutor pool, Object task, Wire.Kind kind, @Nullable T result) {
        this.pool = pool;
        this.task = Objects.requireNonNull(task, "job");
        this.kind = kind;
        this.result = result;
        this.loader = task.getClass().getClassLoader();
        this.name = task.getClass().getName();
    }

    /** Takes the bytes of the job, as it is now; if that fails, the job has failed. */
    void serialize(int maxBytes) {
        try {
            byte[] b = Transfer.ofJob(Objects.requireNonNull(task));
            if (b.length > maxBytes) {
                throw new JobTransferException(tooLong("The job", b.length, maxBytes), null);
            }
            bytes = b;
        } catch (JobTransferException e) {
            completeExceptionally(e);
        }
    }

    static String tooLong(String what, int length, int maxBytes) {
        return "%s has %,d bytes, more than maxMessageBytes, which is %,d"
                .formatted(what, length, maxBytes);
    }

    Wire.Kind kind() {
        return kind;
    }

    byte[] bytes() {
        return Objects.requireNonNull(bytes);
    }

    /** Forgets what only a job needs that has not begun. */
    void begun() {
        task = null;
    }

    /** Forgets what only a job needs that has not ended. */
    void ended() {
        bytes = null;
    }

    /** Returns the task as something that can be run elsewhere. */
    Runnable asRunnable() {
        return task instanceof Runnable runnable && kind == Wire.Kind.RUN
                ? runnable
                : new java.util.concurrent.FutureTask<>(
                        (java.util.concurrent.Callable<?>) Objects.requireNonNull(task));
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the callable was one of T; null only if T allows
    void succeed(byte[] answer) {
        try {
            Object value = Transfer.read(answer, loader);
            complete(kind == Wire.Kind.RUN ? result : (T) value);
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            completeExceptionally(
                    new JobTransferException("The result of " + name + " cannot be read: " + e, e));
        }
    }

    void fail(byte[] answer, String worker) {
        completeExceptionally(Failure.read(answer, loader, worker));
    }

    /**
     * Cancels the job.
     *
     * @param mayInterruptIfRunning whether to kill the worker of one that runs, which nothing else
     *     could stop; otherwise it goes on, and its result is dropped
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            pool.onCancelled(this, mayInterruptIfRunning);
        }
        return cancelled;
    }

    /** What is derived from it is not a job. */
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    String name() {
        return name;
    }
}
