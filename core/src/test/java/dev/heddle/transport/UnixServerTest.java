package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Servers at UNIX sockets, and the files that they leave or do not leave behind. */
class UnixServerTest extends NetFixture {

    @TempDir Path folder;

    private Server serve(Path path, ServerOptions options) throws IOException {
        return Transports.createUnixServer(
                () ->
                        new Recorder(loop) {
                            @Override
                            public void dataReceived(ByteBuffer data) {
                                transport().write(data);
                            }
                        },
                path,
                options);
    }

    private Server serve(Path path) throws IOException {
        return serve(path, ServerOptions.DEFAULT);
    }

    private static String echo(Path path, String text) {
        return off(
                () -> {
                    try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                        client.write(ByteBuffer.wrap(text.getBytes()));
                        ByteBuffer answer = ByteBuffer.allocate(text.length());
                        while (answer.hasRemaining() && client.read(answer) >= 0) {}
                        return new String(answer.array());
                    }
                });
    }

    @Test
    void aClientIsServedAndThePathIsRemovedInTheEnd() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    Server server = serve(path);
                    assertThat(server.addresses())
                            .containsExactly(UnixDomainSocketAddress.of(path));
                    assertThatThrownBy(server::port).isInstanceOf(IllegalStateException.class);

                    assertThat(echo(path, "hello")).isEqualTo("hello");
                    server.close(Duration.ofSeconds(30));

                    assertThat(path).doesNotExist();
                });
    }

    @Test
    void aSocketThatNobodyServesIsReplaced() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                        dead.bind(UnixDomainSocketAddress.of(path));
                    }
                    assertThat(path).exists();

                    Server server = serve(path);
                    assertThat(echo(path, "alive")).isEqualTo("alive");
                    server.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aSocketThatIsServedIsLeftAlone() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    Server first = serve(path);

                    assertThatThrownBy(() -> serve(path))
                            .isInstanceOf(BindException.class)
                            .hasMessageContaining(path.toString());

                    assertThat(echo(path, "first")).isEqualTo("first");
                    first.close(Duration.ofSeconds(30));
                });
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() {
        run(
                () -> {
                    Path path = Files.writeString(folder.resolve("letter"), "dear");

                    assertThatThrownBy(() -> serve(path))
                            .isInstanceOf(BindException.class)
                            .hasMessageContaining(path.toString());

                    assertThat(path).hasContent("dear");
                });
    }

    @Test
    void aPathThatAnotherServerHasTakenIsNotRemoved() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    Server first = serve(path);
                    Files.delete(path);
                    Server second = serve(path);

                    first.close(Duration.ofSeconds(30));
                    assertThat(echo(path, "second")).isEqualTo("second");

                    second.close(Duration.ofSeconds(30));
                    assertThat(path).doesNotExist();
                });
    }

    @Test
    void aPathThatIsGoneAlreadyIsNoError() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    Server server = serve(path);
                    Files.delete(path);

                    server.close();
                    server.waitClosed();
                });
    }

    @Test
    void thePathStaysIfItShall() {
        run(
                () -> {
                    Path path = folder.resolve("s");
                    serve(path, ServerOptions.DEFAULT.withCleanupSocket(false)).close();

                    assertThat(path).exists();
                });
    }

    @Test
    void aPathThatIsTooLongIsNamed() {
        run(
                () -> {
                    Path path = folder.resolve("s".repeat(120));

                    assertThatThrownBy(() -> serve(path))
                            .isInstanceOf(BindException.class)
                            .hasMessageContaining(path.toString())
                            .hasMessageContaining("bytes");
                });
    }

    @Test
    void aFolderThatDoesNotExistIsNamed() {
        run(
                () -> {
                    Path path = folder.resolve("nowhere").resolve("s");

                    assertThatThrownBy(() -> serve(path))
                            .isInstanceOf(BindException.class)
                            .hasMessageContaining(path.toString());
                });
    }

    @Test
    void closingTheLoopRemovesThePath() {
        Path path = folder.resolve("s");
        var other = open(dev.heddle.EventLoop.builder());
        other.runUntilComplete(() -> serve(path));
        assertThat(path).exists();

        other.close();

        assertThat(path).doesNotExist();
    }
}
