package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Files are sent by the kernel, or read and written where it cannot; both look the same. */
class SendFileTest extends NetFixture {

    private static final int SMALL = 16 * 1024;
    private static final int SIZE = 1_300_000;

    private final ProbedReactor reactor = new ProbedReactor();
    private final EventLoop probed = open(EventLoop.builder().reactor(reactor));
    private byte[] content = new byte[SIZE];
    private @TempDir Path folder;
    private FileChannel file;

    SendFileTest() throws IOException {}

    @BeforeEach
    void writeFile() throws IOException {
        for (int i = 0; i < SIZE; i++) {
            content[i] = (byte) (i * 31 + (i >> 8));
        }
        Path path = Files.write(folder.resolve("file"), content);
        file = closing(FileChannel.open(path, StandardOpenOption.READ));
    }

    /** Makes a connection whose socket is the JDK's, or one that the kernel does not know. */
    private Link link(boolean kernel, StreamingProtocol protocol, EventLoop where) {
        Ends ends = ends(SMALL);
        try {
            return new Link(
                    SelectorTransport.open(
                            where,
                            kernel ? ends.channel() : reactor.probe(ends.channel()),
                            protocol,
                            null,
                            null),
                    ends.peer());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] receive(Link link, int n) throws Exception {
        return link.peer().getInputStream().readNBytes(n);
    }

    private long send(Link link) throws IOException {
        return Transports.sendfile(link.transport(), file, 0, null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileIsSentBehindWhatWasWritten(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(kernel, recorder, probed);
                    recorder.await("made");
                    byte[] head = new byte[100_000];
                    Arrays.fill(head, (byte) 'h');
                    var got = probed.runInExecutor(null, () -> receive(link, 100_000 + SIZE + 4));

                    link.transport().write(head);
                    assertThat(link.transport().getWriteBufferSize()).isPositive();
                    long sent = send(link);
                    link.transport().write("tail".getBytes());

                    assertThat(sent).isEqualTo(SIZE);
                    byte[] all = got.await();
                    assertThat(Arrays.copyOf(all, 100_000)).isEqualTo(head);
                    assertThat(Arrays.copyOfRange(all, 100_000, 100_000 + SIZE)).isEqualTo(content);
                    assertThat(new String(all, 100_000 + SIZE, 4)).isEqualTo("tail");
                    assertThat(file.position()).isEqualTo(SIZE);
                    assertThat(recorder.events).containsExactly("made", "pause", "resume");
                    link.transport().close();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPartOfAFileIsSent(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    Link link = link(kernel, new Recorder(probed), probed);
                    var got = probed.runInExecutor(null, () -> receive(link, 500_000));

                    assertThat(Transports.sendfile(link.transport(), file, 1000, 500_000L))
                            .isEqualTo(500_000);

                    assertThat(got.await()).isEqualTo(Arrays.copyOfRange(content, 1000, 501_000));
                    assertThat(file.position()).isEqualTo(501_000);
                    link.transport().close();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsBehindTheEndIsNotSent(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    Link link = link(kernel, new Recorder(probed), probed);

                    assertThat(Transports.sendfile(link.transport(), file, SIZE - 10, 100L))
                            .isEqualTo(10);
                    assertThat(Transports.sendfile(link.transport(), file, SIZE, null)).isZero();
                    assertThat(Transports.sendfile(link.transport(), file, SIZE + 5, 1L)).isZero();
                    link.transport().close();
                    assertThat(off(() -> link.peer().getInputStream().readAllBytes())).hasSize(10);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsReadMeanwhile(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(kernel, recorder, probed);
                    recorder.await("made");
                    link.peer().getOutputStream().write("later".getBytes());
                    Task<Long> sending = Asyncio.createTask(() -> send(link));

                    settle();
                    assertThat(link.transport().isReading()).isFalse();
                    assertThat(recorder.received.size()).isZero();
                    off(() -> receive(link, SIZE));
                    sending.await();
                    recorder.awaitBytes(5);

                    assertThat(link.transport().isReading()).isTrue();
                    assertThat(recorder.text()).isEqualTo("later");
                    link.transport().close();
                });
    }

    @Test
    void writingMeanwhileIsAnError() {
        run(
                () -> {
                    Link link = link(true, new Recorder(loop), loop);
                    Task<Long> sending = Asyncio.createTask(() -> send(link));
                    settle();

                    assertThatThrownBy(() -> link.transport().write(new byte[1]))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("file");
                    assertThatThrownBy(() -> send(link)).isInstanceOf(IllegalStateException.class);

                    off(() -> receive(link, SIZE));
                    assertThat(sending.await()).isEqualTo(SIZE);
                    link.transport().write(new byte[1]);
                    link.transport().close();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPeerThatResetsInTheMiddleIsAnError(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(kernel, recorder, probed);
                    Task<Long> sending = Asyncio.createTask(() -> send(link));
                    off(() -> receive(link, 100_000));

                    reset(link.peer());

                    assertThatThrownBy(sending::await).isInstanceOf(IOException.class);
                    assertThat(file.position()).isBetween(100_000L, SIZE - 1L);
                    recorder.await("lost");
                    assertThat(recorder.events).containsOnlyOnce("lost");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void abortInTheMiddleIsAnError(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(kernel, recorder, probed);
                    Task<Long> sending = Asyncio.createTask(() -> send(link));
                    off(() -> receive(link, 100_000));

                    link.transport().abort();

                    assertThatThrownBy(sending::await)
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("closed during sendfile");
                    recorder.await("lost");
                    assertThat(recorder.error).isNull();
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCancelLeavesTheConnectionUsable(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(kernel, recorder, probed);
                    Task<Long> sending = Asyncio.createTask(() -> send(link));
                    off(() -> receive(link, 100_000));

                    sending.cancel();
                    assertThatThrownBy(sending::await).isInstanceOf(CancelledError.class);

                    assertThat(file.isOpen()).isTrue();
                    assertThat(link.transport().isReading()).isTrue();
                    assertThat(link.transport().getProtocol()).isSameAs(recorder);
                    assertThat(link.transport().getWriteBufferLimits())
                            .isEqualTo(WriteBufferLimits.DEFAULT);
                    link.transport().write("end".getBytes());
                    link.transport().close();
                    byte[] rest = off(() -> link.peer().getInputStream().readAllBytes());
                    assertThat(new String(rest)).endsWith("end");
                    assertThat(100_000 + rest.length - 3).isEqualTo((int) file.position());
                    recorder.await("lost");
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatIsClosedIsAnError(boolean kernel) {
        probed.runUntilComplete(
                () -> {
                    Link link = link(kernel, new Recorder(probed), probed);
                    file.close();

                    assertThatThrownBy(() -> send(link)).isInstanceOf(IOException.class);

                    assertThat(link.transport().isClosing()).isFalse();
                    link.transport().write(new byte[1]);
                    link.transport().close();
                });
    }

    @Test
    void theProtocolHearsOfTheWriteBufferAfterTheFallback() {
        probed.runUntilComplete(
                () -> {
                    var recorder = new Recorder(probed);
                    Link link = link(false, recorder, probed);
                    recorder.await("made");
                    link.transport().write(new byte[SIZE]);
                    assertThat(recorder.events).containsExactly("made", "pause");
                    var got = probed.runInExecutor(null, () -> receive(link, 2 * SIZE));

                    send(link);

                    assertThat(recorder.events).containsExactly("made", "pause", "resume");
                    got.await();
                    link.transport().close();
                });
    }

    @Test
    void withoutTheFallbackWhatTheKernelCannotDoIsAnError() {
        probed.runUntilComplete(
                () -> {
                    Link link = link(false, new Recorder(probed), probed);

                    assertThatThrownBy(
                                    () ->
                                            Transports.sendfile(
                                                    link.transport(), file, 0, null, false))
                            .isInstanceOf(SendfileNotAvailableException.class);
                    link.transport().close();

                    Link plain = link(true, new Recorder(probed), probed);
                    assertThat(Transports.sendfile(plain.transport(), file, 0, 10L, false))
                            .isEqualTo(10);
                    plain.transport().close();
                });
    }

    @Test
    void theKernelSendsWithoutAnyWrite() {
        probed.runUntilComplete(
                () -> {
                    Link link = link(false, new Recorder(probed), probed);
                    Transports.sendfile(link.transport(), file, 0, 10L);
                    assertThat(reactor.calls).contains("write 10");
                    link.transport().close();
                });
    }

    @Test
    void writeEofMeanwhileEndsTheOutputAfterTheFile() {
        run(
                () -> {
                    Link link = link(true, new Recorder(loop), loop);
                    Task<Long> sending = Asyncio.createTask(() -> send(link));
                    settle();

                    link.transport().writeEof();

                    assertThat(off(() -> link.peer().getInputStream().readAllBytes()))
                            .isEqualTo(content);
                    assertThat(sending.await()).isEqualTo(SIZE);
                    link.transport().close();
                });
    }

    @Test
    void argumentsThatMakeNoSenseAreRefused() {
        run(
                () -> {
                    Link link = link(true, new Recorder(loop), loop);
                    assertThatThrownBy(() -> Transports.sendfile(link.transport(), file, -1, null))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("offset");
                    assertThatThrownBy(() -> Transports.sendfile(link.transport(), file, 0, 0L))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("count");
                    link.transport().close();
                    assertThatThrownBy(() -> send(link))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("closing");
                });
    }
}
