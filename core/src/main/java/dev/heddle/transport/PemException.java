package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** A file with certificates or keys has something else than what was expected in it. */
public final class PemException extends IOException {

    private static final long serialVersionUID = 1;

    /** Makes one that says in which file and line what was found, and what was expected. */
    public PemException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
