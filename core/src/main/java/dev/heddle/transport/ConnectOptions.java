package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;

/**
 * How a connection is made. Immutable; start from {@link #DEFAULT} and change a copy.
 *
 * <p>Source: the keyword arguments of {@code loop.create_connection}; RFC 8305 for the two in the
 * middle.
 *
 * @param connectTimeout for everything: finding the addresses, connecting, the TLS handshake; null
 *     for no limit
 * @param localAddress the address to connect from; addresses of the other family are then not
 *     tried, unless it is the wildcard. Null for any
 * @param happyEyeballsDelay after which the next address is tried, although the one before has not
 *     answered; null: only when that has failed
 * @param interleave how many addresses of the first family come before the families take turns; 0:
 *     the order is that of the resolver
 * @param tls makes a TLS connection; null for plain bytes
 * @param tlsServerName the name that the server's certificate must have; null for the one in {@code
 *     tls}, or else the host
 * @param tcp options of the socket
 * @param writeBufferLimits when the protocol is told to pause, and to resume; the default ones
 *     leave it to the transport
 */
public record ConnectOptions(
        @Nullable Duration connectTimeout,
        @Nullable InetSocketAddress localAddress,
        @Nullable Duration happyEyeballsDelay,
        int interleave,
        @Nullable TlsOptions tls,
        @Nullable String tlsServerName,
        TcpOptions tcp,
        WriteBufferLimits writeBufferLimits) {

    /** 30 seconds, a quarter of a second from one address to the next, no TLS. */
    public static final ConnectOptions DEFAULT =
            new ConnectOptions(
                    Duration.ofSeconds(30),
                    null,
                    Duration.ofMillis(250),
                    1,
                    null,
                    null,
                    TcpOptions.DEFAULT,
                    WriteBufferLimits.DEFAULT);

    /** Checks that the times are positive, and {@code interleave} not negative. */
    public ConnectOptions {
        Objects.requireNonNull(tcp, "tcp");
        Objects.requireNonNull(writeBufferLimits, "writeBufferLimits");
        if (connectTimeout != null && !connectTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "connectTimeout must be positive, or null for no limit, and is "
                            + connectTimeout);
        }
        if (happyEyeballsDelay != null && happyEyeballsDelay.isNegative()) {
            throw new IllegalArgumentException(
                    "happyEyeballsDelay must not be negative, and is null for one address after the"
                            + " other; it is "
                            + happyEyeballsDelay);
        }
        if (interleave < 0) {
            throw new IllegalArgumentException(
                    "interleave must be 0 or more, and is " + interleave);
        }
        if (tlsServerName != null && tlsServerName.isEmpty()) {
            throw new IllegalArgumentException(
                    "tlsServerName must not be empty; it is null for the host");
        }
    }

    /** Returns a copy with a limit for the whole of connecting; null for none. */
    public ConnectOptions withConnectTimeout(@Nullable Duration connectTimeout) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with an address to connect from; null for any. */
    public ConnectOptions withLocalAddress(@Nullable InetSocketAddress localAddress) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with a delay from one address to the next; null: one after the other. */
    public ConnectOptions withHappyEyeballsDelay(@Nullable Duration happyEyeballsDelay) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy in which so many addresses of the first family come first. */
    public ConnectOptions withInterleave(int interleave) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with TLS; null for none. */
    public ConnectOptions withTls(@Nullable TlsOptions tls) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with the name that the server's certificate must have; null for the host. */
    public ConnectOptions withTlsServerName(@Nullable String tlsServerName) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with options of the socket. */
    public ConnectOptions withTcp(TcpOptions tcp) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }

    /** Returns a copy with marks for the write buffer. */
    public ConnectOptions withWriteBufferLimits(WriteBufferLimits writeBufferLimits) {
        return new ConnectOptions(
                connectTimeout,
                localAddress,
                happyEyeballsDelay,
                interleave,
                tls,
                tlsServerName,
                tcp,
                writeBufferLimits);
    }
}
