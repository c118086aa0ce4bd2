package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.Handle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Asks a loop something from any thread. */
final class Question {

    private Question() {}

    /**
     * Returns what {@code question} gives on the loop's thread; here if the loop does not run.
     *
     * @param patience how long the loop has to answer
     * @return null if it did not, or the calling thread was interrupted
     */
    static <T> @Nullable T ask(EventLoop loop, Duration patience, Supplier<T> question) {
        if (EventLoop.runningOrNull() == loop || !loop.isRunning()) {
            return question.get();
        }
        var answer = new CompletableFuture<T>();
        Handle handle;
        try {
            handle = loop.callSoonThreadsafe(() -> answer(question, answer));
        } catch (IllegalStateException closed) {
            return question.get();
        }
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            handle.cancel();
            return null;
        } catch (InterruptedException e) {
            handle.cancel();
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Looking into " + loop + " failed", e.getCause());
        }
    }

    private static <T> void answer(Supplier<T> question, CompletableFuture<T> answer) {
        try {
            answer.complete(question.get());
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }
}
