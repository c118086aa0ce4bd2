package dev.heddle.stream;

import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.ErrorContext;
import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;
import dev.heddle.transport.ExtraInfo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Servers and clients over real sockets. */
class StreamServerTest extends StreamFixture {

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(50);

    StreamServerTest() {
        super(Clock.system());
    }

    private static StreamServer serve(ConnectionHandler handler) throws IOException {
        return Streams.startServer(handler, "127.0.0.1", 0);
    }

    private static Connection connect(StreamServer server) throws IOException {
        return Streams.openConnection("127.0.0.1", server.port());
    }

    private static void echo(Connection connection) throws IOException {
        var buffer = new byte[8192];
        for (int n; (n = connection.read(buffer)) > 0; ) {
            connection.write(buffer, 0, n);
        }
    }

    // ---------------------------------------------------------------- bytes

    @Test
    void anEchoServerServesManyClients() {
        run(
                () -> {
                    StreamServer server = serve(StreamServerTest::echo);
                    var clients = new ArrayList<VoidCoroutine>();
                    for (int i = 0; i < 20; i++) {
                        String text = "client " + i;
                        clients.add(
                                () -> {
                                    try (Connection c = connect(server)) {
                                        for (int k = 0; k < 50; k++) {
                                            c.write(text);
                                            assertThat(text(c.readExactly(text.length())))
                                                    .isEqualTo(text);
                                        }
                                    }
                                });
                    }
                    gather(clients.toArray(VoidCoroutine[]::new));

                    server.close(LONG);
                    assertThat(server.handlers()).isZero();
                });
    }

    @Test
    void muchDataGoesBothWaysAtOnce() {
        run(
                () -> {
                    var data = new byte[5_000_000];
                    new Random(1).nextBytes(data);
                    StreamServer server = serve(StreamServerTest::echo);
                    try (Connection c = connect(server)) {
                        Task<Void> write =
                                start(
                                        () -> {
                                            for (int i = 0; i < data.length; i += 1_000_000) {
                                                c.write(data, i, 1_000_000);
                                            }
                                            c.writeEof();
                                        });
                        assertThat(Arrays.equals(c.reader().read(), data)).isTrue();
                        write.await();
                    }
                    server.close(LONG);
                });
    }

    @Test
    void linesGoThroughAUnixSocket(@TempDir Path dir) {
        run(
                () -> {
                    Path path = dir.resolve("s");
                    StreamServer server =
                            Streams.startUnixServer(
                                    (reader, writer) -> {
                                        for (String line : reader.lines()) {
                                            writer.write(
                                                    line.toUpperCase(java.util.Locale.ROOT)
                                                            + "\r\n");
                                        }
                                    },
                                    path);
                    try (Connection c = Streams.openUnixConnection(path)) {
                        c.write("eins\nzwei\n");
                        c.writeEof();
                        assertThat(c.reader().lines().stream().toList())
                                .containsExactly("EINS", "ZWEI");
                    }
                    server.close(LONG);
                });
    }

    @Test
    void aConnectionKnowsItsAddresses() {
        run(
                () -> {
                    Future<String> seen = loop.createFuture();
                    StreamServer server =
                            serve(c -> seen.setResult(c.peername() + " " + c.sockname()));
                    try (Connection c = connect(server)) {
                        assertThat(seen.await()).isEqualTo(c.sockname() + " " + c.peername());
                        assertThat(((InetSocketAddress) c.peername()).getPort())
                                .isEqualTo(server.port());
                        assertThat(c.toString()).startsWith("Connection(/127.0.0.1:");
                    }
                    server.close(LONG);
                });
    }

    // ---------------------------------------------------------------- the handler's end

    @Test
    void aConnectionIsClosedWhenItsHandlerReturns() {
        run(
                () -> {
                    StreamServer server = serve(c -> c.write("bye"));
                    try (Connection c = connect(server)) {
                        assertThat(text(c.reader().read())).isEqualTo("bye");
                    }
                    server.close(LONG);
                });
    }

    @Test
    void aDetachedConnectionStaysOpen() {
        run(
                () -> {
                    Future<Connection> kept = loop.createFuture();
                    StreamServer server =
                            serve(
                                    c -> {
                                        c.detach();
                                        kept.setResult(c);
                                    });
                    try (Connection c = connect(server)) {
                        Connection other = kept.await();
                        settle();
                        other.write("still here");
                        assertThat(text(c.readExactly(10))).isEqualTo("still here");
                        other.close();
                    }
                    server.close(LONG);
                });
    }

    @Test
    void anErrorOfTheHandlerIsReportedAndTheConnectionAborted() {
        var error = new IOException("the handler's");
        run(
                () -> {
                    StreamServer server =
                            serve(
                                    c -> {
                                        throw error;
                                    });
                    try (Connection c = connect(server)) {
                        assertThat(c.read(1)).isEmpty();
                    }
                    server.close(LONG);
                });

        ErrorContext reported = takeError();
        assertThat(reported.message()).isEqualTo("Unhandled exception in client_connected_cb");
        assertThat(reported.exception()).isSameAs(error);
        assertThat(reported.task()).isNotNull();
    }

    @Test
    void aPeerThatResetsIsNoErrorOfTheHandler() {
        run(() -> assertThat(handlerOfAResetConnection(serveReading())).isTrue());
        // And nothing was reported, which the fixture checks.
    }

    @Test
    void aPeerThatResetsIsReportedInDebugMode() {
        loop.setDebug(true);
        loop.setSlowCallbackDuration(LONG);
        run(() -> assertThat(handlerOfAResetConnection(serveReading())).isTrue());

        assertThat(takeError().exception()).hasMessageContaining("reset");
    }

    private StreamServer serveReading() throws IOException {
        return serve(c -> c.read(1));
    }

    /** Returns whether the handler has ended once the peer has reset its connection. */
    private static boolean handlerOfAResetConnection(StreamServer server) throws IOException {
        Connection c = connect(server);
        while (server.handlers() == 0) {
            sleep(0.001);
        }
        ((SocketChannel) c.getExtraInfo(ExtraInfo.SOCKET))
                .setOption(StandardSocketOptions.SO_LINGER, 0);
        c.abort();
        server.close(LONG);
        return server.handlers() == 0;
    }

    @Test
    void aCancelledHandlerClosesItsConnectionWithoutAWord() {
        run(
                () -> {
                    Future<Task<?>> handler = loop.createFuture();
                    StreamServer server =
                            serve(
                                    c -> {
                                        handler.setResult(dev.heddle.Asyncio.currentTask());
                                        c.read(1);
                                    });
                    try (Connection c = connect(server)) {
                        handler.await().cancel();
                        assertThat(c.read(1)).isEmpty();
                    }
                    server.close(LONG);
                });
    }

    // ---------------------------------------------------------------- the server's end

    @Test
    void closeWithGraceLetsHandlersFinish() {
        run(
                () -> {
                    StreamServer server =
                            serve(
                                    c -> {
                                        c.readLine();
                                        sleep(SOON);
                                        c.write("done");
                                    });
                    try (Connection c = connect(server)) {
                        c.write("work\n");
                        while (server.handlers() == 0) {
                            sleep(0.001);
                        }
                        Task<Void> close = start(() -> server.close(LONG));
                        assertThat(text(c.reader().read())).isEqualTo("done");
                        close.await();
                    }
                    assertThat(server.isServing()).isFalse();
                });
    }

    @Test
    void closeWithGraceAcceptsNobodyAnyMore() {
        run(
                () -> {
                    StreamServer server = serve(StreamServerTest::echo);
                    server.close(Duration.ZERO);
                    settle(); // the system is told in the next turn

                    assertThatThrownBy(() -> connect(server)).isInstanceOf(ConnectException.class);
                });
    }

    @Test
    void handlersThatDoNotFinishInTimeAreCancelled() {
        run(
                () -> {
                    StreamServer server =
                            serve(
                                    c -> {
                                        try {
                                            c.read(1);
                                        } catch (CancelledError e) {
                                            log.add("cancelled: " + e.cancelMessage());
                                            c.write("bye"); // it may clean up
                                            throw e;
                                        }
                                    });
                    try (Connection c = connect(server)) {
                        while (server.handlers() == 0) {
                            sleep(0.001);
                        }
                        server.close(SOON);
                        assertThat(text(c.reader().read())).isEqualTo("bye");
                    }
                    assertThat(log).containsExactly("cancelled: The server is closed");
                });
    }

    @Test
    void peersThatDoNotReadDoNotHoldTheServerUp() {
        run(
                () -> {
                    StreamServer server =
                            serve(
                                    c -> {
                                        while (true) {
                                            c.write(new byte[100_000]);
                                        }
                                    });
                    Connection c = connect(server);
                    while (server.handlers() == 0) {
                        sleep(0.001);
                    }
                    sleep(SOON);
                    timeout(20, () -> server.close(SOON));

                    c.abort();
                });
    }

    @Test
    void aCancelOfTheCloseEndsEverythingAtOnce() {
        run(
                () -> {
                    StreamServer server = serve(c -> c.read(1));
                    Connection c = connect(server);
                    while (server.handlers() == 0) {
                        sleep(0.001);
                    }
                    Task<Void> close = start(() -> server.close(LONG));
                    settle();
                    close.cancel();

                    assertThat(errorOf(close)).isInstanceOf(CancelledError.class);
                    server.waitClosed();
                    settle();
                    assertThat(server.handlers()).isZero();
                    c.close();
                });
    }

    @Test
    void aHandlerCanCloseItsServer() {
        run(
                () -> {
                    var holder = new ArrayList<StreamServer>();
                    StreamServer server =
                            serve(
                                    c -> {
                                        if (text(c.readLine()).equals("quit\n")) {
                                            holder.getFirst().close(SOON);
                                            c.write("server is closed");
                                        }
                                    });
                    holder.add(server);
                    try (Connection idle = connect(server);
                            Connection c = connect(server)) {
                        c.write("quit\n");
                        assertThat(text(c.reader().read())).isEqualTo("server is closed");
                        assertThat(idle.read(1)).isEmpty();
                    }
                    server.waitClosed();
                });
    }

    @Test
    void serveForeverClosesWithGraceWhenItIsCancelled() {
        run(
                () -> {
                    StreamServer server = serve(c -> c.read(1));
                    Task<Void> forever = start(() -> server.serveForever(SOON));
                    try (Connection c = connect(server)) {
                        while (server.handlers() == 0) {
                            sleep(0.001);
                        }
                        forever.cancel();
                        assertThat(errorOf(forever)).isInstanceOf(CancelledError.class);
                        assertThat(server.isServing()).isFalse();
                        assertThat(c.read(1)).isEmpty();
                    }
                });
    }

    @Test
    void serveForeverReturnsWhenTheServerIsClosed() {
        run(
                () -> {
                    StreamServer server = serve(c -> c.read(1));
                    Task<Void> forever = start(() -> server.serveForever(SOON));
                    settle();
                    server.close();

                    forever.await();
                });
    }

    // ---------------------------------------------------------------- peers that misbehave

    @Test
    void aResetIsThrownWhereTheTaskReads() {
        run(
                () -> {
                    Future<Throwable> seen = loop.createFuture();
                    StreamServer server =
                            serve(
                                    c -> {
                                        try {
                                            c.read(1);
                                            c.read(1);
                                        } catch (IOException e) {
                                            seen.setResult(e);
                                        }
                                    });
                    var socket = new java.net.Socket("127.0.0.1", server.port());
                    socket.getOutputStream().write('x');
                    while (server.handlers() == 0) {
                        sleep(0.001);
                    }
                    socket.setSoLinger(true, 0);
                    socket.close();

                    assertThat(seen.await()).hasMessageContaining("reset");
                    server.close(LONG);
                });
    }

    @Test
    void aSlowReaderDoesNotMakeTheWriterBuffer() {
        run(
                () -> {
                    Future<Integer> highest = loop.createFuture();
                    StreamServer server =
                            serve(
                                    c -> {
                                        int most = 0;
                                        Task<Void> write =
                                                start(
                                                        () -> {
                                                            for (int i = 0; i < 400; i++) {
                                                                c.write(new byte[50_000]);
                                                            }
                                                        });
                                        while (!write.done()) {
                                            sleep(0);
                                            int size = c.writer().transport().getWriteBufferSize();
                                            most = Math.max(most, size);
                                        }
                                        highest.setResult(most);
                                    });
                    try (Connection c = connect(server)) {
                        int n = 0;
                        for (byte[] data; (data = c.read(100_000)).length > 0; ) {
                            n += data.length;
                            if (n % 7 == 0) {
                                sleep(0.001);
                            }
                        }
                        assertThat(n).isEqualTo(20_000_000);
                    }
                    assertThat(highest.await()).isBetween(1, 50_000);
                    server.close(LONG);
                });
    }

    @Test
    void aLineThatIsTooLongIsAnErrorAndTheNextOneIsRead() {
        run(
                () -> {
                    StreamServer server =
                            serve(
                                    c -> {
                                        try {
                                            c.readLine(StandardCharsets.UTF_8);
                                        } catch (LimitOverrunException e) {
                                            c.write("too long");
                                        }
                                        echo(c);
                                    });
                    try (Connection c = connect(server)) {
                        Task<Void> write = start(() -> c.write("x".repeat(70_000)));
                        assertThat(text(c.readExactly(8))).isEqualTo("too long");
                        write.await();
                    }
                    server.close(LONG);
                });
    }

    @Test
    void listsOfHostsAreServed() {
        run(
                () -> {
                    StreamServer server =
                            Streams.startServer(
                                    c -> c.write("hi"),
                                    List.of("127.0.0.1", "127.0.0.2"),
                                    0,
                                    StreamOptions.DEFAULT);
                    try (Connection c = Streams.openConnection("127.0.0.2", server.port())) {
                        assertThat(text(c.reader().read())).isEqualTo("hi");
                    }
                    server.close(LONG);
                });
    }
}
