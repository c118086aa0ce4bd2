package dev.heddle.stream;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.Task;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Serves the connections of one server, each in a task, and knows these tasks. */
final class Clients {

    private final ConnectionHandler handler;
    private final StreamOptions options;
    private final Set<Task<?>> tasks = new LinkedHashSet<>();

    Clients(ConnectionHandler handler, StreamOptions options) {
        this.handler = handler;
        this.options = options;
    }

    /** Makes the protocol of a new connection. */
    StreamReaderProtocol protocol() {
        return new StreamReaderProtocol(options, this);
    }

    /** Returns the tasks that are not done. */
    List<Task<?>> tasks() {
        return List.copyOf(tasks);
    }

    void serve(EventLoop loop, Connection connection) {
        Task<Void> task = loop.createTask(() -> handle(connection));
        tasks.add(task);
        task.addDoneCallback(t -> ended(loop, task, connection));
    }

    private void handle(Connection connection) throws Exception {
        handler.handle(connection);
        if (!connection.isDetached()) {
            connection.close();
        }
    }

    private void ended(EventLoop loop, Task<?> task, Connection connection) {
        tasks.remove(task);
        if (task.cancelled()) { // maybe before it has begun
            connection.writer().close();
            return;
        }
        Throwable error = task.exception();
        if (error == null) {
            return;
        }
        connection.abort();
        if (connection.isLossItself(error) && !loop.getDebug()) {
            return; // clients go away at any time, and the handler had nothing to add
        }
        if (!(error instanceof KeyboardInterrupt)) { // which ends the whole run
            loop.callExceptionHandler(
                    ErrorContext.of("Unhandled exception in client_connected_cb", error)
                            .with(task));
        }
    }
}
