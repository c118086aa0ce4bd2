package dev.heddle.transport;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.transport.MemoryTransport.Cut;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

import javax.net.ssl.SSLEngine;

/** What moves through TLS, and what the two protocols see of it. */
class TlsMemoryTest extends TlsFixture {

    /** Sends everything back. */
    static class Echo extends Recorder {

        Echo(dev.heddle.EventLoop loop) {
            super(loop);
        }

        @Override
        public void dataReceived(ByteBuffer data) throws Exception {
            transport().write(data.duplicate());
            super.dataReceived(data);
        }
    }

    @Test
    void theProtocolsHearOfTheConnectionAfterTheHandshake() {
        virtual.runUntilComplete(
                () -> {
                    begin(trusting(), serving(), Cut.whole());
                    assertThat(client.events).isEmpty();

                    clientReady.await();
                    assertThat(client.events).containsExactly("made");

                    serverReady.await();
                    assertThat(server.events).containsExactly("made");
                    closeBoth();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesOneAtATimeAreUnderstood(String version) {
        echo(version, Cut.of(1), 5_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesCutAtRandomAreUnderstood(String version) {
        echo(version, Cut.random(7), 200_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aMegabyteComesBackAsItWas(String version) {
        echo(version, Cut.of(7_777), 1 << 20);
    }

    private void echo(String version, Cut cut, int size) {
        byte[] data = random(size);
        virtual.runUntilComplete(
                () -> {
                    var echo = new Echo(virtual);
                    begin(client, trusting().withProtocols(version), echo, serving(), cut);
                    clientReady.await();
                    client.transport().write(data);
                    client.awaitBytes(size);
                    client.transport().close();
                    client.await("lost");
                    echo.await("lost");
                });

        assertThat(client.received.toByteArray()).isEqualTo(data);
        assertThat(client.error).isNull();
    }

    @Test
    void twentyMegabytesFitThroughSmallBuffers() {
        byte[] data = random(20 << 20);
        var small = new BufferedRecorder(virtual, ByteBuffer.allocate(1_000));
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), small, serving(), Cut.of(50_000));
                    clientReady.await();
                    client.transport().lend(ByteBuffer.wrap(data));
                    small.awaitBytes(data.length);
                    client.transport().close();
                    client.await("lost");
                    small.await("lost");
                });

        assertThat(small.received.toByteArray()).isEqualTo(data);
    }

    @Test
    void recordsGoRightIntoALargeBufferOfTheProtocol() {
        byte[] data = random(1 << 20);
        int[] largestPiece = {0};
        var large =
                new BufferedRecorder(virtual, ByteBuffer.allocate(100_000)) {
                    @Override
                    public void bufferUpdated(int n) throws Exception {
                        super.bufferUpdated(n);
                        largestPiece[0] = Math.max(largestPiece[0], n);
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), large, serving(), Cut.of(60_000));
                    clientReady.await();
                    client.transport().write(data);
                    large.awaitBytes(data.length);
                    client.transport().close();
                    client.await("lost");
                    large.await("lost");
                });

        assertThat(large.received.toByteArray()).isEqualTo(data);
        assertThat(largestPiece[0]).isGreaterThan(16_384);
    }

    @Test
    void severalPiecesBecomeOneRecord() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    int before = wire().writes;
                    client.transport()
                            .writelines(
                                    List.of(
                                            ByteBuffer.wrap("head ".getBytes()),
                                            ByteBuffer.allocate(0),
                                            ByteBuffer.wrap("body".getBytes())));
                    server.awaitBytes(9);

                    assertThat(server.text()).isEqualTo("head body");
                    assertThat(wire().writes - before).isEqualTo(1);
                    assertThat(server.events).containsExactly("made", "data");
                    closeBoth();
                });
    }

    @Test
    void anotherProtocolGetsWhatComesFromThenOn() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().write("one".getBytes());
                    server.awaitBytes(3);
                    var next = new BufferedRecorder(virtual, ByteBuffer.allocate(10));
                    server.transport().setProtocol(next);
                    client.transport().write("two".getBytes());
                    next.awaitBytes(3);

                    assertThat(server.transport().getProtocol()).isSameAs(next);
                    assertThat(server.text()).isEqualTo("one");
                    client.transport().close();
                    next.await("lost");
                    client.await("lost");
                });
    }

    @Test
    void newKeysInTheMiddleChangeNothing() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    SSLEngine engine = client.transport().getExtraInfo(ExtraInfo.SSL_OBJECT);
                    for (int i = 1; i <= 5; i++) {
                        engine.beginHandshake(); // in TLS 1.3: new keys
                        client.transport().write("abc".getBytes());
                        server.awaitBytes(3 * i);
                        server.transport().write("defg".getBytes());
                        client.awaitBytes(4 * i);
                    }
                    closeBoth();
                });

        assertThat(client.error).isNull();
        assertThat(server.error).isNull();
    }

    @Test
    void tlsRunsOverTls() {
        byte[] data = random(300_000);
        virtual.runUntilComplete(
                () -> {
                    var echo = new Echo(virtual);
                    begin(
                            Tls.client(virtual, client, trusting(), "localhost", 1, null),
                            trusting(),
                            Tls.server(virtual, echo, serving(), null),
                            serving(),
                            Cut.random(3));
                    client.await("made");
                    client.transport().write(data);
                    client.awaitBytes(data.length);
                    client.transport().close();
                    client.await("lost");
                    echo.await("lost");
                });

        assertThat(client.received.toByteArray()).isEqualTo(data);
        assertThat(client.error).isNull();
    }

    @Test
    void aPlainConnectionCanGoOnWithTls() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.random(5));
                    client.await("made");
                    client.transport().write("STARTTLS".getBytes());
                    server.awaitBytes(8);
                    server.transport().pauseReading();
                    var serverSide =
                            virtual.createTask(
                                    () ->
                                            Tls.start(
                                                    server.transport(),
                                                    server,
                                                    serving(),
                                                    true,
                                                    null));
                    Transport secure =
                            Tls.start(client.transport(), client, trusting(), false, "localhost");
                    secure.write(" secret".getBytes());
                    server.awaitBytes(15);
                    serverSide.await().write("answer".getBytes());
                    client.awaitBytes(6);

                    assertThat(server.text()).isEqualTo("STARTTLS secret");
                    assertThat(client.events.stream().filter("made"::equals)).hasSize(1);
                    secure.close();
                    client.await("lost");
                    server.await("lost");
                });
    }

    @Test
    void bytesThatWereReadBeforeAreHandedToTls() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.of(50));
                    var clientSide =
                            virtual.createTask(
                                    () -> {
                                        client.await("made");
                                        return Tls.start(
                                                client.transport(),
                                                client,
                                                trusting(),
                                                false,
                                                "localhost");
                                    });
                    server.awaitBytes(100); // a part of the client's hello
                    server.transport().pauseReading();
                    ByteBuffer early = ByteBuffer.wrap(server.received.toByteArray());
                    server.received.reset();
                    Transport secure =
                            Tls.start(server.transport(), server, serving(), true, null, early);
                    clientSide.await().write("hello".getBytes());
                    server.awaitBytes(5);

                    assertThat(early.hasRemaining()).isFalse();
                    assertThat(server.text()).isEqualTo("hello");
                    secure.close();
                    client.await("lost");
                    server.await("lost");
                });
    }

    @Test
    void aProtocolThatWasPausedWithoutTlsGoesOnWithIt() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.whole());
                    client.await("made");
                    server.await("made");
                    server.transport().pauseReading();
                    client.transport().write(random(100_000));
                    assertThat(client.events).containsExactly("made", "pause");
                    var clientSide =
                            virtual.createTask(
                                    () ->
                                            Tls.start(
                                                    client.transport(),
                                                    client,
                                                    trusting(),
                                                    false,
                                                    "localhost"));
                    sleep(1);
                    server.transport().resumeReading();
                    server.awaitBytes(100_000);
                    server.transport().pauseReading();
                    byte[] all = server.received.toByteArray();
                    ByteBuffer early = ByteBuffer.wrap(all, 100_000, all.length - 100_000);
                    Transport tls =
                            Tls.start(server.transport(), server, serving(), true, null, early);
                    clientSide.await();

                    assertThat(client.events).containsExactly("made", "pause", "resume");
                    tls.close();
                    client.await("lost");
                    server.await("lost");
                });
    }

    @Test
    void nothingIsReceivedBeforeTheCallerHasTheTransport() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.whole());
                    client.await("made");
                    var secured = new Recorder(virtual);
                    var serverSide =
                            virtual.createTask(
                                    () -> {
                                        Transport tls =
                                                Tls.start(
                                                        server.transport(),
                                                        secured,
                                                        serving(),
                                                        true,
                                                        null);
                                        assertThat(secured.events).isEmpty();
                                        secured.connectionMade(tls);
                                        return tls;
                                    });
                    Transport tls =
                            Tls.start(client.transport(), client, trusting(), false, "localhost");
                    tls.write("at once".getBytes());
                    tls.close();
                    serverSide.await();
                    secured.await("lost");
                    client.await("lost");

                    assertThat(secured.events).containsExactly("made", "data", "eof", "lost");
                });
    }

    @Test
    void aStartThatFailsClosesTheConnection() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.whole());
                    client.await("made");
                    server.await("made");
                    server.transport().write("220 plain text".getBytes());

                    assertThatThrownBy(
                                    () ->
                                            Tls.start(
                                                    client.transport(),
                                                    client,
                                                    trusting(),
                                                    false,
                                                    "localhost"))
                            .hasMessageContaining("does not speak TLS: it sent '220 plain text'");
                    client.await("lost");
                    server.await("lost");

                    assertThat(client.error).hasMessageContaining("does not speak TLS");
                });
    }

    @Test
    void aStartThatIsCancelledClosesTheConnection() {
        virtual.runUntilComplete(
                () -> {
                    wire = MemoryTransport.connect(virtual, client, server, Cut.whole());
                    client.await("made");
                    var start =
                            virtual.createTask(
                                    () ->
                                            Tls.start(
                                                    client.transport(),
                                                    client,
                                                    trusting(),
                                                    false,
                                                    "localhost"));
                    sleep(1);
                    start.cancel();
                    client.await("lost");
                    server.await("lost");

                    assertThat(client.error).isNull();
                    assertThat(virtual.time()).isLessThan(10);
                });
    }

    @Test
    void whatIsAgreedOnCanBeAsked() {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withAlpn("h2", "http/1.1"), serving().withAlpn("http/1.1"));
                    Transport transport = client.transport();

                    assertThat(transport.getExtraInfo(ExtraInfo.ALPN)).isEqualTo("http/1.1");
                    assertThat(transport.getExtraInfo(ExtraInfo.CIPHER)).startsWith("TLS_AES");
                    assertThat(transport.getExtraInfo(ExtraInfo.SSL_SESSION).getProtocol())
                            .isEqualTo("TLSv1.3");
                    assertThat(transport.getExtraInfo(ExtraInfo.PEERCERT)).hasSize(2);
                    assertThat(transport.getExtraInfo(ExtraInfo.PEERNAME)).isNotNull();
                    assertThat(transport.getExtraInfo(ExtraInfo.PIPE)).isNull();
                    assertThat(server.transport().getExtraInfo(ExtraInfo.PEERCERT)).isNull();
                    closeBoth();
                    assertThat(transport.getExtraInfo(ExtraInfo.ALPN)).isEqualTo("http/1.1");
                });
    }

    @Test
    void theSecondConnectionResumesTheSession() {
        var clientOptions = trusting();
        var serverOptions = serving();
        long first = bytesOfServerHandshake(clientOptions, serverOptions);
        long second = bytesOfServerHandshake(clientOptions.withAlpn(), serverOptions);

        assertThat(second).as("without a certificate, after %s", first).isLessThan(first - 500);
    }

    private long bytesOfServerHandshake(TlsOptions clientOptions, TlsOptions serverOptions) {
        var one = new Recorder(virtual);
        var two = new Recorder(virtual);
        return virtual.runUntilComplete(
                () -> {
                    var wire =
                            MemoryTransport.connect(
                                    virtual,
                                    Tls.client(virtual, one, clientOptions, "localhost", 443, null),
                                    Tls.server(virtual, two, serverOptions, null),
                                    Cut.whole());
                    one.await("made");
                    two.await("made");
                    two.transport().write("x".getBytes());
                    one.awaitBytes(1);
                    long bytes = wire.other().written;
                    one.transport().close();
                    one.await("lost");
                    two.await("lost");
                    return bytes;
                });
    }
}
