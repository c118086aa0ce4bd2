package dev.heddle.generator;

import dev.heddle.internal.Jdk;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A method that can hand out a value in its middle, wait there, and be resumed with an answer:
 * Python's generator, as PEP 342 and PEP 380 define it.
 *
 * {@snippet :
 * Generator<Integer, Object, Void> fibonacci = Generator.produce(y -> {
 *     for (int a = 0, b = 1; ; b += a, a = b - a) {
 *         y.yield(a);
 *     }
 * });
 * for (int n : fibonacci) {
 *     ...
 * }
 * }
 *
 * <p>The body runs on the thread of whoever asks for the next value, between that call and its next
 * {@code yield}; it may block or suspend that thread like any other code. A generator may be used
 * by one thread after another, but not by two at a time: the second gets an {@link
 * IllegalStateException}, as does a body that resumes itself.
 *
 * <p><b>Close what you do not use up</b>, best by try-with-resources. Unlike in CPython, the {@code
 * finally} blocks of a suspended generator that is dropped do not run when it is collected; it just
 * vanishes. A loop over a generator that is left by {@code break} does not close it.
 *
 * <p><b>What belongs to a thread does not travel.</b> Do not yield inside {@code synchronized} or
 * {@code ScopedValue.where}: the lock stays taken and the binding stays visible outside. And where
 * a generator is continued by another thread than before, its body may not rely on who the current
 * thread is, neither directly nor by taking locks, sleeping, parking or using thread-locals:
 * HotSpot takes {@link Thread#currentThread()} for a constant in a compiled method, also across a
 * yield, so that a hot body would lock or park the thread of before. Values and objects travel
 * freely.
 *
 * <p>Checked exceptions come out of {@code next}, {@code send}, {@code throwInto} and {@code
 * hasNext} as they are, although none is declared; {@link #mayThrow} declares one.
 *
 * @param <Y> what it yields
 * @param <S> what can be sent to it
 * @param <R> what it returns
 */
@SuppressWarnings("IterableAndIterator") // as in Python, it is its own iterator
public final class Generator<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        implements Iterator<Y>, Iterable<Y>, Delegate<Y, S, R>, AutoCloseable {

    /** Where a generator stands, as {@code inspect.getgeneratorstate} tells in Python. */
    public enum State {
        /** Nobody has asked for a value yet. */
        CREATED,
        /** It executes, or a generator that it yields from does. */
        RUNNING,
        /** It waits at a yield. */
        SUSPENDED,
        /** It returned, failed or was closed. */
        CLOSED
    }

    /** The body of a generator that takes answers or returns a value. */
    @FunctionalInterface
    public interface Body<
            Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object> {
        /** Runs once; yields through {@code y}. */
        R run(Yielder<Y, S> y) throws Exception;
    }

    /** The body of a generator that only produces values. */
    @FunctionalInterface
    public interface Producer<Y extends @Nullable Object> {
        /** Runs once; yields through {@code y}. */
        void run(Yielder<Y, Object> y) throws Exception;
    }

    /** What {@link #advance} returns when there is no further value. */
    static final Object FINISHED = new Object();

    private static final Object NOTHING = new Object();
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Generator.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Execution<Y, S, R> execution;

    /** RUNNING only where it is driven from outside; while it is in a chain, the root's counts. */
    private volatile State state = State.CREATED;

    /** It and those it yields from, once it has delegated; see there. */
    private @Nullable Chain chain;

    /** The chain of another generator that it is part of. */
    @Nullable Chain chained;

    /** What hasNext() got and next() has not taken: a value or, if closed, the return value. */
    private @Nullable Object lookahead = NOTHING;

    private Generator(Body<Y, S, R> body) {
        Jdk.get(); // If the JVM lacks the flags, the place to say so is here.
        execution = new Execution<>(Objects.requireNonNull(body, "body"));
    }

    /** Makes a generator. Nothing of the body runs until its first value is asked for. */
    public static <
                    Y extends @Nullable Object,
                    S extends @Nullable Object,
                    R extends @Nullable Object>
            Generator<Y, S, R> of(Body<Y, S, R> body) {
        return new Generator<>(body);
    }

    /** Makes a generator whose body returns nothing and takes any answer, or ignores it. */
    public static <Y extends @Nullable Object> Generator<Y, Object, @Nullable Void> produce(
            Producer<Y> body) {
        Objects.requireNonNull(body, "body");
        return new Generator<>(
                y -> {
                    body.run(y);
                    return null;
                });
    }

    // ---- PEP 342

    /**
     * Runs the body to its next yield and returns the value, or takes the one that {@link
     * #hasNext()} got.
     *
     * @return null only if null was yielded
     * @throws StopIteration if the body returned instead; the first time with what it returned
     * @throws IllegalStateException if the generator is executing
     */
    @Override
    public Y next() {
        Object next = hasLookahead() ? takeLookahead() : advance(null, null);
        if (next == FINISHED) {
            throw new StopIteration(takeLookahead()).withStackTrace();
        }
        return cast(next);
    }

    /**
     * Resumes the body with an answer to its last yield, and returns the value of its next one.
     *
     * @param value the answer; null is the same as {@link #next()}
     * @return null only if null was yielded
     * @throws StopIteration if the body returned instead; the first time with what it returned
     * @throws IllegalStateException if the generator is executing; or if {@code value} is not null
     *     and the body waits for no answer: it was not started, or {@link #hasNext()} got its next
     *     value already
     */
    @Override
    public Y send(@Nullable S value) {
        if (value != null && state == State.CREATED) {
            throw new IllegalStateException(
                    "A value was sent to a generator that has not started, so that nothing waits"
                            + " for it. Call next() or send(null) first.");
        }
        if (value != null && hasLookahead()) {
            throw lookedAhead();
        }
        Object next = hasLookahead() ? takeLookahead() : advance(value, null);
        if (next == FINISHED) {
            throw new StopIteration(takeLookahead());
        }
        return cast(next);
    }

    /**
     * Throws an exception out of the yield where the body waits, and returns the value of its next
     * yield, if it catches the exception and goes on.
     *
     * <p>A generator that was not started is finished by it and its body never runs.
     *
     * @return null only if null was yielded
     * @throws StopIteration if the body caught it and returned
     * @throws IllegalStateException if the generator is executing, or {@link #hasNext()} got its
     *     next value already
     */
    @Override
    public Y throwInto(Throwable exception) {
        Objects.requireNonNull(exception, "exception");
        if (hasLookahead()) {
            throw lookedAhead();
        }
        Object next = advance(null, exception);
        if (next == FINISHED) {
            throw new StopIteration(takeLookahead());
        }
        return cast(next);
    }

    /**
     * Throws {@link GeneratorExit} out of the yield where the body waits, so that it cleans up and
     * finishes. A generator that was not started is finished without running, and nothing is done
     * to a finished one.
     *
     * @throws IllegalStateException if the body yields again, or the generator is executing
     */
    @Override
    public void close() {
        closeAndGet();
    }

    /**
     * Closes the generator and returns what its body returned.
     *
     * @return null if the body let {@link GeneratorExit} out, never ran, or had finished before;
     *     but if it was {@link #hasNext()} that finished it, what it returned then
     * @throws IllegalStateException if the body yields again, or the generator is executing
     */
    public @Nullable R closeAndGet() {
        State now = state;
        if (now == State.CREATED && STATE.compareAndSet(this, now, State.CLOSED)) {
            finish();
            return null;
        }
        if (hasLookahead()) {
            lookahead = NOTHING;
        }
        if (now != State.CLOSED) {
            try {
                if (advance(null, new GeneratorExit()) != FINISHED) {
                    throw ignoredExit();
                }
            } catch (GeneratorExit e) {
                return null;
            }
        }
        return cast(takeLookahead());
    }

    // ---- As an iterator

    /**
     * Runs the body to its next yield, unless that was done before, and keeps the value for {@link
     * #next()}.
     *
     * <p>From then until next() the body waits for an answer to a value that the caller has not
     * seen, and so nothing can be sent or thrown to it.
     *
     * @throws IllegalStateException if the generator is executing
     */
    @Override
    public boolean hasNext() {
        if (lookahead == NOTHING && state != State.CLOSED) {
            Object next = advance(null, null);
            if (next != FINISHED) {
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

    /** Returns the values to come as a sequential stream; closing it closes the generator. */
    public Stream<Y> stream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED), false)
                .onClose(this::close);
    }

    /**
     * Returns this generator, and declares a checked exception that may come out of it, since Java
     * lets nobody catch what is not declared: {@code for (var line :
     * lines.mayThrow(IOException.class))}.
     *
     * @throws X never from here
     */
    public <X extends Exception> Generator<Y, S, R> mayThrow(Class<X> type) throws X {
        return this;
    }

    // ---- What it is doing

    /** Returns where the generator stands. */
    public State state() {
        return isExecuting() ? State.RUNNING : state;
    }

    /**
     * Returns what the generator yields from at the moment ({@code gi_yieldfrom} in Python): a
     * generator, another delegate, or an iterator; null if nothing.
     */
    public @Nullable Object delegate() {
        return execution.delegate;
    }

    @Override
    public String toString() {
        return "Generator@" + Integer.toHexString(hashCode()) + "[" + state() + "]";
    }

    // ---- The engine

    /**
     * Runs the body, or the innermost generator that it yields from, until there is a value.
     *
     * @return the value; or FINISHED, and what the body returned is in {@link #lookahead}
     */
    private @Nullable Object advance(@Nullable Object sent, @Nullable Throwable thrown) {
        State before = state;
        if (before == State.CLOSED) {
            if (thrown != null) {
                lookahead = NOTHING;
                throw Sneaky.sneakyThrow(thrown);
            }
            return FINISHED;
        }
        enter(before);
        try {
            Object next;
            if (chain == null && !execution.delegatesToGenerator()) {
                // The common case: no chain, no need for one.
                execution.resume(sent, thrown);
                if (execution.phase == Execution.Phase.YIELDED) {
                    return execution.takeValue();
                }
                next = execution.hasFinished() ? FINISHED : newChain().drive(null, null);
            } else {
                next = (chain != null ? chain : newChain()).drive(sent, thrown);
            }
            if (next == FINISHED) {
                Throwable error = execution.takeError();
                if (error != null) {
                    throw Sneaky.sneakyThrow(error);
                }
                lookahead = execution.takeValue();
            }
            return next;
        } finally {
            if (execution.hasFinished()) {
                finish();
            } else {
                STATE.setRelease(this, State.SUSPENDED);
            }
        }
    }

    private Chain newChain() {
        Chain made = new Chain(this);
        chain = made;
        return made;
    }

    /** Takes hold of the generator. From here on, it is driven by itself and not by a chain. */
    private void enter(State before) {
        if (before == State.RUNNING
                || isExecuting()
                || !STATE.compareAndSet(this, before, State.RUNNING)) {
            throw alreadyExecuting();
        }
        if (chained != null) {
            chained.cut(this);
        }
    }

    // ---- As part of another one's chain

    boolean isExecuting() {
        Chain outer = chained;
        return state == State.RUNNING || (outer != null && outer.root.state == State.RUNNING);
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    void joinChain(Chain outer) {
        if (chained != null) {
            chained.cut(this);
        }
        chained = outer;
        lookahead = NOTHING;
        state = State.SUSPENDED;
    }

    void finish() {
        execution.discard();
        chain = null;
        state = State.CLOSED;
    }

    /** Whether hasNext() got a value that next() has not taken. */
    boolean hasLookahead() {
        return lookahead != NOTHING && state != State.CLOSED;
    }

    /** Takes what hasNext() got, a value or the return value; null if neither. */
    @Nullable Object takeLookahead() {
        Object taken = lookahead;
        lookahead = NOTHING;
        return taken == NOTHING ? null : taken;
    }

    static IllegalStateException alreadyExecuting() {
        return new IllegalStateException(
                "generator already executing: it was resumed by its own body, by a generator that"
                        + " it yields from, or by two threads at once; this is "
                        + Thread.currentThread());
    }

    static IllegalStateException ignoredExit() {
        return new IllegalStateException(
                "generator ignored GeneratorExit: it was closed, and yielded another value instead"
                        + " of finishing");
    }

    static IllegalStateException lookedAhead() {
        return new IllegalStateException(
                "hasNext() has already run the generator to its next value, so what is sent or"
                        + " thrown now would miss the value before. Call next() first, or do"
                        + " without hasNext().");
    }

    /**
     * Gives a value that went through a slot its type again; only the body knows it to be right.
     */
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
    static <T extends @Nullable Object> T cast(@Nullable Object value) {
        return (T) value;
    }
}
