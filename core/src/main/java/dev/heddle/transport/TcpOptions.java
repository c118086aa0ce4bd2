package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * How a TCP connection behaves, on either side; a UNIX connection takes the sizes and the time.
 *
 * @param noDelay whether small pieces are sent at once ({@code TCP_NODELAY}); true by default
 * @param keepAlive whether the system asks an idle peer now and then whether it is still there
 *     ({@code SO_KEEPALIVE}); false by default
 * @param sendBufferSize bytes that the system keeps for sending, as a hint; null for its default
 * @param receiveBufferSize bytes that the system keeps of what has come, as a hint; null for its
 *     default, which grows with need on most systems
 * @param closeTimeout how long {@link BaseTransport#close} goes on sending what was written, to a
 *     peer that does not take it; then the connection is aborted, and {@code connectionLost} gets a
 *     {@link java.net.SocketTimeoutException}. A minute by default; null for no limit
 */
public record TcpOptions(
        boolean noDelay,
        boolean keepAlive,
        @Nullable Integer sendBufferSize,
        @Nullable Integer receiveBufferSize,
        @Nullable Duration closeTimeout) {

    /** No delay, the system's sizes, a minute to close. */
    public static final TcpOptions DEFAULT =
            new TcpOptions(true, false, null, null, Duration.ofMinutes(1));

    /** Checks the sizes and the time. */
    public TcpOptions {
        checkSize("sendBufferSize", sendBufferSize);
        checkSize("receiveBufferSize", receiveBufferSize);
        if (closeTimeout != null && closeTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "closeTimeout must be at least 0, or null for no limit, and is "
                            + closeTimeout);
        }
    }

    private static void checkSize(String name, @Nullable Integer size) {
        if (size != null && size < 1) {
            throw new IllegalArgumentException(
                    "%s must be at least 1, or null for the system's, and is %d"
                            .formatted(name, size));
        }
    }

    /** Returns a copy with another {@code noDelay}. */
    public TcpOptions withNoDelay(boolean on) {
        return new TcpOptions(on, keepAlive, sendBufferSize, receiveBufferSize, closeTimeout);
    }

    /** Returns a copy with another {@code keepAlive}. */
    public TcpOptions withKeepAlive(boolean on) {
        return new TcpOptions(noDelay, on, sendBufferSize, receiveBufferSize, closeTimeout);
    }

    /** Returns a copy with another {@code sendBufferSize}. */
    public TcpOptions withSendBufferSize(@Nullable Integer bytes) {
        return new TcpOptions(noDelay, keepAlive, bytes, receiveBufferSize, closeTimeout);
    }

    /** Returns a copy with another {@code receiveBufferSize}. */
    public TcpOptions withReceiveBufferSize(@Nullable Integer bytes) {
        return new TcpOptions(noDelay, keepAlive, sendBufferSize, bytes, closeTimeout);
    }

    /** Returns a copy with another {@code closeTimeout}. */
    public TcpOptions withCloseTimeout(@Nullable Duration time) {
        return new TcpOptions(noDelay, keepAlive, sendBufferSize, receiveBufferSize, time);
    }

    /**
     * Sets the sizes. To be called before a connect, as TCP agrees on the window while connecting.
     */
    void applySizes(SocketChannel channel) throws IOException {
        if (sendBufferSize != null) {
            set(channel, StandardSocketOptions.SO_SNDBUF, sendBufferSize);
        }
        if (receiveBufferSize != null) {
            set(channel, StandardSocketOptions.SO_RCVBUF, receiveBufferSize);
        }
    }

    /** Sets what concerns TCP only; {@link SelectorTransport#open} does this. */
    void applyTcp(SocketChannel channel) throws IOException {
        if (noDelay) {
            set(channel, StandardSocketOptions.TCP_NODELAY, true);
        }
        if (keepAlive) {
            set(channel, StandardSocketOptions.SO_KEEPALIVE, true);
        }
    }

    /** A UNIX socket, or one of a simulated network, may have fewer options. */
    private static <T> void set(SocketChannel channel, SocketOption<T> option, T value)
            throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }
}
