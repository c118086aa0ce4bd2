package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * A TCP socket of the simulated network, with the JDK's errors in the JDK's words.
 *
 * <pre>
 * NEW ─► CONNECTING ─► CONNECTED ─► closed
 * </pre>
 */
final class SimulatedSocketChannel extends SocketChannel implements SimulatedChannel {

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();
    private static final int READS_PER_SECOND = 100; // of a slow reader

    private final SimulatedNetwork network;
    private final Incarnation incarnation;
    private final boolean ipv6;
    private final SocketOptions options;
    private @Nullable InetSocketAddress bound;
    private @Nullable TcpEndpoint endpoint;
    private boolean connecting;
    private boolean inputShut;
    private boolean outputShut;
    private boolean failureTold; // the system tells once,
    private boolean resetRead; // and the JDK remembers a reset that a read was told of
    private long mayReadAt;
    private SimulatedReactor.@Nullable Watch watch;

    SimulatedSocketChannel(SimulatedNetwork network, Incarnation incarnation, boolean ipv6) {
        super(SimulatedProvider.INSTANCE);
        this.network = network;
        this.incarnation = incarnation;
        this.ipv6 = ipv6;
        TcpModel tcp = network.tcp();
        this.options =
                new SocketOptions(SocketOptions.STREAM, tcp.sendBuffer(), tcp.receiveBuffer());
    }

    /** Makes one that was accepted. */
    SimulatedSocketChannel(
            SimulatedNetwork network, Incarnation incarnation, boolean ipv6, TcpEndpoint accepted) {
        this(network, incarnation, ipv6);
        endpoint = accepted;
        bound = accepted.local;
        accepted.attach(this);
    }

    private Host host() {
        return incarnation.host();
    }

    // ---------------------------------------------------------------- connecting

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        checkOpen();
        if (connecting) {
            throw new ConnectionPendingException();
        }
        if (bound != null) {
            throw new AlreadyBoundException();
        }
        incarnation.check();
        bind(Addresses.toBind(local, ipv6), null);
        return this;
    }

    private void bind(InetSocketAddress wanted, @Nullable InetSocketAddress remote)
            throws IOException {
        bound =
                host().tcpPorts
                        .bind(
                                this,
                                wanted,
                                options.isOn(StandardSocketOptions.SO_REUSEPORT)
                                        || options.isOn(StandardSocketOptions.SO_REUSEADDR),
                                port ->
                                        remote != null
                                                && host().isBusy(
                                                                wanted.getAddress(), port, remote));
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        checkOpen();
        if (isConnected()) {
            throw new AlreadyConnectedException();
        }
        if (connecting) {
            throw new ConnectionPendingException();
        }
        InetSocketAddress target = Addresses.toReach(remote, ipv6);
        SimulatedProvider.checkNonBlocking(isBlocking(), this);
        try {
            incarnation.check();
            begin(target);
        } catch (IOException e) {
            close(); // as the JDK does
            throw e;
        }
        return false;
    }

    private void begin(InetSocketAddress target) throws IOException {
        InetAddress towards = host().towards(target.getAddress());
        if (towards == null) {
            throw new NoRouteToHostException("Network is unreachable");
        }
        InetSocketAddress own = bound;
        if (own == null) {
            bind(new InetSocketAddress(towards, 0), target);
        } else if (own.getAddress().isAnyLocalAddress()) {
            bound = new InetSocketAddress(towards, own.getPort());
        }
        var flow = new Flow(Objects.requireNonNull(bound), target);
        if (host().connections.containsKey(flow)) {
            throw new java.net.BindException("Cannot assign requested address");
        }
        connecting = true;
        var made =
                new TcpEndpoint(
                        host(),
                        flow,
                        null,
                        options.number(StandardSocketOptions.SO_SNDBUF, 1),
                        options.number(StandardSocketOptions.SO_RCVBUF, 1));
        endpoint = made;
        made.attach(this);
        made.shakeHands();
    }

    @Override
    public boolean finishConnect() throws IOException {
        checkOpen();
        if (isConnected()) {
            return true;
        }
        TcpEndpoint current = endpoint;
        if (!connecting || current == null) {
            throw new NoConnectionPendingException();
        }
        TcpEndpoint.State state = current.state();
        if (state == TcpEndpoint.State.SYN_SENT || state == TcpEndpoint.State.SYN_RECEIVED) {
            return false;
        }
        TcpEndpoint.Failure failure = current.failure();
        if (state == TcpEndpoint.State.OPEN
                || failure == TcpEndpoint.Failure.RESET // it was there: reading will tell
                || current.isEnded()) {
            connecting = false;
            return true;
        }
        close();
        throw new ConnectException(
                failure == TcpEndpoint.Failure.TIMED_OUT
                        ? "Connection timed out"
                        : "Connection refused");
    }

    @Override
    public boolean isConnected() {
        return endpoint != null && !connecting;
    }

    @Override
    public boolean isConnectionPending() {
        return connecting && isOpen();
    }

    // ---------------------------------------------------------------- reading and writing

    private TcpEndpoint connected() throws ClosedChannelException {
        checkOpen();
        TcpEndpoint current = endpoint;
        if (current == null || connecting) {
            throw new NotYetConnectedException();
        }
        SimulatedProvider.checkNonBlocking(isBlocking(), this);
        return current;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        TcpEndpoint current = connected();
        if (inputShut) {
            return -1;
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        if (current.available() > 0) {
            int most = readable();
            return most == 0 ? 0 : slowed(current.read(target, most));
        }
        if (current.isEnded()) {
            return -1;
        }
        return switch (current.failure()) {
            case null -> 0;
            case RESET -> throwReset();
            case TIMED_OUT, REFUSED -> throwTimedOut();
        };
    }

    private int throwReset() throws IOException {
        if (failureTold && !resetRead) {
            return -1; // a write was told of it
        }
        failureTold = true;
        resetRead = true;
        throw new SocketException("Connection reset");
    }

    private int throwTimedOut() throws IOException {
        if (failureTold) {
            return -1;
        }
        failureTold = true;
        throw new IOException("Connection timed out");
    }

    /** Returns how much may be read now: everything, unless the host is a slow reader. */
    private int readable() {
        long limit = host().readLimit();
        if (limit == 0) {
            return Integer.MAX_VALUE;
        }
        return network.timeline().now() < mayReadAt
                ? 0
                : (int) Math.min(Integer.MAX_VALUE, Math.max(1, limit / READS_PER_SECOND));
    }

    private int slowed(int count) {
        long limit = host().readLimit();
        if (limit > 0) {
            long pause = Math.max(1, Math.ceilDiv(count * NANOS_PER_SECOND, limit));
            mayReadAt = network.timeline().now() + pause;
            network.timeline().after(pause, this::touch);
        }
        return count;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            if (!targets[i].hasRemaining()) {
                continue;
            }
            if (total > 0 && Objects.requireNonNull(endpoint).available() == 0) {
                break; // the end, or an error, is for the next read
            }
            int count = read(targets[i]);
            if (count < 0) {
                return total > 0 ? total : -1;
            }
            total += count;
            if (targets[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        TcpEndpoint current = connected();
        if (outputShut) {
            throw new AsynchronousCloseException(); // so does the JDK
        }
        if (current.state() == TcpEndpoint.State.GONE) {
            TcpEndpoint.Failure failure = current.failure();
            boolean told = failureTold || current.isEnded();
            failureTold = true;
            throw new IOException(
                    told || failure == null
                            ? "Broken pipe"
                            : failure == TcpEndpoint.Failure.RESET
                                    ? "Connection reset by peer"
                                    : "Connection timed out");
        }
        return source.hasRemaining() ? current.write(source) : 0;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        connected();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            if (sources[i].hasRemaining()) {
                total += write(sources[i]);
                if (sources[i].hasRemaining()) {
                    break;
                }
            }
        }
        return total;
    }

    @Override
    public SocketChannel shutdownInput() throws IOException {
        TcpEndpoint current = connectedForShutdown();
        inputShut = true;
        current.shutdownInput();
        touch();
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        TcpEndpoint current = connectedForShutdown();
        if (!outputShut) {
            outputShut = true;
            current.shutdownOutput();
            touch();
        }
        return this;
    }

    private TcpEndpoint connectedForShutdown() throws ClosedChannelException {
        checkOpen();
        TcpEndpoint current = endpoint;
        if (current == null || connecting) {
            throw new NotYetConnectedException();
        }
        return current;
    }

    // ---------------------------------------------------------------- the rest of the channel

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        checkOpen();
        return bound;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        checkOpen();
        TcpEndpoint current = endpoint;
        return current == null || connecting ? null : current.remote;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        checkOpen();
        options.set(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        checkOpen();
        return options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return options.supported();
    }

    @Override
    public Socket socket() {
        throw SimulatedProvider.unsupported("SocketChannel.socket(); use the channel");
    }

    @Override
    protected void implCloseSelectableChannel() {
        network.closed(this);
        InetSocketAddress own = bound;
        if (own != null && !incarnation.isOver()) {
            host().tcpPorts.release(this, own.getPort());
        }
        TcpEndpoint current = endpoint;
        if (current != null) {
            current.close(options.number(StandardSocketOptions.SO_LINGER, -1) == 0);
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        network.timeline().check();
    }

    // ---------------------------------------------------------------- the reactor

    @Override
    public int readiness() {
        TcpEndpoint current = endpoint;
        if (current == null || !isOpen()) {
            return 0;
        }
        if (connecting) {
            return switch (current.state()) {
                case SYN_SENT, SYN_RECEIVED -> 0;
                case OPEN, GONE -> SelectionKey.OP_CONNECT;
            };
        }
        int ready = 0;
        if (inputShut || (current.isReadable() && (current.available() == 0 || readable() > 0))) {
            ready |= SelectionKey.OP_READ;
        }
        if (outputShut || current.isWritable()) {
            ready |= SelectionKey.OP_WRITE;
        }
        return ready;
    }

    @Override
    public Incarnation incarnation() {
        return incarnation;
    }

    @Override
    public void vanish() {
        TcpEndpoint current = endpoint;
        if (current != null) {
            current.vanish();
        }
        Addresses.close(this);
    }

    @Override
    public SimulatedReactor.@Nullable Watch watch() {
        return watch;
    }

    @Override
    public void watch(SimulatedReactor.@Nullable Watch newWatch) {
        watch = newWatch;
    }

    @Override
    public String toString() {
        TcpEndpoint current = endpoint;
        return "SimulatedSocketChannel(%s, %s)"
                .formatted(
                        host().name(),
                        !isOpen() ? "closed" : current == null ? "unconnected" : current);
    }
}
