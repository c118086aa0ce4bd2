package dev.heddle.benchmarks.echo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** The least that one can do with an {@link SSLEngine}: what Heddle's TLS is measured by. */
final class EngineEcho implements EchoServer {

    private final TlsFiles files;

    EngineEcho(TlsFiles files) {
        this.files = files;
    }

    @Override
    public void serve(IntConsumer ready) throws Exception {
        SSLContext context = files.context();
        try (var selector = Selector.open();
                var listener = NioEcho.listen(selector, ready)) {
            while (listener.isOpen()) {
                selector.select(
                        key -> {
                            try {
                                if (key.isAcceptable()) {
                                    SelectionKey accepted = NioEcho.accept(selector, key);
                                    accepted.attach(new Connection(context, accepted));
                                } else {
                                    ((Connection) key.attachment()).handle();
                                }
                            } catch (IOException e) {
                                NioEcho.close(key);
                            }
                        });
            }
        }
    }

    /** Deciphers all that it has read, enciphers it again as it goes, and sends it at once. */
    private static final class Connection {

        private final SelectionKey key;
        private final SocketChannel channel;
        private final SSLEngine engine;
        private final ByteBuffer in = ByteBuffer.allocateDirect(ROOM); // ready to be filled
        private final ByteBuffer plain;
        private final ByteBuffer out; // ready to be filled

        Connection(SSLContext context, SelectionKey key) {
            this.key = key;
            channel = (SocketChannel) key.channel();
            engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
            out = ByteBuffer.allocateDirect(2 * ROOM); // all of what is in can be answered
        }

        void handle() throws IOException {
            if (key.isWritable()) {
                flush();
                return;
            }
            if (channel.read(in) < 0) {
                channel.close();
                return;
            }
            in.flip();
            while (step()) {}
            in.compact();
            flush();
        }

        /** Returns whether there is more to do before something is sent or received. */
        private boolean step() throws IOException {
            HandshakeStatus handshake = engine.getHandshakeStatus();
            if (handshake == HandshakeStatus.NEED_TASK) {
                for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
                    task.run();
                }
                return true;
            }
            if (handshake == HandshakeStatus.NEED_WRAP) {
                return engine.wrap(ByteBuffer.allocate(0), out).getStatus() == Status.OK;
            }
            plain.clear();
            SSLEngineResult result = engine.unwrap(in, plain);
            if (result.getStatus() == Status.CLOSED) {
                throw new IOException("closed by the client");
            }
            plain.flip();
            while (plain.hasRemaining()) {
                engine.wrap(plain, out);
            }
            return result.getStatus() == Status.OK;
        }

        private void flush() throws IOException {
            out.flip();
            channel.write(out);
            out.compact();
            int interest = out.position() == 0 ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        }
    }
}
