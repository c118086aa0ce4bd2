package dev.heddle;

import dev.heddle.internal.Jdk;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A job that was submitted to an executor service which may run it in another JVM.
 *
 * <p>Such a service gets the very object that the user gave, since it may be going to serialise it.
 * That the job has ended is noticed by the future's own callback if it is a {@link
 * CompletionStage}, as those of Hazelcast and of our process pool are, or else by a virtual thread
 * that waits for it.
 */
final class SubmittedJob<T extends @Nullable Object> extends CompletableFuture<T> {

    private final java.util.concurrent.Future<? extends T> submitted;

    private SubmittedJob(java.util.concurrent.Future<? extends T> submitted) {
        this.submitted = Objects.requireNonNull(submitted, "the future of the executor service");
    }

    /** Tells whether {@code executor} may be one that wants the user's own object. */
    static boolean wantsItself(Executor executor) {
        return executor instanceof ExecutorService
                && !(executor instanceof ThreadPoolExecutor)
                && executor.getClass().getModule() != Object.class.getModule();
    }

    static <T extends @Nullable Object> Future<T> start(
            EventLoop loop, ExecutorService service, Callable<T> job) {
        return follow(loop, service.submit(job));
    }

    @SuppressWarnings("unchecked") // the future of a Runnable gives null
    static Future<@Nullable Object> start(EventLoop loop, ExecutorService service, Runnable job) {
        return follow(loop, (java.util.concurrent.Future<@Nullable Object>) service.submit(job));
    }

    private static <T extends @Nullable Object> Future<T> follow(
            EventLoop loop, java.util.concurrent.Future<T> submitted) {
        var job = new SubmittedJob<T>(submitted);
        Future<T> future = Bridge.wrap(loop, job);
        job.watch();
        return future;
    }

    private void watch() {
        if (submitted instanceof CompletionStage<?> stage) {
            stage.whenComplete(
                    (value, error) -> {
                        if (error == null) {
                            take();
                        } else {
                            completeExceptionally(error);
                        }
                    });
        } else if (submitted.isDone()) {
            take();
        } else {
            Jdk jdk = Jdk.get();
            jdk.newVirtualThread(jdk.defaultScheduler(), "heddle-watch", this::take).start();
        }
    }

    private void take() {
        try {
            complete(submitted.get());
        } catch (ExecutionException e) {
            completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException | CancellationException e) {
            super.cancel(false);
        } catch (Throwable e) {
            completeExceptionally(e);
        }
    }

    /** Prevents a job that has not started; one that runs goes on. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        submitted.cancel(false);
        return super.cancel(false);
    }
}
