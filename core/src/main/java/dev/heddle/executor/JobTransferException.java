package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.Serial;

/**
 * Says that a job of a {@link ProcessPoolExecutor} could not be sent to its worker, or its result
 * or error not sent back: most often, since a class is not {@link java.io.Serializable}, which the
 * message then names.
 */
public final class JobTransferException extends RuntimeException {

    @Serial private static final long serialVersionUID = 1;

    JobTransferException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
