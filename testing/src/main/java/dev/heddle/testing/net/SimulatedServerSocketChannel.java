package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A listening socket of the simulated network. Connections wait in its queue, up to the backlog;
 * who knocks at a full one gets no answer, and knocks again later.
 */
final class SimulatedServerSocketChannel extends ServerSocketChannel implements SimulatedChannel {

    private static final int DEFAULT_BACKLOG = 50;
    private static final int MOST_ARRIVING = 4096;
    private static final int TURNS_TO_ACCEPT = 3;

    private final SimulatedNetwork network;
    private final Incarnation incarnation;
    private final boolean ipv6;
    private final SocketOptions options;
    private final LinkedHashSet<TcpEndpoint> arriving = new LinkedHashSet<>();
    private final ArrayDeque<TcpEndpoint> ready = new ArrayDeque<>();
    private @Nullable InetSocketAddress address;
    private SimulatedReactor.@Nullable Watch watch;
    private int backlog;
    private long accepted;

    SimulatedServerSocketChannel(SimulatedNetwork network, Incarnation incarnation, boolean ipv6) {
        super(SimulatedProvider.INSTANCE);
        this.network = network;
        this.incarnation = incarnation;
        this.ipv6 = ipv6;
        TcpModel tcp = network.tcp();
        this.options =
                new SocketOptions(SocketOptions.SERVER, tcp.sendBuffer(), tcp.receiveBuffer());
        options.set(StandardSocketOptions.SO_REUSEADDR, true);
    }

    private Host host() {
        return incarnation.host();
    }

    // ---------------------------------------------------------------- the channel

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress local, int newBacklog)
            throws IOException {
        checkOpen();
        if (address != null) {
            throw new AlreadyBoundException();
        }
        incarnation.check();
        InetSocketAddress bound =
                host().tcpPorts
                        .bind(
                                this,
                                Addresses.toBind(local, ipv6),
                                options.isOn(StandardSocketOptions.SO_REUSEPORT),
                                port -> false);
        address = bound;
        backlog = newBacklog < 1 ? DEFAULT_BACKLOG : newBacklog;
        network.log().add(Kind.LISTEN, network.wire().place(bound, host()), null, "");
        return this;
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        checkOpen();
        if (address == null) {
            throw new NotYetBoundException();
        }
        SimulatedProvider.checkNonBlocking(isBlocking(), this);
        TcpEndpoint endpoint = ready.poll();
        if (endpoint == null) {
            return null;
        }
        accepted++;
        network.log().add(Kind.ACCEPT, endpoint.here(), endpoint.there(), "");
        return network.opened(new SimulatedSocketChannel(network, incarnation, ipv6, endpoint));
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        checkOpen();
        return address;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
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
    public ServerSocket socket() {
        throw SimulatedProvider.unsupported("ServerSocketChannel.socket(); use the channel");
    }

    @Override
    protected void implCloseSelectableChannel() {
        network.closed(this);
        InetSocketAddress bound = address;
        if (bound != null && !incarnation.isOver()) {
            host().tcpPorts.release(this, bound.getPort());
            network.log().add(Kind.CLOSE, network.wire().place(bound, host()), null, "");
        }
        List.copyOf(arriving).forEach(TcpEndpoint::reset);
        List.copyOf(ready).forEach(TcpEndpoint::reset);
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        network.timeline().check();
    }

    // ---------------------------------------------------------------- the kernel

    /** Someone asks for a connection. */
    void knock(Segment segment) {
        whenRoom(() -> admit(segment), () -> refuse(segment));
    }

    private void admit(Segment segment) {
        if (!isOpen()) {
            if (!incarnation.isOver()) {
                network.wire().send(host(), Segment.reset(segment.to(), segment.from()), 0);
            }
            return;
        }
        Flow flow = Flow.of(segment);
        TcpEndpoint known = host().connections.get(flow);
        if (known != null) {
            known.receive(segment);
        } else if (arriving.size() >= MOST_ARRIVING) {
            refuse(segment);
        } else {
            var endpoint =
                    new TcpEndpoint(
                            host(),
                            flow,
                            this,
                            network.tcp().sendBuffer(),
                            options.number(
                                    StandardSocketOptions.SO_RCVBUF,
                                    network.tcp().receiveBuffer()));
            arriving.add(endpoint);
            endpoint.shakeHands();
        }
    }

    /** Drops what somebody sends who cannot be let in now; he will send it again. */
    void refuse(Segment segment) {
        Host from = network.wire().hostAt(segment.from().getAddress(), host());
        network.wire().drop(from == null ? host() : from, segment, "accept queue full", null);
    }

    /**
     * Does {@code action} if there is room in the queue, and else {@code full}. More may arrive at
     * one moment of virtual time than any real link could bring, so the program may first accept
     * what is in the queue, as long as it does so.
     */
    void whenRoom(Runnable action, Runnable full) {
        whenRoom(action, full, accepted, 0);
    }

    private void whenRoom(Runnable action, Runnable full, long acceptedBefore, int turns) {
        if (!isOpen() || ready.size() < backlog) {
            action.run();
        } else if (accepted != acceptedBefore || turns < TURNS_TO_ACCEPT) {
            int idle = accepted == acceptedBefore ? turns + 1 : 0;
            long now = accepted;
            network.timeline().soon(() -> whenRoom(action, full, now, idle));
        } else {
            full.run();
        }
    }

    void established(TcpEndpoint endpoint) {
        if (arriving.remove(endpoint)) {
            ready.add(endpoint);
            touch();
        }
    }

    void forget(TcpEndpoint endpoint) {
        arriving.remove(endpoint);
        ready.remove(endpoint);
    }

    // ---------------------------------------------------------------- the reactor

    @Override
    public int readiness() {
        return ready.isEmpty() || !isOpen() ? 0 : SelectionKey.OP_ACCEPT;
    }

    @Override
    public Incarnation incarnation() {
        return incarnation;
    }

    @Override
    public void vanish() {
        List.copyOf(arriving).forEach(TcpEndpoint::vanish);
        List.copyOf(ready).forEach(TcpEndpoint::vanish);
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
        return "SimulatedServerSocketChannel(%s, %s)"
                .formatted(
                        host().name(),
                        !isOpen() ? "closed" : address == null ? "unbound" : address.toString());
    }
}
