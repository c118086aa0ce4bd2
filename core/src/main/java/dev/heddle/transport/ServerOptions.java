package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * How a server listens, and how its connections behave.
 *
 * <p>Source: the keyword arguments of {@code loop.create_server} and {@code create_unix_server}.
 *
 * @param backlog how many connections the system keeps until they are accepted; 1024 by default,
 *     where asyncio has 100: so many clients come within milliseconds when all reconnect, and one
 *     for whom there is no room waits for a second
 * @param reuseAddress whether a port may be taken that connections of an ended server still occupy
 *     ({@code SO_REUSEADDR}); true by default
 * @param reusePort whether several servers may listen at the same port, and share what comes
 *     ({@code SO_REUSEPORT}); false by default
 * @param maxConnections how many connections the server has at most; 10,000 by default. While there
 *     are so many, none is accepted, and who connects waits in the system's queue
 * @param tls null for none, which is the default
 * @param startServing whether connections are accepted at once; true by default. Else that begins
 *     with {@link Server#startServing}, and who connects before waits in the system's queue
 * @param tcp how the connections behave
 * @param writeLimits the write buffer limits of each connection; by default the transport's own
 * @param cleanupSocket whether closing a UNIX server removes its path, if that is still its own;
 *     true by default
 */
public record ServerOptions(
        int backlog,
        boolean reuseAddress,
        boolean reusePort,
        int maxConnections,
        @Nullable TlsOptions tls,
        boolean startServing,
        TcpOptions tcp,
        WriteBufferLimits writeLimits,
        boolean cleanupSocket) {

    /** Plain TCP, served at once, for at most 10,000 connections. */
    public static final ServerOptions DEFAULT =
            new ServerOptions(
                    1024,
                    true,
                    false,
                    10_000,
                    null,
                    true,
                    TcpOptions.DEFAULT,
                    WriteBufferLimits.DEFAULT,
                    true);

    /** Checks the numbers. */
    public ServerOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog must be at least 1, and is " + backlog);
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(
                    "maxConnections must be at least 1, and is " + maxConnections);
        }
        Objects.requireNonNull(tcp, "tcp");
        Objects.requireNonNull(writeLimits, "writeLimits");
    }

    /** Returns a copy with another {@code backlog}. */
    public ServerOptions withBacklog(int connections) {
        return new ServerOptions(
                connections,
                reuseAddress,
                reusePort,
                maxConnections,
                tls,
                startServing,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code reuseAddress}. */
    public ServerOptions withReuseAddress(boolean on) {
        return new ServerOptions(
                backlog,
                on,
                reusePort,
                maxConnections,
                tls,
                startServing,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code reusePort}. */
    public ServerOptions withReusePort(boolean on) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                on,
                maxConnections,
                tls,
                startServing,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code maxConnections}. */
    public ServerOptions withMaxConnections(int connections) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                connections,
                tls,
                startServing,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with TLS, or without it for null. */
    public ServerOptions withTls(@Nullable TlsOptions options) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                maxConnections,
                options,
                startServing,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code startServing}. */
    public ServerOptions withStartServing(boolean on) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                maxConnections,
                tls,
                on,
                tcp,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code tcp}. */
    public ServerOptions withTcp(TcpOptions options) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                maxConnections,
                tls,
                startServing,
                options,
                writeLimits,
                cleanupSocket);
    }

    /** Returns a copy with other {@code writeLimits}. */
    public ServerOptions withWriteLimits(WriteBufferLimits limits) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                maxConnections,
                tls,
                startServing,
                tcp,
                limits,
                cleanupSocket);
    }

    /** Returns a copy with another {@code cleanupSocket}. */
    public ServerOptions withCleanupSocket(boolean on) {
        return new ServerOptions(
                backlog,
                reuseAddress,
                reusePort,
                maxConnections,
                tls,
                startServing,
                tcp,
                writeLimits,
                on);
    }

    /** Sets the marks, unless they are the default: TLS has one of its own. */
    void applyWriteLimits(Transport transport) {
        if (!writeLimits.equals(WriteBufferLimits.DEFAULT)) {
            transport.setWriteBufferLimits(writeLimits);
        }
    }
}
