package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.transport.MemoryTransport.Cut;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** How a TLS connection ends. */
class TlsCloseTest extends TlsFixture {

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bothSidesSayThatTheyEnd(String version) {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withProtocols(version), serving());
                    SSLEngine one = client.transport().getExtraInfo(ExtraInfo.SSL_OBJECT);
                    SSLEngine two = server.transport().getExtraInfo(ExtraInfo.SSL_OBJECT);
                    client.transport().close();
                    assertThat(client.transport().isClosing()).isTrue();
                    client.await("lost");
                    server.await("lost");

                    assertThat(one.isInboundDone() && one.isOutboundDone()).isTrue();
                    assertThat(two.isInboundDone() && two.isOutboundDone()).isTrue();
                });

        assertThat(client.events).containsExactly("made", "lost");
        assertThat(server.events).containsExactly("made", "eof", "lost");
        assertThat(client.error).isNull();
        assertThat(server.error).isNull();
        assertThat(virtual.time()).as("no timer was waited for").isLessThan(1);
    }

    @Test
    void whatWasWrittenBeforeTheCloseArrives() {
        byte[] data = random(3 << 20);
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().write(data);
                    client.transport().close();
                    server.await("lost");
                    client.await("lost");
                });

        assertThat(server.received.toByteArray()).isEqualTo(data);
        assertThat(server.events).endsWith("eof", "lost");
    }

    @Test
    void aLentBufferIsSentBeforeTheClose() {
        byte[] data = random(3 << 20);
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().lend(ByteBuffer.wrap(data));
                    client.transport().close();
                    server.await("lost");
                    client.await("lost");
                });

        assertThat(server.received.toByteArray()).isEqualTo(data);
    }

    @Test
    void aPausedProtocolStillGetsWhatThePeerSentBeforeItsEnd() {
        byte[] data = random(100_000);
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.transport().pauseReading();
                    client.transport().write(data);
                    client.transport().close();
                    settle();
                    assertThat(server.events).containsExactly("made");

                    server.transport().resumeReading();
                    server.await("lost");
                    client.await("lost");
                });

        assertThat(server.received.toByteArray()).isEqualTo(data);
        assertThat(server.events).endsWith("eof", "lost");
    }

    @Test
    void nothingIsReceivedAfterTheOwnClose() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.transport().write(random(1000));
                    client.transport().close();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.events).containsExactly("made", "lost");
        assertThat(client.error).isNull();
    }

    @Test
    void aPeerThatDoesNotAnswerTheCloseIsLeft() {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withShutdownTimeout(Duration.ofSeconds(5)), serving());
                    double before = virtual.time();
                    wire().other().pauseReading();
                    client.transport().close();
                    client.await("lost");

                    assertThat(virtual.time() - before).isBetween(5.0, 5.1);
                    server.transport().abort();
                    server.await("lost");
                });

        assertThat(client.error)
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("localhost:443 did not answer the end of TLS within 5s");
    }

    @Test
    void aSlowPeerThatStillTakesSomethingIsWaitedFor() {
        byte[] data = random(400_000);
        virtual.runUntilComplete(
                () -> {
                    begin(
                            trusting().withShutdownTimeout(Duration.ofSeconds(5)),
                            serving(),
                            Cut.of(1_000));
                    clientReady.await();
                    serverReady.await();
                    double before = virtual.time();
                    client.transport().write(data);
                    client.transport().close();
                    while (!server.events.contains("lost")) { // 10 KB a second
                        wire().other().pauseReading();
                        dev.heddle.Asyncio.sleep(2);
                        wire().other().resumeReading();
                        settle();
                    }
                    client.await("lost");
                    server.await("lost");

                    assertThat(virtual.time() - before).isGreaterThan(20);
                });

        assertThat(client.error).isNull();
        assertThat(server.received.size()).isEqualTo(data.length);
    }

    @Test
    void anEndWithoutACloseNotifyIsAnError() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.transport().write("all is".getBytes());
                    client.awaitBytes(6);
                    wire().other().endOutput();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.error)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("was cut: it ended without TLS's close_notify");
        assertThat(client.events).doesNotContain("eof");
    }

    @Test
    void anEndInTheMiddleOfARecordIsAnError() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    wire().other().inject(new byte[] {23, 3, 3, 1, 0, 1, 2, 3});
                    wire().other().endOutput();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.error).hasMessageContaining("was cut");
    }

    @Test
    void suchAnEndCanBeAllowed() {
        virtual.runUntilComplete(
                () -> {
                    connect(trusting().withRaggedEof(true), serving());
                    wire().other().endOutput();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.error).isNull();
        assertThat(client.events).containsExactly("made", "eof", "lost");
    }

    @Test
    void aLostConnectionIsLostAbove() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    wire().breakDown();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.error).hasMessage("Connection reset");
    }

    @Test
    void anAbortDropsWhatWasWritten() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().write(random(100_000));
                    client.transport().abort();
                    assertThat(client.transport().isClosing()).isTrue();
                    client.await("lost");
                    server.await("lost");
                });

        assertThat(client.error).isNull();
        assertThat(server.received.size()).isLessThan(100_000);
    }

    @Test
    void aProtocolCannotKeepHalfOfTheConnection() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.keepOpenAtEof = true;
                    client.transport().close();
                    server.await("lost");
                    client.await("lost");

                    assertThat(server.transport().canWriteEof()).isFalse();
                    assertThatThrownBy(() -> server.transport().writeEof())
                            .isInstanceOf(UnsupportedOperationException.class)
                            .hasMessageContaining("one direction");
                });

        assertThat(server.events).containsExactly("made", "eof", "lost");
    }

    @Test
    void theAnswerToAnEndIsSent() {
        var answering =
                new Recorder(virtual) {
                    @Override
                    public boolean eofReceived() throws Exception {
                        transport().write("too late for a close, but said".getBytes());
                        return super.eofReceived();
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), answering, serving(), Cut.whole());
                    clientReady.await();
                    client.transport().close();
                    client.await("lost");
                    answering.await("lost");
                });

        assertThat(client.error).isNull();
        assertThat(answering.error).isNull();
    }

    @Test
    void writesAfterTheCloseAreDropped() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().close();
                    ByteBuffer data = ByteBuffer.wrap("late".getBytes());
                    client.transport().write(data);
                    assertThat(data.hasRemaining()).isFalse();
                    client.await("lost");
                    server.await("lost");
                    for (int i = 0; i < 6; i++) {
                        client.transport().write("late".getBytes());
                    }
                });

        assertThat(server.received.size()).isZero();
    }

    @Test
    void aProtocolThatThrowsLosesTheConnectionByThat() {
        var failing =
                new Recorder(virtual) {
                    @Override
                    public void dataReceived(ByteBuffer data) {
                        throw new IllegalArgumentException("not like this");
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), failing, serving(), Cut.whole());
                    clientReady.await();
                    client.transport().write("x".getBytes());
                    failing.await("lost");
                    client.await("lost");
                });

        assertThat(failing.error).hasMessage("not like this");
        assertThat(takeError().message()).contains("protocol.dataReceived() call failed");
    }

    @Test
    void aProtocolMayCloseInConnectionMade() {
        var shy =
                new Recorder(virtual) {
                    @Override
                    public void connectionMade(Transport made) throws Exception {
                        super.connectionMade(made);
                        made.write("bye".getBytes());
                        made.close();
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), shy, serving(), Cut.whole());
                    client.await("lost");
                    shy.await("lost");
                });

        assertThat(client.text()).isEqualTo("bye");
        assertThat(shy.error).isNull();
        assertThat(client.error).isNull();
    }

    @Test
    void bytesThatAreChangedOnTheWayEndTheConnection() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    wire().inject(
                                    new byte[] {
                                        23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                        14, 15, 16, 17, 18, 19, 20
                                    });
                    server.await("lost");
                    client.await("lost");
                });

        assertThat(server.error)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("TLS with")
                .hasMessageContaining("is broken");
        assertThat(client.error)
                .as("it is told why")
                .hasMessageContaining("the peer sent the alert 'bad_record_mac'");
    }

    @Test
    void whatCameBeforeABrokenRecordIsDelivered() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().write("good".getBytes());
                    wire().inject(
                                    new byte[] {
                                        23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                        14, 15, 16, 17
                                    });
                    server.await("lost");
                    client.await("lost");
                });

        assertThat(server.text()).isEqualTo("good");
    }
}
