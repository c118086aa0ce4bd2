package dev.heddle.testing.net;

import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/** Whose channels the simulated ones are. It opens none: the network does. */
final class SimulatedProvider extends SelectorProvider {

    static final SimulatedProvider INSTANCE = new SimulatedProvider();

    private SimulatedProvider() {}

    static UnsupportedOperationException unsupported(String what) {
        return new UnsupportedOperationException("Not simulated: " + what);
    }

    /** Throws unless the channel is in non-blocking mode. */
    static void checkNonBlocking(boolean blocking, Object channel) {
        if (blocking) {
            throw new IllegalStateException(
                    "A simulated socket works in non-blocking mode only; call"
                            + " configureBlocking(false) first: "
                            + channel);
        }
    }

    @Override
    public DatagramChannel openDatagramChannel() {
        throw unsupported("SelectorProvider; use the loop's network()");
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) {
        throw unsupported("SelectorProvider; use the loop's network()");
    }

    @Override
    public Pipe openPipe() {
        throw unsupported("pipes; Pipe.open() makes real ones, which the loop can watch too");
    }

    @Override
    public AbstractSelector openSelector() {
        throw unsupported("selectors; the event loop watches simulated channels");
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() {
        throw unsupported("SelectorProvider; use the loop's network()");
    }

    @Override
    public SocketChannel openSocketChannel() {
        throw unsupported("SelectorProvider; use the loop's network()");
    }
}
