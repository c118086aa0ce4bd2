package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code invokeAll} and {@code invokeAny}, as {@link java.util.concurrent.ExecutorService} says.
 */
final class Bulk {

    private Bulk() {}

    /**
     * Runs all jobs.
     *
     * @param nanos after which those that have not ended are cancelled; negative: without limit
     */
    static <T extends @Nullable Object> List<Future<T>> all(
            ProcessPoolExecutor pool, Collection<? extends Callable<T>> jobs, long nanos)
            throws InterruptedException {
        var futures = new ArrayList<CompletableFuture<T>>(jobs.size());
        try {
            jobs.forEach(job -> futures.add(pool.submit(job)));
            await(CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new)), nanos);
        } catch (ExecutionException e) {
            // The caller will find it in the future of the job that has failed.
        } catch (TimeoutException e) {
            // Those that have not ended are cancelled.
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
        return List.copyOf(futures);
    }

    /**
     * Runs jobs until one succeeds, and returns its result.
     *
     * @param nanos after which all are cancelled; negative: without limit
     * @throws ExecutionException if all fail, with the error of the last one
     */
    static <T extends @Nullable Object> T any(
            ProcessPoolExecutor pool, Collection<? extends Callable<T>> jobs, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (jobs.isEmpty()) {
            throw new IllegalArgumentException("invokeAny: there is no job");
        }
        var futures = new ArrayList<CompletableFuture<T>>(jobs.size());
        var first = new CompletableFuture<T>();
        var left = new AtomicInteger(jobs.size());
        try {
            for (Callable<T> job : jobs) {
                CompletableFuture<T> future = pool.submit(job);
                futures.add(future);
                var _ =
                        future.whenComplete(
                                (value, error) -> {
                                    if (error == null) {
                                        first.complete(value);
                                    } else if (left.decrementAndGet() == 0) {
                                        first.completeExceptionally(error);
                                    }
                                });
            }
            return await(first, nanos);
        } catch (CancellationException e) {
            throw new ExecutionException(e); // of the last job, by a shutdownNow
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return nanos < 0 ? future.get() : future.get(nanos, TimeUnit.NANOSECONDS);
    }
}
