package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A protocol that says where the bytes shall go. */
class BufferedReadTest extends NetFixture {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesGoIntoTheProtocolsBuffer(boolean direct) {
        run(
                () -> {
                    var recorder =
                            new BufferedRecorder(
                                    loop,
                                    direct ? ByteBuffer.allocateDirect(4) : ByteBuffer.allocate(4));
                    Link link = link(recorder);

                    link.peer().getOutputStream().write("hello world".getBytes());
                    recorder.awaitBytes(11);
                    link.peer().close();
                    recorder.await("lost");

                    assertThat(recorder.text()).isEqualTo("hello world");
                    assertThat(recorder.events).startsWith("made", "get", "data", "get", "data");
                    assertThat(recorder.events).endsWith("get", "eof", "lost");
                });
    }

    @Test
    void theBufferIsUsedFromItsPositionToItsLimit() {
        run(
                () -> {
                    ByteBuffer buffer = ByteBuffer.allocate(16);
                    var recorder =
                            new BufferedRecorder(loop, buffer) {
                                @Override
                                public ByteBuffer getBuffer(int sizeHint) {
                                    return buffer.clear().position(3).limit(8);
                                }

                                @Override
                                public void bufferUpdated(int n) {
                                    assertThat(n).isEqualTo(5);
                                    assertThat(buffer.position()).isEqualTo(8);
                                    transport().close();
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write("0123456789".getBytes());
                    recorder.await("lost");

                    assertThat(new String(buffer.array(), 3, 5)).isEqualTo("01234");
                    assertThat(buffer.array()[2]).isZero();
                    assertThat(buffer.array()[8]).isZero();
                });
    }

    @Test
    void aBufferWithoutRoomIsAnError() {
        run(
                () -> {
                    var recorder = new BufferedRecorder(loop, ByteBuffer.allocate(0));
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(recorder.error).isInstanceOf(IllegalStateException.class);
                    assertThat(takeError().message())
                            .startsWith("Fatal error: protocol.getBuffer() call failed");
                });
    }

    @Test
    void anErrorInGetBufferEndsTheConnection() {
        run(
                () -> {
                    var mistake = new IOException("no memory");
                    var recorder =
                            new BufferedRecorder(loop, ByteBuffer.allocate(1)) {
                                @Override
                                public ByteBuffer getBuffer(int sizeHint) throws IOException {
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(recorder.error).isSameAs(mistake);
                    assertThat(takeError().exception()).isSameAs(mistake);
                });
    }

    @Test
    void anErrorInBufferUpdatedEndsTheConnection() {
        run(
                () -> {
                    var mistake = new IOException("unreadable");
                    var recorder =
                            new BufferedRecorder(loop, ByteBuffer.allocate(1)) {
                                @Override
                                public void bufferUpdated(int n) throws IOException {
                                    throw mistake;
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(recorder.error).isSameAs(mistake);
                    assertThat(takeError().message())
                            .startsWith("Fatal error: protocol.bufferUpdated() call failed");
                });
    }

    @Test
    void abortInGetBufferReadsNothing() {
        run(
                () -> {
                    var recorder =
                            new BufferedRecorder(loop, ByteBuffer.allocate(9)) {
                                @Override
                                public ByteBuffer getBuffer(int sizeHint) throws Exception {
                                    transport().abort();
                                    return super.getBuffer(sizeHint);
                                }
                            };
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(recorder.events).containsExactly("made", "get", "lost");
                    assertThat(recorder.error).isNull();
                });
    }

    @Test
    void aReadOnlyBufferIsAnError() {
        run(
                () -> {
                    var recorder =
                            new BufferedRecorder(loop, ByteBuffer.allocate(9).asReadOnlyBuffer());
                    Link link = link(recorder);

                    link.peer().getOutputStream().write(1);
                    recorder.await("lost");

                    assertThat(takeError().message()).startsWith("Fatal error");
                    assertThat(recorder.error).isNotNull();
                });
    }
}
