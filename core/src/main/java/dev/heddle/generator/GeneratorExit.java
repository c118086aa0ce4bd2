package dev.heddle.generator;

/**
 * Is thrown inside the body of a generator, where it yielded, when the generator is closed.
 *
 * <p>The body may clean up and must then let it out, or return; it may not yield any more. It is an
 * Error, as ThreadDeath was and for its reason: {@code catch (Exception e)} must not swallow it. It
 * carries no stack trace, since it is control flow and not a failure.
 */
public final class GeneratorExit extends Error {

    private static final long serialVersionUID = 1L;

    /** Makes one to be thrown into a generator, as {@link Generator#close()} does. */
    public GeneratorExit() {
        super("the generator was closed", null, true, false);
    }
}
