package dev.heddle.transport;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands the connections that one server accepts to the servers of several loops, each in its turn.
 * Together they have as many as all of them may have.
 */
final class HandOver {

    private final Server acceptor;
    private final List<Server> servers;
    private final long most;
    private final AtomicInteger connections;
    private final Set<SocketChannel> underWay = ConcurrentHashMap.newKeySet();
    private int next = 1; // of the acceptor's thread

    /** Made on the thread of {@code acceptor}, which is one of {@code servers}. */
    HandOver(Server acceptor, List<Server> servers) {
        this.acceptor = acceptor;
        this.servers = servers;
        this.most = servers.stream().mapToLong(s -> s.options.maxConnections()).sum();
        this.connections = new AtomicInteger(acceptor.connections());
    }

    boolean isAcceptor(Server server) {
        return server == acceptor;
    }

    boolean hasRoom() {
        return connections.get() < most;
    }

    /** Gives a connection to the server whose turn it is; on the acceptor's thread. */
    void accept(SocketChannel channel) {
        connections.incrementAndGet();
        Server server = servers.get(next);
        next = (next + 1) % servers.size();
        if (server == acceptor) {
            server.takeIn(channel);
            return;
        }
        underWay.add(channel);
        try {
            server.loop.callSoonThreadsafe(() -> arrive(server, channel));
        } catch (IllegalStateException closed) {
            drop(channel);
        }
    }

    private void arrive(Server server, SocketChannel channel) {
        if (underWay.remove(channel)) {
            server.takeIn(channel);
        }
    }

    /** A connection is over, or could not be made; on any thread. */
    void gone() {
        if (connections.getAndDecrement() == most) {
            try {
                acceptor.loop.callSoonThreadsafe(acceptor::updateListeners);
            } catch (IllegalStateException closed) {
                // It accepts no more.
            }
        }
    }

    /** Closes what is under way to a loop that has ended; on any thread. */
    void close() {
        underWay.forEach(this::drop);
    }

    private void drop(SocketChannel channel) {
        if (underWay.remove(channel)) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is gone in any case.
            }
            gone();
        }
    }
}
