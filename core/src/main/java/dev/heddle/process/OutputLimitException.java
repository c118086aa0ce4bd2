package dev.heddle.process;

import java.io.IOException;
import java.io.Serial;

/** A child has written more than {@link SubprocessOptions#outputLimit} allows. */
public class OutputLimitException extends IOException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one. */
    public OutputLimitException(String message) {
        super(message);
    }
}
