package dev.heddle.stream;

/**
 * Same as {@link ConnectionHandler} in the form that asyncio has: its {@code client_connected_cb}.
 */
@FunctionalInterface
public interface StreamHandler {

    /** Serves a connection, which is closed when this returns. */
    void handle(StreamReader reader, StreamWriter writer) throws Exception;
}
