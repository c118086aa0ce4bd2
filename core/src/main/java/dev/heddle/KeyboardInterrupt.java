package dev.heddle;

import java.io.Serial;

/**
 * Thrown out of {@link Runner#run} when Ctrl-C ended the program and its clean-up is done.
 *
 * <p>Uncaught on the main thread it ends the JVM with exit code 130 and without a stack trace, as a
 * shell expects. Thrown in a task or callback, it is kept in the task and also leaves the loop.
 *
 * <p>Source: Python's {@code KeyboardInterrupt}.
 */
public class KeyboardInterrupt extends Error {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one. */
    public KeyboardInterrupt() {
        super("interrupted by Ctrl-C");
    }
}
