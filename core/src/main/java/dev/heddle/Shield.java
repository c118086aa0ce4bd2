package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Consumer;

/**
 * A future that can be cancelled without cancelling the one it stands for.
 *
 * <p>Source: {@code asyncio.shield}.
 */
final class Shield {

    private Shield() {}

    static <T extends @Nullable Object> Future<T> of(Awaitable<T> awaitable) {
        Future<T> inner = Asyncio.ensureFuture(awaitable);
        if (inner.done()) {
            return inner;
        }
        EventLoop loop = inner.loop;
        var outer = new JointFuture<T>(loop, "shield", List.of(inner));
        Consumer<Future<T>> copy = outer::copyFrom;
        inner.addDoneCallback(copy);
        outer.addDoneCallback(
                o -> {
                    outer.forgetParts();
                    if (!inner.done()) { // the outer one was cancelled
                        inner.removeDoneCallback(copy);
                        inner.addDoneCallback(Shield::reportFailure);
                    }
                });
        return outer;
    }

    private static void reportFailure(Future<?> inner) {
        Throwable error = inner.failure();
        if (error != null) {
            inner.settle();
            inner.loop.callExceptionHandler(
                    ErrorContext.of(
                                    error.getClass().getSimpleName()
                                            + " exception in shielded future",
                                    error)
                            .with(inner)
                            .withSource(inner.loop.creationStack(inner)));
        }
    }
}
