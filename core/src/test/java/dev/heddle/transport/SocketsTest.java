package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.heddle.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Operations on channels of the user. */
class SocketsTest extends NetFixture {

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        server = nonBlocking(ServerSocketChannel.open());
        server.bind(new InetSocketAddress(LOOPBACK, 0));
    }

    private <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
        channel.configureBlocking(false);
        return closing(channel);
    }

    private record Pair(SocketChannel client, SocketChannel peer) {}

    private Pair connected() throws IOException {
        Task<SocketChannel> accepting = createTask(() -> Sockets.accept(server));
        SocketChannel client = nonBlocking(SocketChannel.open());
        Sockets.connect(client, server.getLocalAddress());
        return new Pair(client, closing(accepting.await()));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] random(int size) {
        byte[] data = new byte[size];
        new Random(1).nextBytes(data);
        return data;
    }

    // ---------------------------------------------------------------- streams

    @Test
    void connectAcceptSendAndReceive() {
        run(
                () -> {
                    Pair pair = connected();
                    Task<byte[]> receiving = createTask(() -> Sockets.recv(pair.client(), 100));
                    Sockets.sendAll(pair.peer(), bytes("hello"));

                    assertThat(receiving.await()).asString().isEqualTo("hello");
                    assertThat(pair.peer().isBlocking()).isFalse();
                });
    }

    @Test
    void receivingGivesWhatIsThereAndNoMoreThanAskedFor() {
        run(
                () -> {
                    Pair pair = connected();
                    Sockets.sendAll(pair.peer(), bytes("hello"));

                    assertThat(Sockets.recv(pair.client(), 2)).asString().isEqualTo("he");
                    var buffer = ByteBuffer.allocate(100).position(1);
                    assertThat(Sockets.recvInto(pair.client(), buffer)).isEqualTo(3);
                    assertThat(buffer.position()).isEqualTo(4);
                });
    }

    @Test
    void endOfTheStreamIsNoBytes() {
        run(
                () -> {
                    Pair pair = connected();
                    pair.peer().close();

                    assertThat(Sockets.recv(pair.client(), 100)).isEmpty();
                    assertThat(Sockets.recvInto(pair.client(), ByteBuffer.allocate(1)))
                            .isEqualTo(-1);
                });
    }

    @Test
    void bufferWithoutRoomReceivesNothingAtOnce() {
        run(
                () -> {
                    Pair pair = connected();

                    assertThat(Sockets.recvInto(pair.client(), ByteBuffer.allocate(0))).isZero();
                });
    }

    @Test
    void muchDataIsSentWhileThePeerReads() {
        byte[] data = random(3_000_000);
        run(
                () -> {
                    Pair pair = connected();
                    Task<Void> sending =
                            createTask(() -> Sockets.sendAll(pair.peer(), ByteBuffer.wrap(data)));
                    var got = ByteBuffer.allocate(data.length);
                    while (got.hasRemaining()) {
                        assertThat(Sockets.recvInto(pair.client(), got)).isPositive();
                    }
                    sending.await();

                    assertThat(got.array()).isEqualTo(data);
                });
    }

    @Test
    void pipesHaveTheSameOperations() throws IOException {
        Pipe pipe = Pipe.open();
        Pipe.SourceChannel source = nonBlocking(pipe.source());
        Pipe.SinkChannel sink = nonBlocking(pipe.sink());
        run(
                () -> {
                    Task<byte[]> receiving = createTask(() -> Sockets.recv(source, 100));
                    settle();
                    Sockets.sendAll(sink, bytes("through"));
                    assertThat(receiving.await()).asString().isEqualTo("through");
                    sink.close();

                    assertThat(Sockets.recv(source, 1)).isEmpty();
                });
    }

    @Test
    void oneTaskReadsWhileAnotherWrites() {
        run(
                () -> {
                    Pair pair = connected();
                    pair.client().setOption(StandardSocketOptions.SO_SNDBUF, 10_000);
                    Task<byte[]> receiving = createTask(() -> Sockets.recv(pair.client(), 100));
                    byte[] data = random(10_000_000);
                    Task<Void> sending =
                            createTask(() -> Sockets.sendAll(pair.client(), ByteBuffer.wrap(data)));
                    settle();
                    assertThat(receiving.done()).isFalse();
                    assertThat(sending.done()).isFalse();
                    Sockets.sendAll(pair.peer(), bytes("x"));
                    assertThat(receiving.await()).hasSize(1);
                    var got = ByteBuffer.allocate(data.length);
                    while (got.hasRemaining()) {
                        Sockets.recvInto(pair.peer(), got);
                    }

                    sending.await();
                });
    }

    // ---------------------------------------------------------------- connecting

    @Test
    void refusalNamesTheAddress() throws IOException {
        var gone = (InetSocketAddress) server.getLocalAddress();
        server.close();
        SocketChannel client = nonBlocking(SocketChannel.open());

        assertThatThrownBy(() -> run(() -> Sockets.connect(client, gone)))
                .isExactlyInstanceOf(ConnectException.class)
                .hasMessage("connect to %s: Connection refused".formatted(gone));
    }

    @Test
    void nameIsLookedUpForAConnect() {
        run(
                () -> {
                    SocketChannel client =
                            nonBlocking(SocketChannel.open(java.net.StandardProtocolFamily.INET));
                    int port = ((InetSocketAddress) server.getLocalAddress()).getPort();

                    Sockets.connect(client, InetSocketAddress.createUnresolved("localhost", port));

                    assertThat(client.isConnected()).isTrue();
                });
    }

    // ---------------------------------------------------------------- datagrams

    private DatagramChannel datagramChannel() throws IOException {
        return nonBlocking(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
    }

    @Test
    void datagramsAreSentAndReceivedWithTheirSender() throws IOException {
        DatagramChannel a = datagramChannel();
        DatagramChannel b = datagramChannel();
        var toB = (InetSocketAddress) b.getLocalAddress();
        run(
                () -> {
                    Task<Sockets.Datagram> receiving = createTask(() -> Sockets.recvFrom(b, 100));
                    settle();
                    assertThat(Sockets.sendTo(a, bytes("hello"), toB)).isEqualTo(5);

                    assertThat(receiving.await().data()).asString().isEqualTo("hello");
                    assertThat(receiving.result().sender()).isEqualTo(a.getLocalAddress());
                });
    }

    @Test
    void emptyAndTooLongDatagramsAreDatagrams() throws IOException {
        DatagramChannel a = datagramChannel();
        DatagramChannel b = datagramChannel();
        var toB = (InetSocketAddress) b.getLocalAddress();
        run(
                () -> {
                    Sockets.sendTo(a, bytes(""), toB);
                    Sockets.sendTo(a, bytes("12345"), toB);

                    assertThat(Sockets.recvFrom(b, 3).data()).isEmpty();
                    var buffer = ByteBuffer.allocate(3);
                    assertThat(Sockets.recvFromInto(b, buffer)).isEqualTo(a.getLocalAddress());
                    assertThat(buffer.array()).asString().isEqualTo("123");
                });
    }

    @Test
    void emptyDatagramOnAConnectedChannelIsRefusedRatherThanDropped() throws IOException {
        DatagramChannel a = datagramChannel();
        DatagramChannel b = datagramChannel();
        var toB = (InetSocketAddress) b.getLocalAddress();
        a.connect(toB);

        assertThatThrownBy(() -> run(() -> Sockets.sendTo(a, bytes(""), toB)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("The JDK sends no empty datagram");
    }

    // ---------------------------------------------------------------- files

    @Test
    void fileIsSentAsAWhole(@TempDir Path directory) {
        byte[] data = random(3_000_000);
        run(
                () -> {
                    Path path = Files.write(directory.resolve("file"), data);
                    Pair pair = connected();
                    try (FileChannel file = FileChannel.open(path)) {
                        Task<Long> sending =
                                createTask(() -> Sockets.sendfile(pair.peer(), file, 0, null));
                        var got = ByteBuffer.allocate(data.length);
                        while (got.hasRemaining()) {
                            Sockets.recvInto(pair.client(), got);
                        }

                        assertThat(sending.await()).isEqualTo(data.length);
                        assertThat(file.position()).isEqualTo(data.length);
                        assertThat(got.array()).isEqualTo(data);
                    }
                });
    }

    @Test
    void partOfAFileIsSent(@TempDir Path directory) {
        run(
                () -> {
                    Path path = Files.writeString(directory.resolve("file"), "0123456789");
                    Pair pair = connected();
                    try (FileChannel file = FileChannel.open(path)) {
                        assertThat(Sockets.sendfile(pair.peer(), file, 2, 3L)).isEqualTo(3);
                        assertThat(file.position()).isEqualTo(5);
                        assertThat(Sockets.sendfile(pair.peer(), file, 8, 100L)).isEqualTo(2);
                        assertThat(Sockets.sendfile(pair.peer(), file, 20, null)).isZero();
                        assertThat(Sockets.recv(pair.client(), 100)).asString().isEqualTo("23489");
                    }
                });
    }

    @Test
    void fileIsSentUpToWhereThePeerHasGone(@TempDir Path directory) {
        long size =
                200_000_000; // more than fits into any buffers, and nearly none of it on the disk
        run(
                () -> {
                    Path path = directory.resolve("file");
                    Pair pair = connected();
                    try (FileChannel file = FileChannel.open(path, CREATE, READ, WRITE)) {
                        file.write(ByteBuffer.allocate(1), size - 1);
                        Task<Long> sending =
                                createTask(() -> Sockets.sendfile(pair.peer(), file, 0, null));
                        settle();
                        pair.client().close();

                        assertThatThrownBy(sending::await).isInstanceOf(IOException.class);
                        assertThat(file.position()).isBetween(1L, size - 1);
                    }
                });
    }

    // ---------------------------------------------------------------- arguments

    @Test
    void blockingChannelIsRefused() throws IOException {
        SocketChannel client = closing(SocketChannel.open());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> Sockets.connect(client, server.getLocalAddress())))
                .withMessageContaining("connect: channel is in blocking mode");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(() -> Sockets.recv(client, 1)))
                .withMessageContaining("recv: channel is in blocking mode");
    }

    @Test
    void sizesAreChecked(@TempDir Path directory) throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        SocketChannel client = nonBlocking(SocketChannel.open());
        try (FileChannel file = FileChannel.open(path)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run(() -> Sockets.recv(client, 0)))
                    .withMessage("max must be at least 1 byte, and is 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run(() -> Sockets.sendfile(client, file, -1, null)))
                    .withMessage("offset must not be negative, and is -1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> run(() -> Sockets.sendfile(client, file, 0, 0L)))
                    .withMessage("count must be positive, or null for all, and is 0");
        }
    }

    @Test
    void closedChannelIsAnErrorAtOnce() throws IOException {
        SocketChannel client = nonBlocking(SocketChannel.open());
        client.close();

        assertThatThrownBy(() -> run(() -> Sockets.recv(client, 1)))
                .isInstanceOf(ClosedChannelException.class);
    }
}
