package dev.heddle.transport;

import dev.heddle.reactor.Network;
import dev.heddle.reactor.Reactor;
import dev.heddle.reactor.Resolver;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/**
 * The machine's reactor and network with probes in it: sockets that write down each call, and
 * listeners that fail when a test wants it.
 */
final class ProbedReactor implements Reactor, Network {

    private final Reactor real = Reactor.nio();

    /** What the next accepts throw. */
    final Deque<IOException> acceptErrors = new ArrayDeque<>();

    /** What the next binds throw. */
    final Deque<IOException> bindErrors = new ArrayDeque<>();

    /** The names that there are. */
    Resolver resolver =
            host -> {
                throw new UnknownHostException(host);
            };

    /** The calls of probed sockets and of interest changes. */
    final List<String> calls = new ArrayList<>();

    /** The listeners that were opened. */
    final List<ServerSocketChannel> listeners = new ArrayList<>();

    ProbedReactor() throws IOException {}

    SocketChannel probe(SocketChannel channel) {
        return new ProbedSocket(channel);
    }

    // ---------------------------------------------------------------- as a reactor

    @Override
    public Registration register(SelectableChannel channel, Object attachment) throws IOException {
        SelectableChannel inner =
                switch (channel) {
                    case ProbedSocket s -> s.inner;
                    case ProbedListener l -> l.inner;
                    default -> channel;
                };
        Registration registration = real.register(inner, attachment);
        return new Registration() {
            @Override
            public void interest(int operations) {
                calls.add("interest " + operations);
                registration.interest(operations);
            }

            @Override
            public void cancel() {
                registration.cancel();
            }
        };
    }

    @Override
    public void poll(long timeoutNanos, ObjIntConsumer<Object> ready) throws IOException {
        real.poll(timeoutNanos, ready);
    }

    @Override
    public void wakeup() {
        real.wakeup();
    }

    @Override
    public boolean watching() {
        return real.watching();
    }

    @Override
    public Network network() {
        return this;
    }

    @Override
    public void close() throws IOException {
        real.close();
    }

    // ---------------------------------------------------------------- as a network

    @Override
    public SocketChannel openSocket(ProtocolFamily family) throws IOException {
        return Network.system().openSocket(family);
    }

    @Override
    public ServerSocketChannel openServerSocket(ProtocolFamily family) throws IOException {
        var listener = new ProbedListener(Network.system().openServerSocket(family));
        listeners.add(listener);
        return listener;
    }

    @Override
    public DatagramChannel openDatagram(ProtocolFamily family) throws IOException {
        return Network.system().openDatagram(family);
    }

    @Override
    public Resolver resolver() {
        return resolver;
    }

    // ---------------------------------------------------------------- channels

    private final class ProbedListener extends ServerSocketChannel {

        final ServerSocketChannel inner;

        ProbedListener(ServerSocketChannel inner) {
            super(inner.provider());
            this.inner = inner;
        }

        @Override
        public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog)
                throws IOException {
            if (!bindErrors.isEmpty()) {
                IOException error = bindErrors.removeFirst();
                if (!error.getMessage().isEmpty()) {
                    throw error;
                }
            }
            inner.bind(local, backlog);
            return this;
        }

        @Override
        public SocketChannel accept() throws IOException {
            if (!acceptErrors.isEmpty()) {
                throw acceptErrors.removeFirst();
            }
            return inner.accept();
        }

        @Override
        public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
            inner.setOption(name, value);
            return this;
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return inner.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return inner.supportedOptions();
        }

        @Override
        public ServerSocket socket() {
            return inner.socket();
        }

        @Override
        public SocketAddress getLocalAddress() throws IOException {
            return inner.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            inner.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            inner.configureBlocking(block);
        }
    }

    private final class ProbedSocket extends SocketChannel {

        final SocketChannel inner;

        ProbedSocket(SocketChannel inner) {
            super(inner.provider());
            this.inner = inner;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int n = inner.read(target);
            calls.add("read " + n);
            return n;
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            long n = inner.read(targets, offset, length);
            calls.add("read " + n);
            return n;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int n = inner.write(source);
            calls.add("write " + n);
            return n;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            long n = inner.write(sources, offset, length);
            calls.add("write " + n);
            return n;
        }

        @Override
        public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
            inner.bind(local);
            return this;
        }

        @Override
        public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
            inner.setOption(name, value);
            return this;
        }

        @Override
        public <T> T getOption(SocketOption<T> name) throws IOException {
            return inner.getOption(name);
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return inner.supportedOptions();
        }

        @Override
        public SocketChannel shutdownInput() throws IOException {
            inner.shutdownInput();
            return this;
        }

        @Override
        public SocketChannel shutdownOutput() throws IOException {
            inner.shutdownOutput();
            return this;
        }

        @Override
        public Socket socket() {
            return inner.socket();
        }

        @Override
        public boolean isConnected() {
            return inner.isConnected();
        }

        @Override
        public boolean isConnectionPending() {
            return inner.isConnectionPending();
        }

        @Override
        public boolean connect(SocketAddress remote) throws IOException {
            return inner.connect(remote);
        }

        @Override
        public boolean finishConnect() throws IOException {
            return inner.finishConnect();
        }

        @Override
        public @Nullable SocketAddress getRemoteAddress() throws IOException {
            return inner.getRemoteAddress();
        }

        @Override
        public @Nullable SocketAddress getLocalAddress() throws IOException {
            return inner.getLocalAddress();
        }

        @Override
        protected void implCloseSelectableChannel() throws IOException {
            inner.close();
        }

        @Override
        protected void implConfigureBlocking(boolean block) throws IOException {
            inner.configureBlocking(block);
        }
    }
}
