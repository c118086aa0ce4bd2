package dev.heddle;

import java.io.Serial;

/**
 * Thrown out of {@link Runner#run} when SIGTERM ended the program and its clean-up is done.
 *
 * <p>Uncaught on the main thread it ends the JVM with exit code 143 and without a stack trace, as
 * those expect who sent the signal.
 */
public class Terminated extends Error {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one. */
    public Terminated() {
        super("terminated by SIGTERM");
    }
}
