package dev.heddle.benchmarks.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/** The least that one can do with a {@link Selector}: what Heddle's transports are measured by. */
final class NioEcho implements EchoServer {

    private final ByteBuffer room = ByteBuffer.allocateDirect(ROOM);

    @Override
    public void serve(IntConsumer ready) throws IOException {
        try (var selector = Selector.open();
                var listener = listen(selector, ready)) {
            while (listener.isOpen()) {
                selector.select(
                        key -> {
                            try {
                                handle(selector, key);
                            } catch (IOException e) {
                                close(key);
                            }
                        });
            }
        }
    }

    static ServerSocketChannel listen(Selector selector, IntConsumer ready) throws IOException {
        var listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        ready.accept(listener.socket().getLocalPort());
        return listener;
    }

    static SelectionKey accept(Selector selector, SelectionKey listener) throws IOException {
        SocketChannel channel = ((ServerSocketChannel) listener.channel()).accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel.register(selector, SelectionKey.OP_READ);
    }

    static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // Nothing can be done about it.
        }
    }

    private void handle(Selector selector, SelectionKey key) throws IOException {
        if (key.isReadable()) {
            read(key);
        } else if (key.isWritable()) {
            write(key);
        } else {
            accept(selector, key);
        }
    }

    private void read(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        room.clear();
        if (channel.read(room) < 0) {
            channel.close();
            return;
        }
        room.flip();
        channel.write(room);
        if (room.hasRemaining()) {
            key.attach(ByteBuffer.allocateDirect(room.remaining()).put(room).flip());
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private static void write(SelectionKey key) throws IOException {
        var rest = (ByteBuffer) key.attachment();
        ((SocketChannel) key.channel()).write(rest);
        if (!rest.hasRemaining()) {
            key.attach(null);
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
