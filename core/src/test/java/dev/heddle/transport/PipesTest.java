package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;

/** The ends of pipes as transports. */
class PipesTest extends NetFixture {

    private Pipe pipe() throws IOException {
        Pipe pipe = Pipe.open();
        closing(pipe.source());
        closing(pipe.sink());
        return pipe;
    }

    @Test
    void whatIsWrittenToAPipeIsRead() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder reader =
                            Transports.connectReadPipe(() -> new Recorder(loop), pipe.source());
                    Recorder writer =
                            Transports.connectWritePipe(() -> new Recorder(loop), pipe.sink());
                    assertThat(reader.events).containsExactly("made");
                    assertThat(writer.events).containsExactly("made");

                    writer.transport().write("through".getBytes());
                    reader.awaitBytes(7);
                    writer.transport().close();
                    reader.await("lost");

                    assertThat(reader.text()).isEqualTo("through");
                    assertThat(reader.events).containsExactly("made", "data", "eof", "lost");
                    assertThat(reader.error).isNull();
                    assertThat(writer.events).containsExactly("made", "lost");
                });
    }

    @Test
    void theEndClosesAReaderWhateverTheProtocolWants() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder reader =
                            Transports.connectReadPipe(
                                    () -> {
                                        var recorder = new Recorder(loop);
                                        recorder.keepOpenAtEof = true;
                                        return recorder;
                                    },
                                    pipe.source());

                    pipe.sink().close();
                    reader.await("lost");

                    assertThat(reader.events).containsExactly("made", "eof", "lost");
                    assertThat(pipe.source().isOpen()).isFalse();
                });
    }

    @Test
    void writeEofClosesAWriterAfterWhatWasWritten() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder writer =
                            Transports.connectWritePipe(() -> new Recorder(loop), pipe.sink());
                    assertThat(writer.transport().canWriteEof()).isTrue();
                    byte[] much = new byte[1 << 20];

                    writer.transport().write(much);
                    writer.transport().writeEof();
                    int got = off(() -> readAll(pipe.source()));
                    writer.await("lost");

                    assertThat(got).isEqualTo(much.length);
                    assertThat(writer.error).isNull();
                });
    }

    private static int readAll(Pipe.SourceChannel source) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100_000);
        int all = 0;
        for (int n; (n = source.read(buffer.clear())) >= 0; ) {
            all += n;
        }
        return all;
    }

    @Test
    void aReaderThatGoesEndsAWriterThatWaitsForRoom() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder writer =
                            Transports.connectWritePipe(() -> new Recorder(loop), pipe.sink());
                    writer.transport().write(new byte[1 << 20]);
                    assertThat(writer.transport().getWriteBufferSize()).isPositive();

                    pipe.source().close();
                    writer.await("lost");

                    assertThat(writer.error).isInstanceOf(IOException.class);
                    assertThat(writer.events).containsExactly("made", "pause", "lost");
                });
    }

    @Test
    void aReaderThatIsGoneEndsAWriterAtItsNextWrite() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder writer =
                            Transports.connectWritePipe(() -> new Recorder(loop), pipe.sink());
                    pipe.source().close();

                    writer.transport().write(new byte[1]);
                    writer.await("lost");

                    assertThat(writer.error).isInstanceOf(IOException.class);
                });
    }

    @Test
    void eachEndHasOneDirection() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    Recorder reader =
                            Transports.connectReadPipe(() -> new Recorder(loop), pipe.source());
                    Recorder writer =
                            Transports.connectWritePipe(() -> new Recorder(loop), pipe.sink());

                    assertThat(writer.transport().isReading()).isFalse();
                    writer.transport().resumeReading();
                    assertThat(writer.transport().isReading()).isFalse();
                    assertThat(reader.transport().canWriteEof()).isFalse();
                    assertThatThrownBy(() -> reader.transport().write(new byte[1]))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("reading only");
                    assertThatThrownBy(() -> reader.transport().writeEof())
                            .isInstanceOf(IllegalStateException.class);
                    assertThat(reader.transport().getExtraInfo(ExtraInfo.PIPE))
                            .isSameAs(pipe.source());
                    assertThat(reader.transport().getExtraInfo(ExtraInfo.SOCKET)).isNull();
                    assertThat(reader.transport().toString()).contains("read pipe");
                    assertThat(writer.transport().toString()).contains("write pipe");

                    reader.transport().close();
                    writer.transport().close();
                });
    }

    @Test
    void aFactoryThatFailsClosesThePipe() {
        run(
                () -> {
                    Pipe pipe = pipe();

                    assertThatThrownBy(
                                    () ->
                                            Transports.<Recorder>connectReadPipe(
                                                    () -> {
                                                        throw new IllegalStateException("no");
                                                    },
                                                    pipe.source()))
                            .hasMessage("no");

                    assertThat(pipe.source().isOpen()).isFalse();
                });
    }

    @Test
    void aPipeThatIsClosedIsAnError() {
        run(
                () -> {
                    Pipe pipe = pipe();
                    pipe.source().close();

                    assertThatThrownBy(
                                    () ->
                                            Transports.connectReadPipe(
                                                    () -> new Recorder(loop), pipe.source()))
                            .isInstanceOf(ClosedChannelException.class);
                });
    }
}
