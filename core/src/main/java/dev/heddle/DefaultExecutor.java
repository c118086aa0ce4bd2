package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The pool for {@code runInExecutor(null, ...)}.
 *
 * <p>States: none → open → shut down. Its threads are platform threads: a virtual thread that is
 * made in a task would be scheduled by the task's loop, and block it.
 */
final class DefaultExecutor {

    private static final int THREADS = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);

    private final EventLoop loop;
    private @Nullable ExecutorService executor;
    private boolean shutDown;

    DefaultExecutor(EventLoop loop) {
        this.loop = loop;
    }

    ExecutorService get() {
        if (shutDown) {
            throw new IllegalStateException("Executor shutdown has been called on " + loop);
        }
        ExecutorService e = executor;
        return e == null ? executor = newPool() : e;
    }

    void set(ExecutorService newExecutor) {
        executor = newExecutor;
    }

    private static ExecutorService newPool() {
        var pool =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("heddle-executor-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Waits in a task until the jobs have ended; null: without limit. */
    void shutdown(@Nullable Duration timeout) {
        if (EventLoop.runningOrNull() != loop || loop.currentTask() == null) {
            throw new IllegalStateException(
                    "shutdownDefaultExecutor waits, so it must be called in a task of " + loop);
        }
        shutDown = true;
        ExecutorService e = executor;
        if (e == null) {
            return;
        }
        e.shutdown();
        Future<Boolean> ended = new Future<>(loop);
        loop.turn.expect();
        Thread.ofPlatform()
                .daemon()
                .name("heddle-executor-join")
                .start(() -> join(e, timeout, ended));
        if (!ended.await()) {
            ErrorReporter.warn(
                    "The executor of %s did not finish its jobs within %s; left alone."
                            .formatted(loop, timeout));
        }
        executor = null;
    }

    private void join(ExecutorService e, @Nullable Duration timeout, Future<Boolean> ended) {
        boolean all = false;
        try {
            all =
                    e.awaitTermination(
                            timeout == null ? Long.MAX_VALUE : EventLoop.nanos(timeout),
                            TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
        boolean result = all;
        loop.resume(
                new ReadyItem() {
                    @Override
                    void proceed() {
                        loop.turn.arrived();
                        if (!ended.done()) {
                            ended.setResult(result);
                        }
                    }
                });
    }

    /** Returns how many jobs there are that have not ended, as text; empty for none. */
    String unfinished() {
        if (executor instanceof ThreadPoolExecutor pool) {
            int running = pool.getActiveCount();
            int waiting = pool.getQueue().size();
            return running + waiting == 0
                    ? ""
                    : "%d running, %d not begun".formatted(running, waiting);
        }
        return "";
    }

    /** Lets the jobs end by themselves, and takes no others. */
    void abandon() {
        shutDown = true;
        if (executor != null) {
            executor.shutdown();
            executor = null;
        }
    }
}
