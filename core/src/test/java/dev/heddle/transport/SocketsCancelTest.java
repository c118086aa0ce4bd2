package dev.heddle.transport;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Operations that are cancelled, and two tasks on one channel. */
class SocketsCancelTest extends NetFixture {

    private Pipe.SourceChannel source;
    private Pipe.SinkChannel sink;

    @BeforeEach
    void openPipe() throws IOException {
        Pipe pipe = Pipe.open();
        source = closing(pipe.source());
        sink = closing(pipe.sink());
        source.configureBlocking(false);
        sink.configureBlocking(false);
    }

    private Task<byte[]> receiving() {
        return createTask(() -> Sockets.recv(source, 100));
    }

    private void send(int n) throws IOException {
        sink.write(ByteBuffer.allocate(n));
    }

    @Test
    void cancelledReceiveLeavesNothingBehind() {
        run(
                () -> {
                    Task<byte[]> task = receiving();
                    settle();
                    assertThat(loop.openChannels()).containsExactly(source);
                    task.cancel();
                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);

                    assertThat(loop.openChannels()).isEmpty();
                });
    }

    @Test
    void sameOperationMayBeginBeforeTheCancelledTaskHasRun() {
        run(
                () -> {
                    Task<byte[]> first = receiving();
                    settle();
                    first.cancel();
                    // In the place of the first, whose clean-up comes only now.
                    Task<byte[]> second =
                            createTask(
                                    () -> Sockets.recv(source, 100),
                                    dev.heddle.TaskOptions.DEFAULT.withEagerStart(true));
                    assertThat(first.done()).isFalse();
                    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
                    settle();
                    assertThat(second.done()).isFalse();
                    send(3);

                    assertThat(second.await()).hasSize(3);
                });
    }

    @Test
    void cancelledReceiveLosesNoBytes() {
        run(
                () -> {
                    for (int turns = 0; turns < 6; turns++) {
                        Task<byte[]> task = receiving();
                        settle();
                        send(5);
                        for (int i = 0; i < turns; i++) {
                            sleep(0);
                        }
                        task.cancel();
                        byte[] got;
                        try {
                            got = task.await();
                        } catch (CancelledError e) {
                            got = Sockets.recv(source, 100);
                        }

                        assertThat(got).hasSize(5);
                    }
                });
    }

    @Test
    void secondReaderIsRefusedAndTheFirstUndisturbed() {
        run(
                () -> {
                    Task<byte[]> first = receiving();
                    settle();

                    assertThatIllegalStateException()
                            .isThrownBy(() -> Sockets.recv(source, 1))
                            .withMessageContaining("recv: another task waits for the same channel");
                    send(2);
                    assertThat(first.await()).hasSize(2);
                });
    }

    @Test
    void nobodyTakesWhatAnotherIsAboutToReceive() {
        run(
                () -> {
                    Task<byte[]> first = receiving();
                    settle();
                    send(2);

                    assertThatIllegalStateException().isThrownBy(() -> Sockets.recv(source, 100));
                    assertThat(first.await()).hasSize(2);
                    send(1);
                    assertThat(Sockets.recv(source, 100)).hasSize(1);
                });
    }

    @Test
    void secondWriterIsRefused() {
        run(
                () -> {
                    var much = ByteBuffer.allocate(1_000_000);
                    Task<Void> first = createTask(() -> Sockets.sendAll(sink, much));
                    settle();
                    assertThat(first.done()).isFalse();

                    assertThatIllegalStateException()
                            .isThrownBy(() -> Sockets.sendAll(sink, ByteBuffer.allocate(1)))
                            .withMessageContaining("sendAll: another task waits");
                    int sent = much.position();
                    first.cancel();
                    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
                    assertThat(much.position()).isEqualTo(sent);
                    int drained = 0;
                    while (drained < sent) {
                        drained += Sockets.recv(source, 1_000_000).length;
                    }
                    assertThat(drained).isEqualTo(sent);
                });
    }

    @Test
    void acceptAndConnectCanBeCancelled() throws IOException {
        ServerSocketChannel server = closing(ServerSocketChannel.open());
        server.configureBlocking(false);
        server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        run(
                () -> {
                    Task<SocketChannel> first = createTask(() -> Sockets.accept(server));
                    settle();
                    first.cancel();
                    Task<SocketChannel> second = createTask(() -> Sockets.accept(server));
                    assertThatThrownBy(first::await).isInstanceOf(CancelledError.class);
                    SocketChannel client = closing(SocketChannel.open());
                    client.configureBlocking(false);
                    Sockets.connect(client, server.getLocalAddress());

                    assertThat(closing(second.await()).getRemoteAddress())
                            .isEqualTo(client.getLocalAddress());
                });
    }

    @Test
    void callbackIsRefused() {
        run(
                () -> {
                    var thrown = loop.<Throwable>createFuture();
                    loop.callSoon(
                            () -> {
                                try {
                                    Sockets.recv(source, 1);
                                } catch (IOException | IllegalStateException e) {
                                    thrown.setResult(e);
                                }
                            });

                    assertThat(thrown.await())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("cannot be called in a callback");
                });
    }

    @Test
    void channelOfATransportIsRefused() throws IOException {
        Ends ends = ends();
        var protocol = new Recorder(loop);
        run(
                () -> {
                    Connected<Recorder> made =
                            Transports.createConnection(
                                    () -> protocol, ends.channel(), ConnectOptions.DEFAULT);

                    assertThatIllegalStateException()
                            .isThrownBy(() -> Sockets.recv(ends.channel(), 1))
                            .withMessageContaining("belongs to another");
                    made.transport().close();
                    protocol.await("lost");
                });
    }
}
