package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * Something that a task can wait for: a {@link Coroutine}, which is any lambda, or a {@link
 * Future}.
 *
 * <p>Source: {@code typing.Awaitable}.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface Awaitable<T extends @Nullable Object> {

    /**
     * Returns the result, and suspends the calling task until it is there.
     *
     * @throws CancelledError if the calling task, or what it waits for, is cancelled
     * @throws Exception whatever the computation threw, as the same object
     */
    T await() throws Exception;
}
