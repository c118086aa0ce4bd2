package dev.heddle.transport;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A UDP socket of a {@link FakeNetwork}, whose room for sending the test decides. */
final class FakeDatagram extends DatagramChannel implements FakeNetwork.Channel {

    /** What was sent: {@code "text to address"}. */
    final List<String> sent = new ArrayList<>();

    /** What is there to receive; a text, or an error. */
    final ArrayDeque<Object> arrived = new ArrayDeque<>();

    /** How many datagrams can be sent until there is no room. */
    int room = Integer.MAX_VALUE;

    /** Thrown by the next send. */
    IOException sendError;

    final ProtocolFamily family;
    InetSocketAddress local;
    InetSocketAddress remote;

    FakeDatagram(FakeNetwork network, ProtocolFamily family) {
        super(SelectorProvider.provider());
        this.family = family;
    }

    @Override
    public int readyOps() {
        return (arrived.isEmpty() ? 0 : SelectionKey.OP_READ)
                | (room > 0 ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public SocketAddress receive(ByteBuffer target) throws IOException {
        Object next = arrived.poll();
        if (next instanceof IOException e) {
            throw e;
        }
        if (next instanceof RuntimeException e) {
            throw e;
        }
        if (next == null) {
            return null;
        }
        target.put(next.toString().getBytes(StandardCharsets.US_ASCII));
        return new InetSocketAddress("192.0.2.9", 9);
    }

    @Override
    public int send(ByteBuffer data, SocketAddress target) throws IOException {
        if (sendError != null) {
            IOException e = sendError;
            sendError = null;
            throw e;
        }
        if (room == 0) {
            return 0;
        }
        room--;
        int size = data.remaining();
        String text = StandardCharsets.US_ASCII.decode(data).toString();
        sent.add(text + " to " + ((InetSocketAddress) target).getPort());
        return size;
    }

    @Override
    public int write(ByteBuffer data) throws IOException {
        return send(data, remote);
    }

    @Override
    public DatagramChannel bind(SocketAddress address) {
        local = (InetSocketAddress) address;
        return this;
    }

    @Override
    public DatagramChannel connect(SocketAddress address) {
        remote = (InetSocketAddress) address;
        return this;
    }

    @Override
    public DatagramChannel disconnect() {
        remote = null;
        return this;
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return remote;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return local;
    }

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        return null;
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MembershipKey join(InetAddress group, NetworkInterface on, InetAddress source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatagramSocket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] data, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
