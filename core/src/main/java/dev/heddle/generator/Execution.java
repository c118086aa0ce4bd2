package dev.heddle.generator;

import dev.heddle.internal.Jdk;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.Objects;

/**
 * The inner side of a generator: its body on a continuation, and the slots through which values and
 * exceptions cross between the body and whoever resumes it.
 *
 * <pre>
 *                        ┌──────────────────┐
 *                        ▼                  │ resume
 *    READY ──resume──► RUNNING ──► YIELDED, DELEGATED
 *                        │
 *                        └───────► RETURNED, FAILED
 * </pre>
 *
 * <p>It knows nothing of other generators; those are the business of {@link Chain}.
 */
final class Execution<
                Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
        implements Yielder<Y, S>, Runnable {

    enum Phase {
        /** The body has not started. */
        READY,
        /** The body executes. */
        RUNNING,
        /** The body waits for the answer to the value that lies in the slot. */
        YIELDED,
        /** The body waits for the end of the generator in {@link #delegate}. */
        DELEGATED,
        /** The body has finished; what it returned lies in the slot. */
        RETURNED,
        /** The body has finished; what it threw lies in the slot. */
        FAILED
    }

    Phase phase = Phase.READY;

    /** What this generator yields from at the moment: a generator, delegate or iterator. */
    @Nullable Object delegate;

    // One slot each for both directions: to the body while it is resumed, from it otherwise.
    private @Nullable Object value;
    private @Nullable Throwable error;

    private Generator.@Nullable Body<Y, S, R> body;
    private @Nullable Object continuation;

    Execution(Generator.Body<Y, S, R> body) {
        this.body = body;
    }

    // ---- Outside: for whoever drives it

    /** Runs the body until it yields, delegates or finishes; {@link #phase} says which. */
    void resume(@Nullable Object sent, @Nullable Throwable thrown) {
        Object running = continuation;
        if (running == null) {
            running = Jdk.get().newContinuation(this);
            continuation = running;
        }
        value = sent;
        error = thrown;
        phase = Phase.RUNNING;
        Jdk.get().runContinuation(running);
    }

    boolean hasFinished() {
        return phase == Phase.RETURNED || phase == Phase.FAILED;
    }

    boolean delegatesToGenerator() {
        return delegate instanceof Generator<?, ?, ?>;
    }

    @Nullable Object takeValue() {
        Object taken = value;
        value = null;
        return taken;
    }

    @Nullable Throwable takeError() {
        Throwable taken = error;
        error = null;
        return taken;
    }

    /** Lets go of all that a finished generator does not need. */
    void discard() {
        body = null;
        continuation = null;
    }

    // ---- Inside: on the continuation

    /** The whole life of the body. */
    @Override
    public void run() {
        try {
            receive(); // An exception thrown in before the start is raised in place of the body.
            value = Objects.requireNonNull(body).run(this);
            phase = Phase.RETURNED;
        } catch (StopIteration e) {
            // PEP 479: it would end a loop of the caller that has nothing to do with it.
            fail(new RuntimeException("generator raised StopIteration", e));
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        error = e;
        phase = Phase.FAILED;
    }

    @Override
    public @Nullable S yield(Y value) {
        suspend(Phase.YIELDED, value);
        return Generator.cast(receive());
    }

    @Override
    public <T extends @Nullable Object> T yieldFrom(
            Generator<? extends Y, ? super S, ? extends T> generator) {
        suspend(Phase.DELEGATED, Objects.requireNonNull(generator, "generator"));
        return Generator.cast(receive()); // The Chain brought what the generator returned.
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends @Nullable Object> T yieldFrom(
            Delegate<? extends Y, ? super S, ? extends T> inner) {
        Objects.requireNonNull(inner, "delegate");
        if (inner instanceof Generator<?, ?, ?>) {
            return yieldFrom((Generator<? extends Y, ? super S, ? extends T>) inner);
        }
        return Generator.cast(talkThrough((Delegate<Y, Object, ?>) inner, inner));
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object yieldFrom(Iterator<? extends Y> iterator) {
        Objects.requireNonNull(iterator, "iterator");
        if (iterator instanceof Delegate<?, ?, ?>) {
            return yieldFrom((Delegate<? extends Y, ? super S, ?>) iterator);
        }
        return talkThrough(new IteratorDelegate<Y>(iterator), iterator);
    }

    /** PEP 380's own definition, for all that is not a generator. */
    private @Nullable Object talkThrough(Delegate<Y, Object, ?> inner, Object shown) {
        Object sent = null;
        Throwable thrown = null;
        try {
            for (; ; ) {
                Y next;
                try {
                    next =
                            thrown != null
                                    ? inner.throwInto(thrown)
                                    : sent != null ? inner.send(sent) : inner.next();
                } catch (StopIteration e) {
                    if (e == thrown) {
                        throw e; // What the caller threw in came back: not the delegate's end.
                    }
                    return e.value();
                }
                delegate = shown;
                suspend(Phase.YIELDED, next);
                thrown = takeError();
                sent = takeValue();
                if (thrown instanceof GeneratorExit) {
                    inner.close();
                    throw Sneaky.sneakyThrow(thrown);
                }
            }
        } finally {
            delegate = null;
        }
    }

    /** Gives control back to whoever resumed the body, until the next time. */
    private void suspend(Phase why, @Nullable Object out) {
        Object running = continuation;
        if (running == null || running != Jdk.get().currentContinuation()) {
            throw notTheBody();
        }
        if (why == Phase.DELEGATED) {
            delegate = out;
        } else {
            value = out;
        }
        phase = why;
        boolean suspended = false;
        try {
            suspended = Jdk.get().suspendContinuation();
        } finally {
            if (!suspended) {
                phase = Phase.RUNNING;
                value = null;
                delegate = null;
            }
        }
        if (!suspended) {
            throw pinned();
        }
    }

    /** Takes what {@link #resume} brought: raises the exception or returns the value. */
    private @Nullable Object receive() {
        Throwable thrown = takeError();
        if (thrown != null) {
            throw Sneaky.sneakyThrow(thrown);
        }
        return takeValue();
    }

    private static IllegalStateException pinned() {
        return new IllegalStateException(
                "A generator cannot yield here: its stack holds a native frame or a class"
                        + " initializer (static { ... }), which cannot be suspended; on "
                        + Thread.currentThread());
    }

    private static IllegalStateException notTheBody() {
        return new IllegalStateException(
                "A generator's yielder was used outside the generator's body, on "
                        + Thread.currentThread()
                        + ". It works only in calls made by the body itself, while it executes:"
                        + " not on another thread, not in another generator, not after the end.");
    }
}
