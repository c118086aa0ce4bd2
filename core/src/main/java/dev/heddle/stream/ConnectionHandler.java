package dev.heddle.stream;

/** What a server does with a connection; runs as a task of its own. See {@link Streams}. */
@FunctionalInterface
public interface ConnectionHandler {

    /** Serves {@code connection}, which is closed when this returns. */
    void handle(Connection connection) throws Exception;
}
