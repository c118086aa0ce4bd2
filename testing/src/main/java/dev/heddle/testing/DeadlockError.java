package dev.heddle.testing;

/**
 * All tasks wait, and nothing is left that could wake one. The message shows who waits for what.
 */
public final class DeadlockError extends AssertionError {

    private static final long serialVersionUID = 1;

    DeadlockError(String message) {
        super(message);
    }
}
