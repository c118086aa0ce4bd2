package dev.heddle.transport;

import dev.heddle.EventLoop;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What all servers have in common: those of protocols, and those of streams. For its loop's thread
 * only.
 *
 * <p>Source: {@code asyncio.AbstractServer}.
 */
public interface AbstractServer extends AutoCloseable {

    /** Returns the loop that it belongs to. */
    EventLoop getLoop();

    /** Returns the server that has the listening sockets: this one, or the one under it. */
    Server server();

    /** Begins to accept connections, if the options have put it off. Idempotent. */
    void startServing();

    /** Accepts connections until it is closed, and suspends the calling task until then. */
    void serveForever();

    /** Tells whether it accepts connections. */
    boolean isServing();

    /** Returns where it listens; stays known when it is closed. */
    List<SocketAddress> addresses();

    /** Returns the TCP port of the first address; stays known when it is closed. */
    int port();

    /** Stops to accept, and leaves the connections alone. Does not wait. Idempotent. */
    @Override
    void close();

    /**
     * Stops to accept, and suspends the calling task until all connections have ended; what has not
     * by itself within {@code grace} is ended then.
     */
    void close(Duration grace);

    /** Closes each connection, after what was written to it is sent. Does not wait. */
    void closeClients();

    /** Aborts each connection. Does not wait. */
    void abortClients();

    /** Suspends the calling task until it is closed and has no connection left. */
    void waitClosed();
}
