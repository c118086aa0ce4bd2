package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** addReader and addWriter on sockets: connect, accept, read and write. */
class ChannelSocketTest extends LoopFixture {

    private final List<SelectableChannel> opened = new ArrayList<>();
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        server = nonBlocking(ServerSocketChannel.open());
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void closeAll() throws IOException {
        for (SelectableChannel channel : opened) {
            loop.removeReader(channel);
            loop.removeWriter(channel);
            channel.close();
        }
    }

    private <C extends SelectableChannel> C nonBlocking(C channel) throws IOException {
        channel.configureBlocking(false);
        opened.add(channel);
        return channel;
    }

    /** Suspends the calling task until {@code channel} can be read from, or accepted from. */
    private void readable(SelectableChannel channel) {
        Future<Void> ready = loop.createFuture();
        loop.addReader(channel, () -> ready.setResult(null));
        try {
            ready.await();
        } finally {
            loop.removeReader(channel);
        }
    }

    private void writable(SelectableChannel channel) {
        Future<Void> ready = loop.createFuture();
        loop.addWriter(channel, () -> ready.setResult(null));
        try {
            ready.await();
        } finally {
            loop.removeWriter(channel);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel client = nonBlocking(SocketChannel.open());
        if (!client.connect(server.getLocalAddress())) {
            writable(client);
            assertThat(client.finishConnect()).isTrue();
        }
        return client;
    }

    private SocketChannel accept() throws IOException {
        SocketChannel connection;
        while ((connection = server.accept()) == null) {
            readable(server);
        }
        return nonBlocking(connection);
    }

    private void send(SocketChannel channel, byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                writable(channel);
            }
        }
    }

    private byte[] receive(SocketChannel channel, int count) throws IOException {
        var buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            int n = channel.read(buffer);
            if (n < 0) {
                break;
            } else if (n == 0) {
                readable(channel);
            }
        }
        return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }

    @Test
    void clientAndServerTalkOnOneLoop() {
        byte[] request = "ping".getBytes(StandardCharsets.US_ASCII);
        run(
                () -> {
                    Task<byte[]> serving =
                            loop.createTask(
                                    () -> {
                                        SocketChannel connection = accept();
                                        byte[] got = receive(connection, 4);
                                        send(
                                                connection,
                                                "pong".getBytes(StandardCharsets.US_ASCII));
                                        connection.shutdownOutput();
                                        return got;
                                    });

                    SocketChannel client = connect();
                    send(client, request);

                    assertThat(receive(client, 100)).asString().isEqualTo("pong");
                    assertThat(serving.await()).isEqualTo(request);
                });
    }

    @Test
    void muchDataFlowsWhenTheReaderIsSlowerThanTheBuffers() {
        byte[] data = new byte[3_000_000];
        new java.util.Random(1).nextBytes(data);
        run(
                () -> {
                    Task<byte[]> serving = loop.createTask(() -> receive(accept(), data.length));
                    SocketChannel client = connect();

                    send(client, data);

                    assertThat(serving.await()).isEqualTo(data);
                });
    }

    @Test
    void readerAndWriterOfOneChannelAreIndependent() {
        List<String> seen = new ArrayList<>();
        run(
                () -> {
                    SocketChannel client = connect();
                    SocketChannel connection = accept();
                    Future<Void> both = loop.createFuture();
                    loop.addReader(
                            client,
                            () -> {
                                seen.add("readable");
                                loop.removeReader(client);
                                both.setResult(null);
                            });
                    loop.addWriter(
                            client,
                            () -> {
                                seen.add("writable");
                                assertThat(loop.removeWriter(client)).isTrue();
                                assertThat(loop.removeWriter(client)).isFalse();
                            });
                    Asyncio.sleep(0);
                    Asyncio.sleep(0);
                    assertThat(seen).containsExactly("writable");

                    send(connection, new byte[1]);
                    both.await();

                    assertThat(seen).containsExactly("writable", "readable");
                });
    }

    @Test
    void writerOfAConnectionAttemptGoesOnWhenItIsEstablished() {
        List<Boolean> seen = new ArrayList<>();
        run(
                () -> {
                    SocketChannel client = nonBlocking(SocketChannel.open());
                    client.connect(server.getLocalAddress());
                    Future<Void> twice = loop.createFuture();
                    loop.addWriter(
                            client,
                            () -> {
                                seen.add(client.isConnected());
                                if (client.isConnected()) {
                                    loop.removeWriter(client);
                                    twice.setResult(null);
                                } else {
                                    finish(client);
                                }
                            });

                    twice.await();

                    accept();
                });

        assertThat(seen).endsWith(true);
    }

    private static void finish(SocketChannel client) {
        try {
            client.finishConnect();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusedConnectionIsReportedToTheWriter() throws IOException {
        var address = server.getLocalAddress();
        server.close();

        run(
                () -> {
                    SocketChannel client = nonBlocking(SocketChannel.open());
                    assertThatThrownBy(
                                    () -> {
                                        if (!client.connect(address)) {
                                            writable(client);
                                            client.finishConnect();
                                        }
                                    })
                            .isInstanceOf(ConnectException.class);
                });
    }

    @Test
    void listeningSocketCannotBeWritten() {
        assertThatThrownBy(() -> loop.addWriter(server, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be written");

        assertThat(loop.removeWriter(server)).isFalse();
    }

    @Test
    void cancelledWaitLeavesNothingBehind() {
        run(
                () -> {
                    Task<SocketChannel> accepting = loop.createTask(this::accept);
                    Asyncio.sleep(0);
                    assertThat(accepting.done()).isFalse();

                    accepting.cancel();
                    Asyncio.sleep(0);

                    assertThat(accepting.cancelled()).isTrue();
                    assertThat(loop.removeReader(server)).isFalse();
                });
    }
}
