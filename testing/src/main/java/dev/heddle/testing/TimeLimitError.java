package dev.heddle.testing;

/** A test took longer than its {@link TimeLimit}. The message shows who waits for what. */
public final class TimeLimitError extends AssertionError {

    private static final long serialVersionUID = 1;

    TimeLimitError(String message) {
        super(message);
    }
}
