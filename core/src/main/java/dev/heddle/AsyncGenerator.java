package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A generator whose body waits by itself, in a task of its own, and whose values several tasks may
 * take, one after the other.
 *
 * {@snippet :
 * AsyncGenerator<String, Object> lines = AsyncGenerator.produce(y -> {
 *     try (var file = open()) {
 *         for (String line; (line = file.readLine()) != null; ) {
 *             y.yield(line);
 *         }
 *     }
 * });
 * try (lines) {
 *     for (String line : lines) {
 *         ...
 *     }
 * }
 * }
 *
 * <p>Where one task makes the values and takes them, the plain {@link
 * dev.heddle.generator.Generator} is simpler and faster; its body may wait too.
 *
 * <p><b>In lockstep.</b> The body runs only while a task waits in {@code next}, {@code send},
 * {@code throwInto} or {@code close}. Another task that calls one of these meanwhile gets an {@link
 * IllegalStateException}.
 *
 * <p><b>Cancelling</b> a task that waits for the generator cancels what its body waits for, as if
 * the task waited for that itself, and the body runs in that task's cancel scope. Most bodies end
 * then, and the next task finds the generator finished. What the body is not told is who the task
 * is: it has its own {@link Asyncio#currentTask()}, and its own context, a copy of that of the task
 * which asked first.
 *
 * <p><b>Close what you do not use up</b>, best by try-with-resources, or use {@link #forEach}. A
 * generator that was dropped is closed when it is collected as garbage, and those that are left by
 * {@link EventLoop#shutdownAsyncgens}, which {@link Runner} and {@link Asyncio#run} call.
 *
 * <p>Source: PEP 525.
 *
 * @param <Y> what it yields
 * @param <S> what can be sent to it
 */
@SuppressWarnings("IterableAndIterator") // as in Python, it is its own iterator
public final class AsyncGenerator<Y extends @Nullable Object, S extends @Nullable Object>
        implements Iterator<Y>, Iterable<Y>, AutoCloseable {

    /** The body of a generator that takes answers. */
    @FunctionalInterface
    public interface Body<Y extends @Nullable Object, S extends @Nullable Object> {

        /** Runs once, in a task of its own; yields through {@code y}. */
        void run(AsyncYielder<Y, S> y) throws Exception;
    }

    /** The body of a generator that only produces values. */
    @FunctionalInterface
    public interface Producer<Y extends @Nullable Object> {

        /** Runs once, in a task of its own; yields through {@code y}. */
        void run(AsyncYielder<Y, Object> y) throws Exception;
    }

    private static final Object NOTHING = new Object();

    private final AsyncGeneratorBody<Y, S> body;

    /** What hasNext() got and next() has not taken. */
    private @Nullable Object lookahead = NOTHING;

    private AsyncGenerator(Body<Y, S> body) {
        this.body = new AsyncGeneratorBody<>(Objects.requireNonNull(body, "body"));
    }

    /** Makes a generator. Nothing of the body runs until its first value is asked for. */
    public static <Y extends @Nullable Object, S extends @Nullable Object> AsyncGenerator<Y, S> of(
            Body<Y, S> body) {
        return new AsyncGenerator<>(body);
    }

    /** Makes a generator whose body takes any answer, or ignores it. */
    public static <Y extends @Nullable Object> AsyncGenerator<Y, Object> produce(Producer<Y> body) {
        return new AsyncGenerator<>(Objects.requireNonNull(body, "body")::run);
    }

    // ---------------------------------------------------------------- PEP 525

    /**
     * Suspends the calling task until the body has yielded its next value, and returns that, or the
     * one that {@link #hasNext()} got. Source: {@code anext}.
     *
     * @throws StopAsyncIteration if the body has ended
     * @throws IllegalStateException if another task waits for the generator
     */
    @Override
    public Y next() {
        return orStop(hasLookahead() ? takeLookahead() : advance("next", null, null));
    }

    /**
     * Same as {@link #next()}, and lets the body's last yield return {@code value}. Source: {@code
     * asend}.
     *
     * @throws IllegalStateException also if {@code value} is not null and nothing waits for it,
     *     since the body has not started, or {@link #hasNext()} got its next value already
     */
    public Y send(@Nullable S value) {
        if (value != null && state() == State.CREATED) {
            throw new IllegalStateException(
                    "A value was sent to an async generator that has not started, so that nothing"
                            + " waits for it. Call next() or send(null) first.");
        }
        if (value != null && hasLookahead()) {
            throw lookedAhead();
        }
        return orStop(hasLookahead() ? takeLookahead() : advance("send", value, null));
    }

    /**
     * Same as {@link #next()}, and throws {@code exception} out of the body's last yield. A
     * generator that has not started is finished by it. Source: {@code athrow}.
     *
     * @throws IllegalStateException also if {@link #hasNext()} got the next value already
     */
    public Y throwInto(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        if (hasLookahead()) {
            throw lookedAhead();
        }
        return orStop(advance("throwInto", null, exception));
    }

    /**
     * Throws {@link dev.heddle.generator.GeneratorExit} out of the yield where the body waits, and
     * suspends the calling task until the body has cleaned up and ended. Does nothing if it has
     * ended or has not started; if another task is closing it, waits for that. Source: {@code
     * aclose}.
     *
     * @throws IllegalStateException if the body yields again, or another task waits for a value
     */
    @Override
    public void close() {
        lookahead = NOTHING;
        try {
            body.close();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    // ---------------------------------------------------------------- as an iterator

    /**
     * Suspends the calling task until the body has yielded its next value, which is kept for {@link
     * #next()}, or has ended.
     *
     * @throws IllegalStateException if another task waits for the generator
     */
    @Override
    public boolean hasNext() {
        if (!hasLookahead() && state() != State.CLOSED) {
            Object next = advance("hasNext", null, null);
            if (next != AsyncGeneratorBody.FINISHED) {
                lookahead = next;
            }
        }
        return hasLookahead();
    }

    /** Returns this generator: a for statement can walk over it, once. */
    @Override
    public Iterator<Y> iterator() {
        return this;
    }

    /**
     * Hands all further values to {@code action}, and closes the generator, also if that throws.
     */
    @Override
    public void forEach(Consumer<? super Y> action) {
        try (this) {
            while (hasNext()) {
                action.accept(next());
            }
        }
    }

    /**
     * Returns this generator, and declares a checked exception that may come out of it, since Java
     * lets nobody catch what is not declared.
     *
     * @throws X never from here
     */
    public <X extends Exception> AsyncGenerator<Y, S> mayThrow(Class<X> type) throws X {
        return this;
    }

    // ---------------------------------------------------------------- what it is doing

    /** Where an async generator stands, as {@code inspect.getasyncgenstate} tells in Python. */
    public enum State {
        /** Nobody has asked for a value yet. */
        CREATED,
        /** A task waits for it. */
        RUNNING,
        /** It waits at a yield. */
        SUSPENDED,
        /** It returned, failed or was closed. */
        CLOSED
    }

    /** Returns where the generator stands. */
    public State state() {
        return body.state();
    }

    @Override
    public String toString() {
        return "AsyncGenerator(" + state() + ")";
    }

    private @Nullable Object advance(
            String operation, @Nullable S sent, @Nullable Throwable thrown) {
        boolean first = state() == State.CREATED;
        try {
            return body.advance(operation, sent, thrown);
        } finally {
            if (first && state() != State.CLOSED) {
                body.closeWhenCollected(this);
            }
            Reference.reachabilityFence(this);
        }
    }

    private boolean hasLookahead() {
        return lookahead != NOTHING;
    }

    private @Nullable Object takeLookahead() {
        Object taken = lookahead;
        lookahead = NOTHING;
        return taken;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // it is what the body has yielded
    private Y orStop(@Nullable Object next) {
        if (next == AsyncGeneratorBody.FINISHED) {
            throw new StopAsyncIteration();
        }
        return (Y) next;
    }

    private static IllegalStateException lookedAhead() {
        return new IllegalStateException(
                "hasNext() has already run the generator to its next value, so what is sent or"
                        + " thrown now would miss the value before. Call next() first, or do"
                        + " without hasNext().");
    }
}
