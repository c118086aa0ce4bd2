package dev.heddle.testing;

/**
 * A test has left something behind: tasks, channels, timers, failures that nobody has retrieved, or
 * errors that only the loop's exception handler was told of. The message names each; the errors
 * themselves are suppressed ones.
 */
public final class LeakError extends AssertionError {

    private static final long serialVersionUID = 1;

    LeakError(String message) {
        super(message);
    }
}
