package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.reactor.Clock;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;

/** Whatever the links do, the bytes of a TCP connection arrive, each once and in order. */
@Timeout(60)
class TcpReliabilityTest {

    private static final LinkOptions BAD =
            LinkOptions.DEFAULT
                    .withLoss(0.2)
                    .withJitter(Delay.logNormal(Duration.ofMillis(5), 1.0))
                    .withBandwidth(5_000_000);

    private static byte[] random(long seed, int length) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Sends and receives at both ends at the same time, and returns what arrived at them. */
    private static byte[][] exchange(NetworkOptions options, byte[] request, byte[] response) {
        var net = new SimulatedNetwork(options);
        Host client = net.host("client");
        Host server = net.host("server");
        var received = new byte[2][];
        try (var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build()) {
            server.start(
                    () -> {
                        try (var listener = net.openServerSocket(StandardProtocolFamily.INET)) {
                            listener.configureBlocking(false);
                            listener.bind(new InetSocketAddress(80));
                            SocketChannel channel = Sockets.accept(listener);
                            received[0] = sendAndReceive(channel, response);
                        }
                    });
            loop.runUntilComplete(
                    () ->
                            client.createTask(
                                            () -> {
                                                SocketChannel channel =
                                                        net.openSocket(StandardProtocolFamily.INET);
                                                channel.configureBlocking(false);
                                                Sockets.connect(
                                                        channel,
                                                        new InetSocketAddress(
                                                                server.address(), 80));
                                                received[1] = sendAndReceive(channel, request);
                                            })
                                    .await());
            loop.runUntilComplete(() -> server.program().await());
            assertThat(net.openChannels()).isEmpty();
            loop.runUntilComplete(() -> Asyncio.sleep(Duration.ofHours(1)));
            assertThat(client.connections).isEmpty();
            assertThat(server.connections).isEmpty();
        }
        return received;
    }

    private static byte[] sendAndReceive(SocketChannel channel, byte[] data) throws IOException {
        try (channel) {
            channel.configureBlocking(false);
            Task<Void> sender =
                    Asyncio.createTask(
                            () -> {
                                Sockets.sendAll(channel, ByteBuffer.wrap(data));
                                channel.shutdownOutput();
                            });
            var received = new ByteArrayOutputStream();
            for (byte[] part; (part = Sockets.recv(channel, 20_000)).length > 0; ) {
                received.write(part);
            }
            sender.await();
            return received.toByteArray();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void bytesArriveOverABadLink(long seed) {
        byte[] request = random(seed, 200_000);
        byte[] response = random(-seed, 150_000);

        byte[][] received =
                exchange(
                        NetworkOptions.DEFAULT
                                .withSeed(seed)
                                .withLink(BAD)
                                .withTcp(
                                        TcpModel.DEFAULT.withSegmentation(
                                                seed % 2 == 0
                                                        ? Segmentation.MSS
                                                        : Segmentation.RANDOM)),
                        request,
                        response);

        assertThat(received[0]).isEqualTo(request);
        assertThat(received[1]).isEqualTo(response);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void bytesArriveThroughTinyBuffers(int size) {
        byte[] request = random(size, 1_000);
        byte[] response = random(-size, 2_000);

        byte[][] received =
                exchange(
                        NetworkOptions.DEFAULT
                                .withLink(BAD.withLoss(0.05))
                                .withTcp(TcpModel.DEFAULT.withBuffers(size, size + 1)),
                        request,
                        response);

        assertThat(received[0]).isEqualTo(request);
        assertThat(received[1]).isEqualTo(response);
    }

    @Test
    void randomSegmentationCutsAnywhere() {
        var net =
                new SimulatedNetwork(
                        NetworkOptions.DEFAULT
                                .withSeed(3)
                                .withTcp(TcpModel.DEFAULT.withSegmentation(Segmentation.RANDOM)));
        try (var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build()) {
            loop.runUntilComplete(
                    () -> {
                        try (var listener = net.openServerSocket(StandardProtocolFamily.INET);
                                var one = net.openSocket(StandardProtocolFamily.INET)) {
                            listener.configureBlocking(false);
                            listener.bind(new InetSocketAddress(80));
                            one.configureBlocking(false);
                            Sockets.connect(one, new InetSocketAddress("127.0.0.1", 80));
                            try (var other = Sockets.accept(listener)) {
                                other.configureBlocking(false);
                                int reads = 0;
                                for (int i = 0; i < 50; i++) {
                                    Sockets.sendAll(one, ByteBuffer.allocate(20));
                                    Asyncio.sleep(1);
                                    for (int got = 0; got < 20; reads++) {
                                        got += Sockets.recv(other, 100).length;
                                    }
                                }

                                assertThat(reads).isBetween(60, 300);
                            }
                        }
                    });
        }
    }
}
