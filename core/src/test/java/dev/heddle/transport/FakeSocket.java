package dev.heddle.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/** A socket of a {@link FakeNetwork}: connects as planned, and then is silent. */
final class FakeSocket extends SocketChannel implements FakeNetwork.Channel {

    private final FakeNetwork network;
    private InetSocketAddress local;
    private InetSocketAddress remote;
    private boolean answered;
    private boolean connected;

    FakeSocket(FakeNetwork network) {
        super(SelectorProvider.provider());
        this.network = network;
    }

    @Override
    public int readyOps() {
        if (connected) {
            return SelectionKey.OP_WRITE;
        }
        return answered ? SelectionKey.OP_CONNECT : 0;
    }

    @Override
    public boolean connect(SocketAddress address) throws IOException {
        remote = (InetSocketAddress) address;
        network.log("connect to " + remote.getAddress().getHostAddress());
        FakeNetwork.Answer answer = network.answerOf(remote);
        if (answer == null) {
            return false; // nobody is there
        }
        if (answer.seconds() > 0) {
            network.loop.callLater(answer.seconds(), this::answer);
            return false;
        }
        return finish(answer);
    }

    private void answer() {
        answered = true;
        network.loop.callSoon(() -> {}); // lets the clock stand still until the next poll
    }

    @Override
    public boolean finishConnect() throws IOException {
        return answered && finish(network.answerOf(remote));
    }

    private boolean finish(FakeNetwork.Answer answer) throws IOException {
        if (answer.error() != null) {
            throw answer.error();
        }
        connected = true;
        return true;
    }

    @Override
    public SocketChannel bind(SocketAddress address) {
        local = (InetSocketAddress) address;
        return this;
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
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
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isConnectionPending() {
        return remote != null && !connected;
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
    public int read(ByteBuffer target) {
        return 0;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        return 0;
    }

    @Override
    public int write(ByteBuffer data) {
        return 0;
    }

    @Override
    public long write(ByteBuffer[] data, int offset, int length) {
        return 0;
    }

    @Override
    protected void implCloseSelectableChannel() {
        if (remote != null) {
            network.log("close " + remote.getAddress().getHostAddress());
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    public String toString() {
        return "FakeSocket(" + local + " -> " + remote + ")";
    }
}
