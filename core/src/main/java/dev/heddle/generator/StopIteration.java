package dev.heddle.generator;

import org.jspecify.annotations.Nullable;

import java.util.NoSuchElementException;

/**
 * Says that a generator, or another {@link Delegate}, has finished, and carries what it returned.
 *
 * <p>It is the way every conversation with a generator ends, so it carries no stack trace, which
 * would cost more than the generator. The exception is {@link Generator#next()}: its caller could
 * have asked {@link Generator#hasNext()}, so there it is most likely a mistake, and the trace shows
 * where.
 *
 * <p>It must not leave the body of a generator: that would end, in silence, a loop that a caller
 * further out runs. If it does, the body's caller gets a {@link RuntimeException} whose cause it is
 * (PEP 479).
 */
public final class StopIteration extends NoSuchElementException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object value;

    /**
     * Makes the end of a {@link Delegate}.
     *
     * @param value what it returns, or null
     */
    public StopIteration(@Nullable Object value) {
        this.value = value;
    }

    /** Returns what the generator returned; null if nothing, or if it had finished before. */
    public @Nullable Object value() {
        return value;
    }

    @Override
    public String getMessage() {
        return value == null
                ? "the generator has finished"
                : "the generator has finished and returned " + value;
    }

    /** Records nothing, see above. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }

    /** Records the caller's stack trace, for a caller that hardly expects this exception. */
    StopIteration withStackTrace() {
        super.fillInStackTrace();
        return this;
    }
}
