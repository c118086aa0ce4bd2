package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Sends and receives datagrams. Source: {@code asyncio.DatagramTransport}. */
public interface DatagramTransport extends BaseTransport {

    /**
     * Sends {@code data}, empty or not, as one datagram. Does not wait: what the system does not
     * take at once is copied and sent when it can be.
     *
     * @param address null for the remote address that the transport was made with
     * @throws IllegalArgumentException if it was made with another remote address, or if there is
     *     none at all
     */
    void sendTo(ByteBuffer data, @Nullable InetSocketAddress address);

    /** Same as {@link #sendTo(ByteBuffer, InetSocketAddress)}. */
    default void sendTo(byte[] data, @Nullable InetSocketAddress address) {
        sendTo(ByteBuffer.wrap(data), address);
    }

    /** Sends {@code data} to the remote address that the transport was made with. */
    default void send(ByteBuffer data) {
        sendTo(data, null);
    }

    /** Returns how many bytes wait to be sent; each datagram counts 8 more than it has. */
    int getWriteBufferSize();

    /** Returns the marks at which the protocol is told to pause and to resume. */
    WriteBufferLimits getWriteBufferLimits();

    /** Sets the marks. */
    void setWriteBufferLimits(WriteBufferLimits limits);

    @Override
    DatagramProtocol getProtocol();
}
