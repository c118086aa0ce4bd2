package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * A computation that may suspend: any lambda or method reference. Nothing of it runs before a
 * {@link Task} is made of it or it is awaited.
 *
 * <p>Source: PEP 492; a coroutine object, except that one {@code Coroutine} can be run many times.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface Coroutine<T extends @Nullable Object> extends Awaitable<T> {}
