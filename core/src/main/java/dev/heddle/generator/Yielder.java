package dev.heddle.generator;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Stream;

/**
 * What the body of a generator talks to its caller through.
 *
 * <p>It works only inside that body, on the thread that runs it, but at any depth of calls below
 * it. All methods suspend the generator, and with it nothing else: the thread goes back to whoever
 * asked for the next value. Each throws {@link IllegalStateException} if it is called from anywhere
 * else, or while the body's stack holds a native frame or a class initializer, which cannot be
 * suspended.
 *
 * @param <Y> what the generator yields
 * @param <S> what can be sent to it
 */
public interface Yielder<Y extends @Nullable Object, S extends @Nullable Object> {

    /**
     * Hands a value to the caller, waits to be asked for the next one, and returns what the caller
     * sent with that (PEP 342).
     *
     * @return what was sent; null if the caller only called {@link Generator#next()}
     * @throws GeneratorExit if the caller closes the generator; clean up and let it out. Whatever
     *     the caller throws into the generator comes out of here, checked exceptions too.
     */
    @Nullable S yield(Y value);

    /**
     * Lets another generator talk to the caller until it finishes, and returns what it returned
     * (PEP 380).
     *
     * <p>What the caller sends, throws and closes reaches the other generator directly, and what it
     * yields reaches the caller directly, however many generators stand between: a value costs the
     * same at any depth. An exception that leaves it comes out of here.
     *
     * @return what it returned; null if it had finished before, or was finished by someone else
     * @throws IllegalStateException if it is executing
     * @throws GeneratorExit if the caller closes this generator; the other was closed first
     */
    <T extends @Nullable Object> T yieldFrom(
            Generator<? extends Y, ? super S, ? extends T> generator);

    /** Does the same with anything else that talks like a generator. */
    <T extends @Nullable Object> T yieldFrom(
            Delegate<? extends Y, ? super S, ? extends T> delegate);

    /**
     * Yields what an iterator has left.
     *
     * <p>An iterator cannot be sent anything: if the caller sends a value other than null, {@link
     * UnsupportedOperationException} comes out of here. So does what the caller throws in. If the
     * caller closes the generator, the iterator is closed first if it is an {@link AutoCloseable}.
     *
     * @return null, or if the iterator is in truth a generator, what that returned
     */
    @Nullable Object yieldFrom(Iterator<? extends Y> iterator);

    /** Yields all elements of an iterable, see {@link #yieldFrom(Iterator)}. */
    default @Nullable Object yieldFrom(Iterable<? extends Y> iterable) {
        return yieldFrom(iterable.iterator());
    }

    /** Yields all elements of a stream, see {@link #yieldFrom(Iterator)}, and closes it. */
    default @Nullable Object yieldFrom(Stream<? extends Y> stream) {
        try (stream) {
            return yieldFrom(stream.iterator());
        }
    }

    /** Yields all elements of an array, see {@link #yieldFrom(Iterator)}. */
    default @Nullable Object yieldFrom(Y[] array) {
        return yieldFrom(Arrays.asList(array).iterator());
    }

    /**
     * Returns this yielder, and declares a checked exception that may come out of it, since Java
     * lets nobody catch what is not declared: {@code y.mayThrow(IOException.class).yield(1)}.
     *
     * @throws X never from here
     */
    default <X extends Exception> Yielder<Y, S> mayThrow(Class<X> type) throws X {
        return this;
    }
}
