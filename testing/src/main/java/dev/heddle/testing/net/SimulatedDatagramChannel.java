package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Set;

/** A UDP socket of the simulated network. Multicast is not simulated. */
final class SimulatedDatagramChannel extends DatagramChannel implements SimulatedChannel {

    private static final int LARGEST = 65_507;
    private static final InetAddress BROADCAST = InetAddress.ofLiteral("255.255.255.255");

    private final SimulatedNetwork network;
    private final Incarnation incarnation;
    private final boolean ipv6;
    private final SocketOptions options;
    private final ArrayDeque<Datagram> received = new ArrayDeque<>();
    private int receivedBytes;
    private boolean unreachable;
    private @Nullable InetSocketAddress bound;
    private @Nullable InetSocketAddress remote;
    private SimulatedReactor.@Nullable Watch watch;

    SimulatedDatagramChannel(SimulatedNetwork network, Incarnation incarnation, boolean ipv6) {
        super(SimulatedProvider.INSTANCE);
        this.network = network;
        this.incarnation = incarnation;
        this.ipv6 = ipv6;
        int buffer = network.options().datagramBuffer();
        this.options = new SocketOptions(SocketOptions.DATAGRAM, buffer, buffer);
        options.set(StandardSocketOptions.IP_MULTICAST_LOOP, true);
    }

    private Host host() {
        return incarnation.host();
    }

    private static boolean isBroadcast(InetSocketAddress address) {
        return address.getAddress().equals(BROADCAST);
    }

    // ---------------------------------------------------------------- addresses

    @Override
    public DatagramChannel bind(@Nullable SocketAddress local) throws IOException {
        checkOpen();
        if (bound != null) {
            throw new AlreadyBoundException();
        }
        bind(Addresses.toBind(local, ipv6));
        return this;
    }

    private InetSocketAddress bind(InetSocketAddress wanted) throws IOException {
        incarnation.check();
        InetSocketAddress made =
                host().udpPorts
                        .bind(
                                this,
                                wanted,
                                options.isOn(StandardSocketOptions.SO_REUSEPORT)
                                        || options.isOn(StandardSocketOptions.SO_REUSEADDR),
                                port -> false);
        bound = made;
        return made;
    }

    private InetSocketAddress ensureBound() throws IOException {
        InetSocketAddress own = bound;
        return own != null ? own : bind(Addresses.toBind(null, ipv6));
    }

    @Override
    public DatagramChannel connect(SocketAddress newRemote) throws IOException {
        checkOpen();
        if (remote != null) {
            throw new AlreadyConnectedException();
        }
        InetSocketAddress target = Addresses.toReach(newRemote, ipv6);
        if (target.getPort() == 0) {
            throw new SocketException("Can't connect to port 0");
        }
        ensureBound();
        source(target);
        remote = target;
        received.clear(); // what others had sent, as the JDK does
        receivedBytes = 0;
        return this;
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        checkOpen();
        remote = null;
        unreachable = false;
        return this;
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        checkOpen();
        return remote;
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        checkOpen();
        InetSocketAddress own = bound;
        InetSocketAddress peer = remote;
        if (own != null && peer != null && own.getAddress().isAnyLocalAddress()) {
            return source(peer);
        }
        return own;
    }

    /** Returns the address that a datagram to {@code target} comes from. */
    private InetSocketAddress source(InetSocketAddress target) throws IOException {
        InetSocketAddress own = Objects.requireNonNull(bound);
        if (!own.getAddress().isAnyLocalAddress()) {
            return own;
        }
        InetAddress towards = host().towards(target.getAddress());
        if (towards == null) {
            throw new NoRouteToHostException("Network is unreachable");
        }
        return new InetSocketAddress(towards, own.getPort());
    }

    // ---------------------------------------------------------------- sending and receiving

    @Override
    public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
        checkReady();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        ensureBound();
        throwIfUnreachable();
        Datagram datagram = received.poll();
        if (datagram == null) {
            return null;
        }
        receivedBytes -= datagram.wireSize();
        target.put(datagram.payload, 0, Math.min(target.remaining(), datagram.payload.length));
        return datagram.from();
    }

    @Override
    public int send(ByteBuffer source, SocketAddress target) throws IOException {
        checkReady();
        InetSocketAddress to = Addresses.toReach(target, ipv6);
        InetSocketAddress peer = remote;
        if (peer != null && !peer.equals(to)) {
            throw new AlreadyConnectedException();
        }
        return transmit(source, to);
    }

    private int transmit(ByteBuffer source, InetSocketAddress to) throws IOException {
        incarnation.check();
        throwIfUnreachable();
        if (to.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        if (source.remaining() > LARGEST) {
            throw new SocketException("Message too long");
        }
        ensureBound();
        var payload = new byte[source.remaining()];
        if (isBroadcast(to)) {
            if (!options.isOn(StandardSocketOptions.SO_BROADCAST)) {
                throw new BindException("Permission denied"); // the JDK says so
            }
            source.get(payload);
            network.broadcast(host(), source(to), to.getPort(), payload);
        } else {
            InetSocketAddress from = source(to);
            source.get(payload);
            network.wire().send(host(), new Datagram(from, to, payload, false), 0);
        }
        return payload.length;
    }

    private InetSocketAddress peer() {
        InetSocketAddress peer = remote;
        if (peer == null) {
            throw new NotYetConnectedException();
        }
        return peer;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        checkReady();
        peer();
        int before = target.position();
        return receive(target) == null ? 0 : target.position() - before;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        checkReady();
        peer();
        Objects.checkFromIndexSize(offset, length, targets.length);
        var whole = ByteBuffer.allocate(LARGEST);
        if (receive(whole) == null) {
            return 0;
        }
        whole.flip();
        for (int i = offset; i < offset + length; i++) {
            int count = Math.min(whole.remaining(), targets[i].remaining());
            targets[i].put(whole.slice().limit(count));
            whole.position(whole.position() + count);
        }
        return whole.position();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        checkReady();
        return transmit(source, peer());
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        checkReady();
        InetSocketAddress to = peer();
        Objects.checkFromIndexSize(offset, length, sources.length);
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += sources[i].remaining();
        }
        if (total > LARGEST) {
            throw new SocketException("Message too long");
        }
        var whole = ByteBuffer.allocate((int) total);
        for (int i = offset; i < offset + length; i++) {
            whole.put(sources[i]);
        }
        return transmit(whole.flip(), to);
    }

    private void throwIfUnreachable() throws PortUnreachableException {
        if (unreachable) {
            unreachable = false;
            throw new PortUnreachableException();
        }
    }

    // ---------------------------------------------------------------- the rest of the channel

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
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
    public DatagramSocket socket() {
        throw SimulatedProvider.unsupported("DatagramChannel.socket(); use the channel");
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on) {
        throw SimulatedProvider.unsupported("multicast");
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on, InetAddress source) {
        throw SimulatedProvider.unsupported("multicast");
    }

    @Override
    protected void implCloseSelectableChannel() {
        network.closed(this);
        InetSocketAddress own = bound;
        if (own != null && !incarnation.isOver()) {
            host().udpPorts.release(this, own.getPort());
        }
        received.clear();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        network.timeline().check();
    }

    private void checkReady() throws ClosedChannelException {
        checkOpen();
        SimulatedProvider.checkNonBlocking(isBlocking(), this);
    }

    // ---------------------------------------------------------------- the kernel

    void receive(Host sender, Datagram datagram) {
        InetSocketAddress peer = remote;
        if (peer != null && !peer.equals(datagram.from())) {
            network.wire().drop(sender, datagram, "socket is connected to another", null);
            return;
        }
        int room =
                options.number(StandardSocketOptions.SO_RCVBUF, network.options().datagramBuffer());
        if (receivedBytes + datagram.wireSize() > room) {
            network.wire().drop(sender, datagram, "receive buffer full", null);
            return;
        }
        receivedBytes += datagram.wireSize();
        received.add(datagram);
        touch();
    }

    void unreachable(Unreachable answer) {
        if (answer.from().equals(remote)) { // the others are never told
            unreachable = true;
            touch();
        }
    }

    // ---------------------------------------------------------------- the reactor

    @Override
    public int readiness() {
        if (!isOpen()) {
            return 0;
        }
        boolean readable = unreachable || !received.isEmpty();
        return SelectionKey.OP_WRITE | (readable ? SelectionKey.OP_READ : 0);
    }

    @Override
    public Incarnation incarnation() {
        return incarnation;
    }

    @Override
    public void vanish() {
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
        return "SimulatedDatagramChannel(%s, %s)"
                .formatted(
                        host().name(),
                        !isOpen() ? "closed" : bound == null ? "unbound" : bound.toString());
    }
}
