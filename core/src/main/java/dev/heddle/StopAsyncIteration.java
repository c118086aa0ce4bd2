package dev.heddle;

import java.io.Serial;
import java.util.NoSuchElementException;

/** Says that an {@link AsyncGenerator} has no further value. Source: PEP 525. */
public final class StopAsyncIteration extends NoSuchElementException {

    @Serial private static final long serialVersionUID = 1;

    /** Makes one. */
    public StopAsyncIteration() {
        super("the async generator has finished");
    }
}
