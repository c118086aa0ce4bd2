package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.util.OptionalInt;

/**
 * Says that the worker JVM of a {@link ProcessPoolExecutor} ended while it ran a job, or could not
 * be started for it. Other jobs do not notice, and another worker takes its place.
 *
 * <p>Source: {@code concurrent.futures.process.BrokenProcessPool}, which breaks the whole pool.
 */
public final class BrokenProcessException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1;

    /** Below it an exit status is the program's; above it, by convention, a signal's. */
    private static final int SIGNALS = 128;

    private static final int LAST_SIGNAL = 64;

    /** Or -1, for none. */
    private final int exitStatus;

    BrokenProcessException(String message, OptionalInt exitStatus, @Nullable Throwable cause) {
        super(message, cause);
        this.exitStatus = exitStatus.orElse(-1);
    }

    /**
     * Returns the worker's exit status; 128 + n if signal n has ended it; empty if none is known.
     */
    public OptionalInt exitStatus() {
        return exitStatus < 0 ? OptionalInt.empty() : OptionalInt.of(exitStatus);
    }

    static String describe(int exitStatus) {
        int signal = exitStatus - SIGNALS;
        return signal > 0 && signal <= LAST_SIGNAL
                ? "exit status " + exitStatus + " (as after signal " + signal + ")"
                : "exit status " + exitStatus;
    }
}
