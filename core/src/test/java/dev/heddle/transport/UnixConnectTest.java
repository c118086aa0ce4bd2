package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.transport.Transports.createUnixConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Task;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** UNIX sockets, and what is said of paths that are none. */
class UnixConnectTest extends NetFixture {

    private static final ConnectOptions OPTIONS = ConnectOptions.DEFAULT;

    private Path directory; // of a short name, as paths of sockets are

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("hu");
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private ServerSocketChannel listen(Path path, int backlog) throws IOException {
        ServerSocketChannel server = closing(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        return server.bind(UnixDomainSocketAddress.of(path), backlog);
    }

    private Connected<Recorder> connect(Path path, ConnectOptions options) throws IOException {
        return createUnixConnection(() -> new Recorder(loop), path, options);
    }

    @Test
    void bytesGoBothWays() throws IOException {
        Path path = directory.resolve("s");
        ServerSocketChannel server = listen(path, 5);
        run(
                () -> {
                    Connected<Recorder> made = connect(path, OPTIONS);
                    SocketChannel peer = closing(off(server::accept));
                    peer.write(ByteBuffer.wrap(new byte[] {'x'}));
                    made.protocol().awaitBytes(1);
                    made.transport().write(new byte[] {'y'});
                    var got = ByteBuffer.allocate(10);
                    assertThat(off(() -> peer.read(got))).isEqualTo(1);

                    assertThat(made.protocol().text()).isEqualTo("x");
                    assertThat(
                                    made.transport()
                                            .<java.net.SocketAddress>getExtraInfo(
                                                    ExtraInfo.PEERNAME))
                            .isEqualTo(UnixDomainSocketAddress.of(path));
                    made.transport().close();
                    made.protocol().await("lost");
                });
    }

    @Test
    void missingFileIsSaidToBeMissing() {
        Path path = directory.resolve("missing");

        assertThatThrownBy(() -> run(() -> connect(path, OPTIONS)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("there is no such UNIX socket");
    }

    @Test
    void fileThatIsNotASocketIsSaidToBeNone() throws IOException {
        Path path = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> run(() -> connect(path, OPTIONS)))
                .isInstanceOf(ConnectException.class)
                .hasMessage("connect to %s: it is not a socket".formatted(path));
    }

    @Test
    void socketThatNobodyServesIsSaidToBeSo() throws IOException {
        Path path = directory.resolve("dead");
        listen(path, 1).close();

        assertThatThrownBy(() -> run(() -> connect(path, OPTIONS)))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "connect to %s: nobody listens there (Connection refused)".formatted(path));
    }

    @Test
    void pathThatIsTooLongIsSaidToBeTooLong() {
        Path path = directory.resolve("x".repeat(200));

        assertThatThrownBy(() -> run(() -> connect(path, OPTIONS)))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("has about 100 bytes at most, and this one has ")
                .hasMessageContaining(path.toString());
    }

    @Test
    void fullQueueOfTheServerIsWaitedFor() throws IOException {
        Path path = directory.resolve("full");
        ServerSocketChannel server = listen(path, 1);
        fill(path);
        run(
                () -> {
                    Task<Connected<Recorder>> task = createTask(() -> connect(path, OPTIONS));
                    sleep(0.03);
                    assertThat(task.done()).isFalse();
                    closing(off(server::accept));

                    task.await().transport().close();
                });
    }

    @Test
    void fullQueueIsWaitedForOnlyWithinTheLimit() throws IOException {
        Path path = directory.resolve("full");
        listen(path, 1);
        fill(path);
        ConnectOptions shortly = OPTIONS.withConnectTimeout(Duration.ofMillis(50));

        assertThatThrownBy(() -> run(() -> connect(path, shortly)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage(
                        "connect to %s: no connection within 0.05 s".formatted(path)
                                + " (its queue of connections is full)");
    }

    /** Connects until the server's queue is full. */
    private void fill(Path path) throws IOException {
        try {
            while (true) {
                SocketChannel waiting = closing(SocketChannel.open(StandardProtocolFamily.UNIX));
                waiting.configureBlocking(false);
                waiting.connect(UnixDomainSocketAddress.of(path));
            }
        } catch (SocketException full) {
            assertThat(full).hasMessage("Resource temporarily unavailable");
        }
    }
}
