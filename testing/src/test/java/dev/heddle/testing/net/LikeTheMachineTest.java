package dev.heddle.testing.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.Network;
import dev.heddle.transport.Sockets;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The same calls, on the machine's network and on the simulated one, have the same results. */
@Timeout(60)
@EnabledOnOs(OS.LINUX) // whose behaviour and whose words are simulated
class LikeTheMachineTest {

    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

    /** What a program does, and what it sees. */
    private abstract static class Program {

        final List<String> seen = new ArrayList<>();
        Network net;
        private int port;

        abstract void run() throws IOException;

        /** Does something, and notes its result or its error, without ports. */
        final void see(Callable<?> action) {
            String result;
            try {
                result = String.valueOf(action.call());
            } catch (Exception e) {
                result = e.getClass().getName() + ": " + e.getMessage();
            }
            seen.add(result.replaceAll(":[0-9]{2,5}", ":PORT"));
        }

        final SocketChannel socket() throws IOException {
            SocketChannel channel = net.openSocket(StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            return channel;
        }

        final ServerSocketChannel listener() throws IOException {
            ServerSocketChannel channel = net.openServerSocket(StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(HERE, 0), 5);
            port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return channel;
        }

        final InetSocketAddress there() {
            return new InetSocketAddress(HERE, port);
        }

        final SocketChannel[] pair() throws IOException {
            try (ServerSocketChannel listener = listener()) {
                SocketChannel client = socket();
                Sockets.connect(client, there());
                SocketChannel server = Sockets.accept(listener);
                server.configureBlocking(false);
                return new SocketChannel[] {client, server};
            }
        }

        final DatagramChannel datagrams() throws IOException {
            DatagramChannel channel = net.openDatagram(StandardProtocolFamily.INET);
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(HERE, 0));
            return channel;
        }

        static String recv(SocketChannel channel) throws IOException {
            return new String(Sockets.recv(channel, 1000), StandardCharsets.UTF_8);
        }

        /** Waits until the channel can be read from, without reading. */
        static void awaitReadable(SelectableChannel channel) {
            EventLoop loop = EventLoop.runningOrNull();
            var readable = loop.<Void>createFuture();
            loop.addReader(
                    channel,
                    () -> {
                        loop.removeReader(channel);
                        readable.setResult(null);
                    });
            readable.await();
        }
    }

    private enum Case {
        ORDER {
            @Override
            void run(Program p) throws IOException {
                SocketChannel channel = p.socket();
                p.see(() -> channel.read(ByteBuffer.allocate(1)));
                p.see(() -> channel.write(ByteBuffer.allocate(1)));
                p.see(channel::finishConnect);
                p.see(channel::shutdownInput);
                p.see(channel::shutdownOutput);
                p.see(channel::getLocalAddress);
                p.see(channel::getRemoteAddress);
                p.see(channel::isConnected);
                p.see(channel::isConnectionPending);
                p.see(() -> channel.connect(null));
                p.see(() -> channel.connect(InetSocketAddress.createUnresolved("x", 1)));
                p.see(() -> channel.connect(UnixDomainSocketAddress.of("/tmp/x")));
                p.see(() -> channel.connect(new InetSocketAddress("::1", 1)));
                channel.close();
                p.see(() -> channel.read(ByteBuffer.allocate(1)));
                p.see(() -> channel.connect(new InetSocketAddress(HERE, 1)));
                p.see(channel::getLocalAddress);
                p.see(channel::getRemoteAddress);
                p.see(channel::finishConnect);
                p.see(() -> channel.setOption(StandardSocketOptions.SO_RCVBUF, 1));
                p.see(channel::shutdownInput);
            }
        },
        REFUSED {
            @Override
            void run(Program p) throws IOException {
                p.listener().close();
                SocketChannel channel = p.socket();
                p.see(
                        () -> {
                            Sockets.connect(channel, p.there());
                            return null;
                        });
                p.see(channel::isOpen);
                channel.close();
            }
        },
        CONNECTED {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                p.see(() -> pair[0].connect(p.there()));
                p.see(pair[0]::finishConnect);
                p.see(() -> pair[0].bind(null));
                p.see(() -> pair[0].getRemoteAddress());
                p.see(() -> pair[1].getLocalAddress());
                p.see(() -> pair[0].read(ByteBuffer.allocate(9)));
                p.see(() -> pair[0].read(ByteBuffer.allocate(0)));
                p.see(() -> pair[0].write(ByteBuffer.allocate(0)));
                p.see(() -> pair[0].read(ByteBuffer.allocate(9).asReadOnlyBuffer()));
                p.see(() -> pair[0].write(new ByteBuffer[0]));
                p.see(() -> pair[0].read(new ByteBuffer[0]));
                p.see(() -> pair[0].write(ByteBuffer.wrap("hello".getBytes())));
                p.see(() -> Program.recv(pair[1]));
                pair[0].close();
                pair[1].close();
            }
        },
        HALF_CLOSED {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                pair[0].shutdownOutput();
                p.see(() -> pair[0].shutdownOutput() == pair[0]);
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                p.see(() -> Program.recv(pair[1]));
                p.see(() -> pair[1].read(ByteBuffer.allocate(1)));
                p.see(() -> pair[1].read(ByteBuffer.allocate(0)));
                pair[1].write(ByteBuffer.wrap("back".getBytes()));
                p.see(() -> Program.recv(pair[0]));
                pair[0].shutdownInput();
                p.see(() -> pair[0].shutdownInput() == pair[0]);
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                pair[0].close();
                pair[1].close();
            }
        },
        LATE_DATA {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                pair[1].close();
                p.see(() -> Program.recv(pair[0]));
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                for (int i = 0; ; i++) { // until the reset has come back
                    try {
                        Asyncio.sleep(0.001);
                        pair[0].write(ByteBuffer.allocate(1));
                    } catch (IOException e) {
                        p.seen.add(String.valueOf(e));
                        break;
                    }
                }
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                pair[0].close();
            }
        },
        RESET_READ {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
                pair[1].close();
                Program.awaitReadable(pair[0]);
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].isConnected());
                p.see(() -> pair[0].shutdownOutput() == pair[0]);
                pair[0].close();
            }
        },
        RESET_WRITE {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                pair[0].write(ByteBuffer.allocate(10));
                Program.awaitReadable(pair[1]);
                pair[1].close(); // with unread bytes
                Program.awaitReadable(pair[0]);
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].write(ByteBuffer.allocate(1)));
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                pair[0].close();
            }
        },
        RESET_AFTER_DATA {
            @Override
            void run(Program p) throws IOException {
                SocketChannel[] pair = p.pair();
                pair[1].write(ByteBuffer.wrap("last words".getBytes()));
                Program.awaitReadable(pair[0]);
                pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
                pair[1].close();
                p.see(() -> Program.recv(pair[0]));
                Program.awaitReadable(pair[0]);
                p.see(() -> pair[0].read(ByteBuffer.allocate(1)));
                pair[0].close();
            }
        },
        LISTENING {
            @Override
            void run(Program p) throws IOException {
                ServerSocketChannel listener = p.listener();
                p.see(listener::accept);
                p.see(() -> listener.bind(null));
                try (ServerSocketChannel other =
                        p.net.openServerSocket(StandardProtocolFamily.INET)) {
                    p.see(other::getLocalAddress);
                    p.see(() -> other.bind(p.there()));
                    p.see(() -> other.bind(new InetSocketAddress("192.0.2.1", 0)));
                    p.see(() -> other.bind(InetSocketAddress.createUnresolved("x", 1)));
                    p.see(() -> other.bind(UnixDomainSocketAddress.of("/tmp/x")));
                    other.configureBlocking(false);
                    p.see(other::accept);
                }
                SocketChannel bound = p.socket();
                p.see(() -> bound.bind(p.there()));
                p.see(() -> bound.bind(new InetSocketAddress("192.0.2.1", 0)));
                bound.bind(new InetSocketAddress(HERE, 0));
                p.see(() -> bound.bind(null));
                bound.close();
                listener.close();
                p.see(listener::accept);
                p.see(listener::getLocalAddress);
                p.see(() -> listener.setOption(StandardSocketOptions.SO_REUSEADDR, true));
            }
        },
        DATAGRAMS {
            @Override
            void run(Program p) throws IOException {
                DatagramChannel one = p.datagrams();
                DatagramChannel two = p.datagrams();
                p.see(() -> one.receive(ByteBuffer.allocate(9)));
                p.see(() -> one.read(ByteBuffer.allocate(9)));
                p.see(() -> one.write(ByteBuffer.allocate(9)));
                p.see(() -> one.bind(null));
                p.see(() -> one.bind(two.getLocalAddress()));
                p.see(() -> one.send(ByteBuffer.allocate(65_508), two.getLocalAddress()));
                p.see(() -> one.send(ByteBuffer.allocate(0), two.getLocalAddress()));
                p.see(() -> one.send(ByteBuffer.wrap("hello".getBytes()), two.getLocalAddress()));
                Program.awaitReadable(two);
                p.see(() -> two.receive(ByteBuffer.allocate(3)));
                Program.awaitReadable(two);
                ByteBuffer buffer = ByteBuffer.allocate(3);
                p.see(() -> two.receive(buffer));
                p.see(() -> new String(buffer.array()));
                p.see(() -> two.receive(ByteBuffer.allocate(3).asReadOnlyBuffer()));
                p.see(() -> one.send(ByteBuffer.allocate(1), new InetSocketAddress(HERE, 0)));
                p.see(
                        () ->
                                one.send(
                                        ByteBuffer.allocate(1),
                                        InetSocketAddress.createUnresolved("x", 1)));
                p.see(
                        () ->
                                one.send(
                                        ByteBuffer.allocate(1),
                                        new InetSocketAddress("255.255.255.255", 9)));
                p.see(() -> one.connect(two.getLocalAddress()).isConnected());
                p.see(() -> one.connect(two.getLocalAddress()));
                p.see(() -> one.send(ByteBuffer.allocate(1), new InetSocketAddress(HERE, 9)));
                p.see(() -> one.getRemoteAddress());
                two.close();
                p.see(() -> one.write(ByteBuffer.wrap("x".getBytes())));
                Program.awaitReadable(one);
                p.see(() -> one.read(ByteBuffer.allocate(1)));
                p.see(() -> one.read(ByteBuffer.allocate(1)));
                p.see(() -> one.disconnect().isConnected());
                p.see(() -> one.getRemoteAddress());
                one.close();
                p.see(() -> one.receive(ByteBuffer.allocate(9)));
                p.see(() -> one.send(ByteBuffer.allocate(1), new InetSocketAddress(HERE, 9)));
                p.see(one::getLocalAddress);
            }
        };

        abstract void run(Program program) throws IOException;
    }

    private static List<String> seenOn(Case which, EventLoop loop) {
        var program =
                new Program() {
                    @Override
                    void run() throws IOException {
                        which.run(this);
                    }
                };
        try (loop) {
            program.net = loop.network();
            loop.runUntilComplete(() -> program.run());
        }
        return program.seen;
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void bothNetworksLookTheSame(Case which) {
        List<String> expected = seenOn(which, EventLoop.create());
        var net = new SimulatedNetwork(1);
        List<String> actual =
                seenOn(
                        which,
                        EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build());

        assertThat(actual).isEqualTo(expected);
        assertThat(net.openChannels()).isEmpty();
    }
}
