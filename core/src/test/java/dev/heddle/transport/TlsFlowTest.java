package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.transport.MemoryTransport.Cut;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Neither a slow reader nor a fast writer fills the memory. */
class TlsFlowTest extends TlsFixture {

    private static final int HIGH = 512 * 1024;

    @Test
    void aPausedReaderPausesTheTransportBelow() {
        byte[] data = random(2 << 20);
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.transport().pauseReading();
                    assertThat(server.transport().isReading()).isFalse();
                    client.transport().lend(ByteBuffer.wrap(data));
                    settle();

                    assertThat(wire().other().isReading()).isFalse();
                    assertThat(server.received.size()).isZero();
                    assertThat(client.events).contains("pause").doesNotContain("resume");

                    server.transport().resumeReading();
                    server.awaitBytes(data.length);
                    assertThat(server.transport().isReading()).isTrue();
                    assertThat(client.events).contains("resume");
                    closeBoth();
                });

        assertThat(server.received.toByteArray()).isEqualTo(data);
    }

    @Test
    void aReaderThatPausesAtEachPieceGetsThemOneByOne() {
        byte[] data = random(300_000);
        var slow =
                new Recorder(virtual) {
                    @Override
                    public void dataReceived(ByteBuffer piece) throws Exception {
                        assertThat(transport().isReading()).isTrue();
                        super.dataReceived(piece);
                        transport().pauseReading();
                        virtual.callLater(0.01, () -> transport().resumeReading());
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), slow, serving(), Cut.random(11));
                    clientReady.await();
                    client.transport().write(data);
                    slow.awaitBytes(data.length);
                    client.transport().close();
                    slow.await("lost");
                    client.await("lost");
                });

        assertThat(slow.received.toByteArray()).isEqualTo(data);
    }

    @Test
    void aBufferedReaderThatPausesInTheMiddleOfARecordLosesNothing() {
        byte[] data = random(100_000);
        var slow =
                new BufferedRecorder(virtual, ByteBuffer.allocate(1_500)) {
                    @Override
                    public void bufferUpdated(int n) throws Exception {
                        super.bufferUpdated(n);
                        Transport mine = transport();
                        mine.pauseReading();
                        virtual.callLater(0.01, mine::resumeReading);
                    }
                };
        virtual.runUntilComplete(
                () -> {
                    begin(client, trusting(), slow, serving(), Cut.whole());
                    clientReady.await();
                    client.transport().write(data);
                    slow.awaitBytes(data.length);
                    client.transport().close();
                    slow.await("lost");
                    client.await("lost");
                });

        assertThat(slow.received.toByteArray()).isEqualTo(data);
        assertThat(slow.error).isNull();
    }

    @Test
    void aWriterIsPausedAboveTheHighMarkAndGoesOnBelowTheLowOne() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    wire().other().pauseReading();
                    client.transport().write(new byte[HIGH - 20_000]);
                    assertThat(client.events).doesNotContain("pause");

                    client.transport().write(new byte[20_000]);
                    assertThat(client.events).containsOnlyOnce("pause");
                    assertThat(client.transport().getWriteBufferSize()).isGreaterThan(HIGH);

                    wire().other().resumeReading();
                    client.await("resume");
                    server.awaitBytes(HIGH);
                    assertThat(client.events).containsExactly("made", "pause", "resume");
                    closeBoth();
                });
    }

    @Test
    void theMarksCanBeSet() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().setWriteBufferLimits(WriteBufferLimits.ZERO);
                    client.transport().write("x".getBytes());
                    assertThat(client.events).containsExactly("made", "pause");
                    assertThat(client.transport().getWriteBufferLimits())
                            .isEqualTo(WriteBufferLimits.ZERO);

                    client.await("resume");
                    assertThat(client.transport().getWriteBufferSize()).isZero();
                    closeBoth();
                });
    }

    @Test
    void aLargeBufferThatIsLentIsEncipheredAsItIsSent() {
        byte[] data = random(8 << 20);
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().lend(ByteBuffer.wrap(data));
                    assertThat(client.transport().getWriteBufferSize()).isGreaterThan(data.length);
                    assertThat(client.events).containsExactly("made", "pause");

                    server.awaitBytes(data.length);
                    assertThat(wire().mostBuffered).isLessThan(HIGH + TlsBuffers.LARGE);
                    client.await("resume");
                    closeBoth();
                });

        assertThat(server.received.toByteArray()).isEqualTo(data);
        assertThat(client.events).containsExactly("made", "pause", "resume", "lost");
    }

    @Test
    void aReclaimedBufferMayBeChanged() {
        byte[] data = random(2 << 20);
        byte[] mine = data.clone();
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().lend(ByteBuffer.wrap(mine));
                    client.transport().reclaim();
                    Arrays.fill(mine, (byte) 0);
                    client.transport().write("end".getBytes());
                    server.awaitBytes(data.length + 3);
                    closeBoth();
                });

        assertThat(Arrays.copyOf(server.received.toByteArray(), data.length)).isEqualTo(data);
        assertThat(server.text()).endsWith("end");
    }

    @Test
    void anIdleConnectionHasNoBuffers() throws Exception {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    client.transport().write(random(100_000));
                    server.awaitBytes(100_000);
                    settle();
                    TlsProtocol tls = (TlsProtocol) wire().other().getProtocol();

                    assertThat(tls.reading.heldBytes()).isZero();
                    closeBoth();
                });
    }

    @Test
    void aPeerThatMakesUsAnswerAndReadsNothingIsNotReadFrom() {
        virtual.runUntilComplete(
                () -> {
                    connect();
                    server.transport().setWriteBufferLimits(new WriteBufferLimits(1000, 10));
                    wire().pauseReading(); // the client takes no answers
                    var engine = client.transport().getExtraInfo(ExtraInfo.SSL_OBJECT);
                    for (int i = 0; i < 3000; i++) {
                        engine.beginHandshake(); // new keys, and the server is to answer with its
                        client.transport().write("k".getBytes());
                        if (i % 100 == 0) {
                            settle();
                        }
                    }
                    settle();

                    assertThat(wire().other().mostBuffered).isLessThan(5000);
                    wire().resumeReading();
                    server.awaitBytes(3000);
                    closeBoth();
                });
    }
}
