package dev.heddle.reactor;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/** The machine's network, by the JDK's default provider. */
enum SystemNetwork implements Network {
    INSTANCE;

    @Override
    public SocketChannel openSocket(ProtocolFamily family) throws IOException {
        return SelectorProvider.provider().openSocketChannel(family);
    }

    @Override
    public ServerSocketChannel openServerSocket(ProtocolFamily family) throws IOException {
        return SelectorProvider.provider().openServerSocketChannel(family);
    }

    @Override
    public DatagramChannel openDatagram(ProtocolFamily family) throws IOException {
        return SelectorProvider.provider().openDatagramChannel(family);
    }

    @Override
    public Resolver resolver() {
        return Resolver.system();
    }
}
