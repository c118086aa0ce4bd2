package dev.heddle.stream;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.ReturnWhen;
import dev.heddle.Task;
import dev.heddle.sync.Event;
import dev.heddle.transport.AbstractServer;
import dev.heddle.transport.Server;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/**
 * A server whose connections are streams, each with a task of its own. From {@link Streams}.
 *
 * {@snippet :
 * StreamServer server = Streams.startServer(this::handle, "localhost", 8888);
 * ...
 * server.close(Duration.ofSeconds(10)); // lets those finish that are being served
 * }
 *
 * <p>Source: {@code asyncio.Server}.
 */
public final class StreamServer implements AbstractServer {

    /**
     * How long a handler that was cancelled may take to clean up before it loses its connection.
     */
    private static final Duration CLEAN_UP_TIME = Duration.ofSeconds(1);

    /** How long after that it may take to end before it is reported and left alone. */
    private static final Duration END_TIME = Duration.ofSeconds(10);

    private final Server server;
    private final Clients clients;
    private final Event closed = new Event();

    StreamServer(Server server, Clients clients) {
        this.server = server;
        this.clients = clients;
    }

    /** Returns the server under this one. */
    @Override
    public Server server() {
        return server;
    }

    /** Returns the loop that it belongs to. */
    @Override
    public EventLoop getLoop() {
        return server.getLoop();
    }

    /** Begins to accept, if the options have put it off. Idempotent. */
    @Override
    public void startServing() {
        server.startServing();
    }

    /**
     * Accepts connections until the server is closed, and suspends the calling task until then. If
     * that is cancelled, as by Ctrl-C, those who are being served have {@link Server#GRACE} to
     * finish; see {@link #serveForever(Duration)}.
     */
    @Override
    public void serveForever() {
        serveForever(Server.GRACE);
    }

    /**
     * Accepts connections until the calling task is cancelled; then closes as {@link
     * #close(Duration)} before it goes on. Returns without waiting for a connection if another task
     * has closed the server.
     */
    public void serveForever(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        server.startServing();
        try {
            closed.await();
        } catch (CancelledError e) {
            close(grace);
            throw e;
        }
    }

    /** Tells whether it accepts. */
    @Override
    public boolean isServing() {
        return server.isServing();
    }

    /** Returns the listening channels; none when it is closed. */
    public List<ServerSocketChannel> sockets() {
        return server.sockets();
    }

    /** Returns where it listens. */
    @Override
    public List<SocketAddress> addresses() {
        return server.addresses();
    }

    /** Returns the TCP port on which it listens. */
    @Override
    public int port() {
        return server.port();
    }

    /** Returns how many handlers run. */
    public int handlers() {
        return clients.tasks().size();
    }

    /** Stops to accept, and leaves those alone that are being served. Does not wait. Idempotent. */
    @Override
    public void close() {
        server.close();
        closed.set();
    }

    /**
     * Stops to accept, and suspends the calling task until all connections are closed. Those who
     * are being served may finish within {@code grace}; then their tasks are cancelled, and what is
     * left of their connections is aborted. If the calling task is cancelled, that is done at once.
     *
     * <p>A handler may call it too: it does not wait for itself, and is not cancelled.
     */
    @Override
    public void close(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        close();
        boolean cancelled = false;
        try {
            if (awaitAll(grace)) {
                return;
            }
            cancelHandlers();
            cancelled = true;
            awaitHandlers(CLEAN_UP_TIME);
        } catch (CancelledError e) {
            if (!cancelled) {
                cancelHandlers();
            }
            abortOthers();
            throw e;
        }
        abortOthers();
        if (!awaitAll(END_TIME)) {
            reportStuck();
        }
    }

    /** Closes all connections in order; their handlers read the end. Does not wait. */
    @Override
    public void closeClients() {
        server.closeClients();
    }

    /** Aborts all connections; their handlers read the end, or fail to write. Does not wait. */
    @Override
    public void abortClients() {
        server.abortClients();
    }

    /** Suspends the calling task until the server is closed and has no connection left. */
    @Override
    public void waitClosed() {
        server.waitClosed();
    }

    // ---------------------------------------------------------------- the handlers

    private boolean isHandler() {
        Task<?> current = Asyncio.currentTask();
        return current != null && clients.tasks().contains(current);
    }

    private List<Task<?>> otherHandlers() {
        var others = new ArrayList<Task<?>>(clients.tasks());
        others.removeIf(t -> t == Asyncio.currentTask());
        return others;
    }

    private void abortOthers() {
        if (!isHandler()) { // else its own connection is one of them
            server.abortClients();
        }
    }

    private void cancelHandlers() {
        otherHandlers().forEach(t -> t.cancel("The server is closed"));
    }

    /** Returns whether all handlers have ended in time, and all connections. */
    private boolean awaitAll(Duration time) {
        EventLoop loop = Asyncio.getRunningLoop();
        long begin = loop.clock().nanoTime();
        if (!awaitHandlers(time)) {
            return false;
        }
        if (isHandler()) {
            return true;
        }
        Duration left = time.minusNanos(loop.clock().nanoTime() - begin);
        try {
            Asyncio.timeout(left, server::waitClosed);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Returns whether all handlers have ended in time. */
    private boolean awaitHandlers(Duration time) {
        List<Task<?>> others = otherHandlers();
        return others.isEmpty()
                || Asyncio.wait(others, time, ReturnWhen.ALL_COMPLETED).pending().isEmpty();
    }

    private void reportStuck() {
        EventLoop loop = Asyncio.getRunningLoop();
        for (Task<?> stuck : otherHandlers()) {
            loop.callExceptionHandler(
                    ErrorContext.of(
                                    ("A handler was cancelled, as its server was closed, and did"
                                                    + " not end within %s s")
                                            .formatted(StallTimer.seconds(END_TIME)),
                                    null)
                            .with(stuck));
        }
    }

    @Override
    public String toString() {
        return "StreamServer(%s, %d handlers)".formatted(server, handlers());
    }
}
