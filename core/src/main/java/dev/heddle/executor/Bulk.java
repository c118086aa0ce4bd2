package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code invokeAll} and {@code invokeAny}, as {@link java.util.concurrent.ExecutorService} says.
 */
final class Bulk {

    private Bulk() {}

    static <T extends @Nullable Object> List<Future<T>> all(
            ProcessPoolExecutor pool, Collection<? extends Callable<T>> jobs, long nanos)
            throws InterruptedException {
        var futures = new ArrayList<Future<T>>(jobs.size());
        long deadline = deadline(nanos);
        boolean ended = false;
        try {
            jobs.forEach(job -> futures.add(pool.submit(job)));
            for (Future<T> future : futures) {
                try {
                    future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (ExecutionException | CancellationException e) {
                    // The caller will find it there.
                } catch (TimeoutException e) {
                    return futures;
                }
            }
            ended = true;
            return futures;
        } finally {
            if (!ended) {
                futures.forEach(future -> future.cancel(true));
            }
        }
    }

    static <T extends @Nullable Object> T any(
            ProcessPoolExecutor pool, Collection<? extends Callable<T>> jobs, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (jobs.isEmpty()) {
            throw new IllegalArgumentException("invokeAny: there is no job");
        }
        var futures = new ArrayList<Future<T>>(jobs.size());
        var done = new LinkedBlockingQueue<Future<T>>();
        long deadline = deadline(nanos);
        try {
            for (Callable<T> job : jobs) {
                var future = pool.submit(job);
                futures.add(future);
                var _ = future.whenComplete((value, error) -> done.add(future));
            }
            ExecutionException failure = null;
            for (int left = futures.size(); left > 0; left--) {
                Future<T> next = done.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    throw new TimeoutException("No job of invokeAny has succeeded in time");
                }
                try {
                    return next.get();
                } catch (ExecutionException e) {
                    failure = e;
                } catch (CancellationException e) {
                    failure = new ExecutionException(e);
                }
            }
            throw failure;
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static long deadline(long nanos) {
        // Far away is far enough, and does not overflow.
        return System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
    }
}
