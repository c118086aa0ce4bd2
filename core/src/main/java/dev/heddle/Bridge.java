package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Between a loop's futures and those of {@code java.util.concurrent}, with cancellation. */
final class Bridge {

    private Bridge() {}

    /** Returns a future of {@code loop} that follows {@code stage}, and cancels it if cancelled. */
    static <T extends @Nullable Object> Future<T> wrap(EventLoop loop, CompletionStage<T> stage) {
        if (stage instanceof Mirror<T> mirror) {
            Future<T> source = mirror.source;
            if (source != null && source.loop == loop) {
                return source;
            }
        }
        loop.checkOpen();
        var follower = new Follower<T>(loop);
        stage.whenComplete(follower::arrive);
        follower.future.addDoneCallback(
                f -> {
                    if (f.cancelled()) {
                        follower.expectNoMore();
                        stage.toCompletableFuture().cancel(true);
                    }
                });
        return follower.future;
    }

    /** Brings the outcome of a stage from whatever thread to a future of a loop. */
    private static final class Follower<T extends @Nullable Object> extends ReadyItem {

        final Future<T> future;
        private boolean expecting = true;
        private @Nullable T value;
        private @Nullable Throwable error;

        Follower(EventLoop loop) {
            future = new Future<>(loop);
            loop.turn.expect();
        }

        /** Called by the stage, once. */
        void arrive(@Nullable T newValue, @Nullable Throwable newError) {
            value = newValue;
            error = newError;
            future.loop.resume(this);
        }

        /** A stage that is not waited for must not hold up a virtual clock. */
        void expectNoMore() {
            if (expecting) {
                expecting = false;
                future.loop.turn.arrived();
            }
        }

        @Override
        @SuppressWarnings("NullAway") // value is null only if T allows it
        void proceed() {
            expectNoMore();
            if (future.done()) {
                return; // cancelled meanwhile: nobody waits for it
            }
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null
                            ? error.getCause()
                            : error;
            if (cause == null) {
                future.setResult(value);
            } else if (cause instanceof CancellationException || cause instanceof CancelledError) {
                future.cancel(cause.getMessage());
            } else {
                future.setException(cause);
            }
        }
    }

    static <T extends @Nullable Object> CompletableFuture<T> toCompletableFuture(Future<T> source) {
        var mirror = new Mirror<>(source);
        if (source.done()) {
            mirror.mirror(source);
        } else {
            mirror.endWithLoop();
            source.loop.callSoonThreadsafe(() -> mirror.follow(source));
        }
        return mirror;
    }

    /** Starts a coroutine on a loop from another thread. */
    static <T extends @Nullable Object> CompletableFuture<T> submit(
            EventLoop loop, Coroutine<T> coroutine) {
        var result = new Mirror<T>(loop);
        result.endWithLoop();
        loop.callSoonThreadsafe(
                () -> {
                    try {
                        if (!result.isDone()) {
                            result.follow(loop.createTask(coroutine));
                        }
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                        throw e; // also to the exception handler, as asyncio does
                    }
                });
        return result;
    }

    /** A completable future that mirrors a loop's future; cancelling it cancels that one. */
    private static final class Mirror<T extends @Nullable Object> extends CompletableFuture<T> {

        private final EventLoop loop;
        private final Runnable onClose = this::loopClosed;
        private volatile @Nullable Future<T> source;

        Mirror(Future<T> source) {
            this(source.loop);
            this.source = source;
        }

        Mirror(EventLoop loop) {
            this.loop = loop;
        }

        void endWithLoop() {
            loop.onClose(onClose);
            whenComplete((value, error) -> loop.forgetOnClose(onClose));
        }

        private void loopClosed() {
            completeExceptionally(
                    new IllegalStateException(loop + " was closed before this was done"));
        }

        void follow(Future<T> future) {
            source = future;
            future.addDoneCallback(this::mirror);
            if (isCancelled()) {
                future.cancel();
            }
        }

        private void mirror(Future<T> done) {
            if (done.cancelled()) {
                super.cancel(true);
                return;
            }
            Throwable error = isDone() ? null : done.exception();
            if (error == null) {
                complete(isDone() ? null : done.result());
            } else {
                completeExceptionally(error);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            Future<T> future = source;
            if (cancelled && future != null) {
                try {
                    loop.callSoonThreadsafe(future::cancel);
                } catch (IllegalStateException closed) {
                    // The loop has ended what it had.
                }
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
