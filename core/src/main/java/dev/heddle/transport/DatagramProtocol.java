package dev.heddle.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A protocol on datagrams. Source: {@code asyncio.DatagramProtocol}. */
public interface DatagramProtocol extends BaseProtocol {

    /** The endpoint is there. */
    default void connectionMade(DatagramTransport transport) throws Exception {}

    /**
     * A datagram has come, empty or not.
     *
     * @param data valid only during this call, as its memory is used again
     */
    void datagramReceived(ByteBuffer data, InetSocketAddress sender) throws Exception;

    /** Sending or receiving has failed, as when the peer's port is closed; the transport lives. */
    default void errorReceived(IOException error) throws Exception {}
}
