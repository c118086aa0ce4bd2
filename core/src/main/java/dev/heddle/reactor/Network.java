package dev.heddle.reactor;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Where sockets come from: the machine's network, or another one that a {@link Reactor} brings
 * along and can watch, such as a simulated one. Its channels may be of classes of its own.
 *
 * <p>Called by the loop's thread, and must not block.
 */
public interface Network {

    /** Opens a TCP or UNIX socket that is not connected, in blocking mode as the JDK's are. */
    SocketChannel openSocket(ProtocolFamily family) throws IOException;

    /** Opens a TCP or UNIX socket to listen on, not bound. */
    ServerSocketChannel openServerSocket(ProtocolFamily family) throws IOException;

    /** Opens a UDP socket, not bound. */
    DatagramChannel openDatagram(ProtocolFamily family) throws IOException;

    /** Returns what finds the addresses of names in this network. */
    Resolver resolver();

    /** Returns the machine's network. */
    static Network system() {
        return SystemNetwork.INSTANCE;
    }
}
