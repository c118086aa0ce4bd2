package dev.heddle.executor;

import java.io.Serial;

/**
 * The stack trace that an error had in the worker JVM where it was thrown, as text; a suppressed
 * exception of that error. It tells which worker that was, and holds also what serialisation loses.
 *
 * <p>Source: {@code concurrent.futures.process._RemoteTraceback}, which is the error's cause, since
 * Python does not serialise the cause that it has.
 */
public final class RemoteStackTrace extends Exception {

    @Serial private static final long serialVersionUID = 1;

    RemoteStackTrace(String worker, String text) {
        super("thrown in " + worker + ":\n" + text.indent(4).stripTrailing(), null, false, false);
    }
}
