package dev.heddle.transport;

import dev.heddle.EventLoop;
import dev.heddle.reactor.Network;
import dev.heddle.reactor.Reactor;
import dev.heddle.reactor.Resolver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/**
 * A network in memory, on virtual time, with the reactor that watches it: each address answers as
 * the test has planned, after an exact time.
 */
final class FakeNetwork implements Network, Reactor {

    /** How an address answers; a null error is a connection. */
    record Answer(double seconds, IOException error) {}

    /** A channel of this network. */
    interface Channel {

        /** Returns the operations that are ready. */
        int readyOps();
    }

    private static final class Key implements Registration {

        private final SelectableChannel channel;
        private final Object attachment;
        private final Set<Key> keys;
        private int interest;

        Key(SelectableChannel channel, Object attachment, Set<Key> keys) {
            this.channel = channel;
            this.attachment = attachment;
            this.keys = keys;
            keys.add(this);
        }

        @Override
        public void interest(int operations) {
            interest = operations;
        }

        @Override
        public void cancel() {
            keys.remove(this);
        }
    }

    final Map<String, Answer> answers = new HashMap<>();
    final Map<String, List<InetAddress>> names = new HashMap<>();
    final List<FakeSocket> sockets = new ArrayList<>();
    final List<FakeDatagram> datagrams = new ArrayList<>();

    /** What was done, and when. */
    final List<String> log = new ArrayList<>();

    boolean withoutIpv6;
    EventLoop loop;

    private final Set<Key> keys = new LinkedHashSet<>();
    private final Semaphore wakeups = new Semaphore(0);

    void log(String text) {
        log.add("%s at %s".formatted(text, loop.time()));
    }

    /** Plans that {@code address} accepts connections after some time. */
    void accepts(String address, double seconds) {
        answers.put(address, new Answer(seconds, null));
    }

    /** Plans that {@code address} refuses connections after some time. */
    void fails(String address, double seconds, IOException error) {
        answers.put(address, new Answer(seconds, error));
    }

    void name(String host, String... addresses) {
        var found = new ArrayList<InetAddress>();
        for (String address : addresses) {
            found.add(InetAddress.ofLiteral(address));
        }
        names.put(host, found);
    }

    List<FakeSocket> openSockets() {
        return sockets.stream().filter(FakeSocket::isOpen).toList();
    }

    // ---------------------------------------------------------------- Network

    @Override
    public SocketChannel openSocket(ProtocolFamily family) {
        checkFamily(family);
        var socket = new FakeSocket(this);
        sockets.add(socket);
        return socket;
    }

    private void checkFamily(ProtocolFamily family) {
        if (withoutIpv6 && family == StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("no IPv6");
        }
    }

    @Override
    public ServerSocketChannel openServerSocket(ProtocolFamily family) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatagramChannel openDatagram(ProtocolFamily family) {
        checkFamily(family);
        var channel = new FakeDatagram(this, family);
        datagrams.add(channel);
        return channel;
    }

    @Override
    public Resolver resolver() {
        return host -> {
            List<InetAddress> found = names.get(host);
            if (found == null) {
                throw new UnknownHostException(host + ": not in the fake network");
            }
            return found;
        };
    }

    Answer answerOf(InetSocketAddress address) {
        return answers.get(address.getAddress().getHostAddress());
    }

    // ---------------------------------------------------------------- Reactor

    @Override
    public Registration register(SelectableChannel channel, Object attachment) {
        if (channel.isBlocking()) {
            throw new IllegalArgumentException("blocking: " + channel);
        }
        return new Key(channel, attachment, keys);
    }

    @Override
    public void poll(long timeoutNanos, ObjIntConsumer<Object> ready) {
        boolean any = report(ready);
        if (any || timeoutNanos == 0) {
            return;
        }
        try {
            if (timeoutNanos < 0) {
                wakeups.acquire();
            } else if (!wakeups.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                return;
            }
            wakeups.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean report(ObjIntConsumer<Object> ready) {
        boolean any = false;
        for (Key key : List.copyOf(keys)) {
            int operations = key.interest & ((Channel) key.channel).readyOps();
            if (operations != 0 && key.channel.isOpen()) {
                ready.accept(key.attachment, operations);
                any = true;
            }
        }
        return any;
    }

    @Override
    public void wakeup() {
        wakeups.release();
    }

    @Override
    public boolean watching() {
        return false; // all that happens here is a timer of the loop
    }

    @Override
    public Network network() {
        return this;
    }

    @Override
    public void close() {}
}
