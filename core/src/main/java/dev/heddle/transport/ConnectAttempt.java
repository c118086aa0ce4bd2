package dev.heddle.transport;

import dev.heddle.ChannelOwner;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.OwnedChannel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * One attempt to connect to one address. It owns the channel until that is connected; if anything
 * fails, or the task is cancelled, it closes it.
 */
final class ConnectAttempt implements ChannelOwner {

    private final EventLoop loop;
    private final SocketAddress remote;
    private @Nullable Future<@Nullable Void> ready;

    private ConnectAttempt(EventLoop loop, SocketAddress remote) {
        this.loop = loop;
        this.remote = remote;
    }

    /**
     * Suspends the calling task until there is a connection; the channel then has no owner.
     *
     * @param local where to connect from; null for anywhere
     */
    static SocketChannel run(
            EventLoop loop,
            ProtocolFamily family,
            SocketAddress remote,
            @Nullable SocketAddress local,
            TcpOptions tcp)
            throws IOException {
        SocketChannel channel = open(loop, family);
        try {
            channel.configureBlocking(false);
            tcp.applySizes(channel);
            if (local != null) {
                channel.bind(local);
            }
            if (!channel.connect(remote)) {
                new ConnectAttempt(loop, remote).finish(channel);
            }
            return channel;
        } catch (Throwable e) {
            close(channel);
            throw e;
        }
    }

    private static SocketChannel open(EventLoop loop, ProtocolFamily family) throws IOException {
        try {
            return loop.network().openSocket(family);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this system has no sockets for " + family.name(), e);
        }
    }

    private void finish(SocketChannel channel) throws IOException {
        OwnedChannel owned = loop.ownChannel(channel, this);
        try {
            do {
                var next = new Future<@Nullable Void>(loop);
                ready = next;
                owned.writes(true);
                next.await();
            } while (!channel.finishConnect());
        } finally {
            owned.release();
        }
    }

    /** Closes a channel that nobody needs any more. */
    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody can do anything about it, and the descriptor is gone in any case.
        }
    }

    @Override
    public void readable() {}

    @Override
    public void writable() {
        if (ready != null && !ready.done()) {
            ready.setResult(null);
        }
    }

    @Override
    public void loopClosed() {} // the task that waits is ended by the loop, and closes it

    @Override
    public String toString() {
        return "connect to " + remote;
    }
}
