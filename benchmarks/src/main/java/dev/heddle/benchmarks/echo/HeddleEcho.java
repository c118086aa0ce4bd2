package dev.heddle.benchmarks.echo;

import static dev.heddle.Asyncio.run;

import dev.heddle.stream.Connection;
import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.Streams;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.ServerOptions;
import dev.heddle.transport.TlsOptions;
import dev.heddle.transport.Transport;
import dev.heddle.transport.Transports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Heddle with its defaults, by a protocol or by streams. */
final class HeddleEcho implements EchoServer {

    private final boolean streams;
    private final TlsFiles tls;

    /** Makes one; without TLS if null. */
    HeddleEcho(boolean streams, TlsFiles tls) {
        this.streams = streams;
        this.tls = tls;
    }

    @Override
    public void serve(IntConsumer ready) {
        run(
                () -> {
                    if (streams) {
                        serveStreams(ready);
                    } else {
                        serveProtocol(ready);
                    }
                });
    }

    private ServerOptions options() throws IOException {
        if (tls == null) {
            return ServerOptions.DEFAULT;
        }
        return ServerOptions.DEFAULT.withTls(
                TlsOptions.server(Path.of(tls.certificate()), Path.of(tls.key())));
    }

    private void serveProtocol(IntConsumer ready) throws IOException {
        try (var server = Transports.createServer(Echo::new, "127.0.0.1", 0, options())) {
            ready.accept(server.port());
            server.serveForever();
        }
    }

    private static final class Echo implements Protocol {

        private Transport transport;

        @Override
        public void connectionMade(Transport newTransport) {
            transport = newTransport;
        }

        @Override
        public void dataReceived(ByteBuffer data) {
            transport.write(data);
        }

        @Override
        public void pauseWriting() {
            transport.pauseReading();
        }

        @Override
        public void resumeWriting() {
            transport.resumeReading();
        }
    }

    private void serveStreams(IntConsumer ready) throws IOException {
        var options = StreamOptions.DEFAULT.withServer(options());
        try (var server = Streams.startServer(HeddleEcho::echo, "127.0.0.1", 0, options)) {
            ready.accept(server.port());
            server.serveForever();
        }
    }

    private static void echo(Connection connection) {
        try {
            var room = ByteBuffer.allocateDirect(ROOM);
            while (connection.reader().readInto(room.clear()) > 0) {
                connection.write(room.flip());
            }
        } catch (IOException e) {
            // The load ends in the midst of a message.
        }
    }
}
