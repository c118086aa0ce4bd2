package dev.heddle;

/**
 * Takes the errors that no code was there to catch: failing callbacks, failures that nobody
 * retrieved, tasks that were still pending when their loop was closed.
 *
 * <p>Source: {@code loop.set_exception_handler}.
 */
@FunctionalInterface
public interface ExceptionHandler {

    /** Takes an error. Runs on the loop's thread, and must not wait. */
    void handle(EventLoop loop, ErrorContext context);
}
