package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.Objects;

/**
 * How a datagram endpoint is made. Immutable; start from {@link #DEFAULT} and change a copy.
 *
 * <p>To join a multicast group, ask the transport for its {@link ExtraInfo#SOCKET}, which is a
 * {@link java.nio.channels.MulticastChannel}; or make the channel yourself and give it.
 *
 * <p>Source: the keyword arguments of {@code loop.create_datagram_endpoint}.
 *
 * @param localAddress where to receive; null for any address and a port that is free
 * @param remoteAddress the only one to send to and to receive from; null for any. With it the
 *     protocol hears that a port of the peer is closed
 * @param reusePort whether several sockets may have the same local address, and share what comes;
 *     not on all systems
 * @param allowBroadcast whether sending to broadcast addresses is allowed
 * @param channel one that is set up already, and is taken over; then there are no addresses, no
 *     {@code reusePort} and no {@code allowBroadcast}
 * @param writeBufferLimits when the protocol is told to pause, and to resume
 */
public record DatagramOptions(
        @Nullable InetSocketAddress localAddress,
        @Nullable InetSocketAddress remoteAddress,
        boolean reusePort,
        boolean allowBroadcast,
        @Nullable DatagramChannel channel,
        WriteBufferLimits writeBufferLimits) {

    /** Any local address, any remote one. */
    public static final DatagramOptions DEFAULT =
            new DatagramOptions(null, null, false, false, null, WriteBufferLimits.DEFAULT);

    /** Checks that the remote address can be sent to. */
    public DatagramOptions {
        Objects.requireNonNull(writeBufferLimits, "writeBufferLimits");
        if (remoteAddress != null && remoteAddress.getPort() == 0) {
            throw new IllegalArgumentException(
                    "remoteAddress must have a port, and is " + remoteAddress);
        }
    }

    /** Returns a copy with an address to receive at; null for any. */
    public DatagramOptions withLocalAddress(@Nullable InetSocketAddress localAddress) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }

    /** Returns a copy with the only peer; null for any. */
    public DatagramOptions withRemoteAddress(@Nullable InetSocketAddress remoteAddress) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }

    /** Returns a copy that may, or may not, share its local address with others. */
    public DatagramOptions withReusePort(boolean reusePort) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }

    /** Returns a copy that may, or may not, send to broadcast addresses. */
    public DatagramOptions withAllowBroadcast(boolean allowBroadcast) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }

    /** Returns a copy with a channel to take over; null to open one. */
    public DatagramOptions withChannel(@Nullable DatagramChannel channel) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }

    /** Returns a copy with marks for the write buffer. */
    public DatagramOptions withWriteBufferLimits(WriteBufferLimits writeBufferLimits) {
        return new DatagramOptions(
                localAddress, remoteAddress, reusePort, allowBroadcast, channel, writeBufferLimits);
    }
}
