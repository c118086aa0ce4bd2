package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.Clock;
import dev.heddle.transport.Transports;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.channels.Pipe;

/** Streams on other transports, made by hand from their protocol. */
class StreamProtocolTest extends StreamFixture {

    StreamProtocolTest() {
        super(Clock.system());
    }

    @Test
    void pipesCanBeStreams() {
        run(
                () -> {
                    Pipe pipe = Pipe.open();
                    StreamReaderProtocol in =
                            Transports.connectReadPipe(StreamReaderProtocol::new, pipe.source());
                    StreamReaderProtocol out =
                            Transports.connectWritePipe(StreamReaderProtocol::new, pipe.sink());

                    out.writer().write("through the pipe\n");
                    assertThat(text(in.reader().readLine())).isEqualTo("through the pipe\n");
                    out.connection().close();
                    assertThat(in.reader().read()).isEmpty();
                    in.connection().close();
                });
    }

    @Test
    void aProtocolWithAHandlerServesItsConnection() {
        run(
                () -> {
                    var server =
                            new StreamReaderProtocol(
                                    StreamOptions.DEFAULT,
                                    c -> c.write("hello " + text(c.readLine())));
                    var client = new StreamReaderProtocol();
                    assertThatThrownBy(client::connection)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("no connection yet");
                    MemoryTransport.connect(loop, client, server);

                    client.writer().write("you\n");
                    assertThat(text(client.reader().read())).isEqualTo("hello you\n");
                    client.connection().close();
                });
    }

    @Test
    void aConnectThatFailsLeavesNothing() throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        run(
                () ->
                        assertThatThrownBy(() -> Streams.openConnection("127.0.0.1", port))
                                .isInstanceOf(ConnectException.class));
    }

    @Test
    void itsTextTellsTheStateAndBothEnds() {
        run(
                () -> {
                    assertThat(new StreamReaderProtocol())
                            .hasToString("StreamReaderProtocol(new, not connected)");
                    Pair pair = pair();
                    assertThat(pair.here()).hasToString("Connection(/127.0.0.1:1 to /127.0.0.1:2)");
                    assertThat(pair.here().writer())
                            .hasToString("StreamWriter(/127.0.0.1:1 to /127.0.0.1:2, open)");
                    pair.here().close();
                    assertThat(pair.here().writer().toString()).endsWith("closed)");
                });
    }
}
