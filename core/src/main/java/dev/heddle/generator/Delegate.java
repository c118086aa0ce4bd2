package dev.heddle.generator;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

/**
 * What a generator can {@linkplain Yielder#yieldFrom(Delegate) yield from}: another generator, or
 * anything that talks like one.
 *
 * <p>Each of the methods that advance it returns the next value, or throws {@link StopIteration}
 * with the value that it returns. Only {@link #next()} must be written. The others default to what
 * PEP 380 says of an object that does not have them, so that an implementation that is not
 * interested in what its caller sends or throws stays a lambda.
 *
 * @param <Y> what it yields
 * @param <S> what can be sent to it
 * @param <R> what it returns
 */
@FunctionalInterface
public interface Delegate<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Advances it and returns the next value.
     *
     * @throws StopIteration if it has finished
     */
    Y next();

    /**
     * Advances it with an answer to its last value, and returns the next one.
     *
     * @param value the answer; null is the same as {@link #next()}
     * @throws StopIteration if it has finished
     * @throws UnsupportedOperationException by default, if {@code value} is not null
     */
    default Y send(@Nullable S value) {
        if (value == null) {
            return next();
        }
        throw new UnsupportedOperationException(
                "A value was sent to "
                        + getClass().getName()
                        + ", which cannot take any: "
                        + value);
    }

    /**
     * Throws an exception into it, and returns the next value if it survives.
     *
     * <p>By default it does not: the exception comes straight back.
     *
     * @throws StopIteration if it has finished. If the very object that was thrown in comes back,
     *     that is an error like any other and not the end.
     */
    default Y throwInto(Throwable exception) {
        throw Sneaky.sneakyThrow(exception);
    }

    /** Asks it to clean up and finish. By default there is nothing to do. */
    default void close() {}
}
