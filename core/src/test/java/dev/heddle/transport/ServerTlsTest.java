package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server whose connections have TLS: what a server does, it does to the transport above. */
class ServerTlsTest extends NetFixture {

    private final List<Recorder> served = new ArrayList<>();

    @TempDir Path folder;

    private Recorder protocol() {
        var recorder = new Recorder(loop);
        served.add(recorder);
        return recorder;
    }

    private Server serve(ServerOptions options) throws IOException {
        return Transports.createServer(this::protocol, "127.0.0.1", 0, options);
    }

    private Connected<Recorder> connect(Server server) throws IOException {
        return Transports.createConnection(
                () -> new Recorder(loop),
                "127.0.0.1",
                server.port(),
                ConnectOptions.DEFAULT
                        .withTls(TlsFixture.trusting())
                        .withTlsServerName("localhost"));
    }

    private static ServerOptions tls() {
        return ServerOptions.DEFAULT.withTls(TlsFixture.serving());
    }

    @Test
    void closingItsClientsTellsThemByTls() {
        run(
                () -> {
                    Server server = serve(tls());
                    Connected<Recorder> client = connect(server);
                    served.getFirst().await("made");
                    served.getFirst().transport().write("last words".getBytes());

                    server.close(Duration.ofSeconds(30));
                    client.protocol().await("lost");

                    assertThat(client.protocol().text()).isEqualTo("last words");
                    assertThat(client.protocol().events).containsSubsequence("eof", "lost");
                    assertThat(client.protocol().error).isNull();
                    assertThat(served.getFirst().error).isNull();
                });
    }

    @Test
    void aHandshakeThatFailsEndsItsConnectionOnly() {
        run(
                () -> {
                    Server server = serve(tls());
                    try (Socket stranger = new Socket("127.0.0.1", server.port())) {
                        stranger.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
                        off(() -> stranger.getInputStream().readAllBytes());
                    }
                    while (server.connections() != 0) {
                        Asyncio.sleep(0);
                    }
                    assertThat(served.getFirst().events).doesNotContain("made");

                    connect(server).transport().close();
                    server.close(Duration.ofSeconds(30));
                    assertThat(takeErrors()).isEmpty();
                });
    }

    @Test
    void writeLimitsAreThoseOfTheTransportAbove() {
        run(
                () -> {
                    var limits = new WriteBufferLimits(100, 10);
                    Server server = serve(tls().withWriteLimits(limits));
                    connect(server);
                    served.getFirst().await("made");

                    assertThat(served.getFirst().transport().getWriteBufferLimits())
                            .isEqualTo(limits);
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aFileIsReadAndWrittenSinceTheKernelHasNoKeys() {
        run(
                () -> {
                    byte[] content = new byte[1_000_000];
                    new java.util.Random(1).nextBytes(content);
                    Path path = Files.write(folder.resolve("file"), content);
                    Server server = serve(tls());
                    Connected<Recorder> client = connect(server);
                    served.getFirst().await("made");
                    Transport transport = served.getFirst().transport();

                    try (FileChannel file = FileChannel.open(path)) {
                        assertThatThrownBy(
                                        () -> Transports.sendfile(transport, file, 0, null, false))
                                .isInstanceOf(SendfileNotAvailableException.class);
                        assertThat(Transports.sendfile(transport, file, 0, null))
                                .isEqualTo(content.length);
                    }
                    client.protocol().awaitBytes(content.length);

                    assertThat(client.protocol().received.toByteArray()).isEqualTo(content);
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void anAcceptedSocketIsTakenOverWithTls() {
        run(
                () -> {
                    Ends ends = ends();
                    reset(ends.peer());

                    assertThatThrownBy(
                                    () ->
                                            Transports.connectAcceptedSocket(
                                                    this::protocol, ends.channel(), tls()))
                            .isInstanceOf(IOException.class);
                    assertThat(ends.channel().isOpen()).isFalse();
                });
    }
}
