package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.LoopGroup;
import dev.heddle.VoidCoroutine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A server on many cores: one in each loop of a {@link LoopGroup}, all at the same addresses. They
 * share nothing, so a handler is as simple as with one loop, but it runs in any of them.
 *
 * <p>On Linux the kernel spreads the connections over the loops ({@code SO_REUSEPORT}). Elsewhere,
 * and for UNIX sockets, the first loop accepts, and hands them over in turn.
 *
 * <p>Its methods may be called by a task of any loop; {@link #close()} by any thread.
 *
 * @param <S> the type of the servers
 */
public final class ServerGroup<S extends AbstractServer> implements AutoCloseable {

    /** Starts one of the servers, in the running loop. */
    public interface Starter<S> {

        /**
         * Starts one that listens.
         *
         * @param port as was asked for by the first, and then as the first one has it
         * @param reusePort whether others will listen there too
         */
        S listen(int port, boolean reusePort) throws IOException;

        /** Starts one without an address; see {@link Transports#createServer}. */
        S withoutAddress() throws IOException;
    }

    private final List<S> servers;
    private final @Nullable HandOver handOver;

    private ServerGroup(List<S> servers, @Nullable HandOver handOver) {
        this.servers = List.copyOf(servers);
        this.handOver = handOver;
    }

    /**
     * Starts a server in each loop, and suspends the calling task until all are there. If one
     * cannot be started, none is.
     *
     * @param port 0 for one that is free, the same in all loops
     * @param mayReusePort false if the sockets cannot share an address, as UNIX sockets
     */
    public static <S extends AbstractServer> ServerGroup<S> start(
            LoopGroup group, int port, boolean mayReusePort, Starter<S> starter)
            throws IOException {
        EventLoop first = group.loops().getFirst();
        boolean single = group.loops().size() == 1;
        boolean reuse = mayReusePort && !single && kernelSpreads(first);
        var servers = new ArrayList<S>();
        try {
            S acceptor = LoopGroup.call(first, () -> starter.listen(port, reuse));
            servers.add(acceptor);
            for (EventLoop loop : group.loops().subList(1, group.loops().size())) {
                servers.add(
                        LoopGroup.call(
                                loop,
                                () ->
                                        reuse
                                                ? starter.listen(acceptor.port(), true)
                                                : starter.withoutAddress()));
            }
            HandOver handOver = single || reuse ? null : handOver(servers);
            return new ServerGroup<>(servers, handOver);
        } catch (Throwable e) {
            servers.forEach(ServerGroup::closeSoon);
            throw e;
        }
    }

    private static HandOver handOver(List<? extends AbstractServer> servers) {
        List<Server> all = servers.stream().map(AbstractServer::server).toList();
        return LoopGroup.call(
                all.getFirst().loop,
                () -> {
                    var made = new HandOver(all.getFirst(), all);
                    all.getFirst().spreadBy(made);
                    for (Server server : all.subList(1, all.size())) {
                        LoopGroup.call(server.loop, () -> server.spreadBy(made));
                    }
                    return made;
                });
    }

    /** On other systems that have the option, one of the sockets gets all the connections. */
    private static boolean kernelSpreads(EventLoop loop) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return false;
        }
        try (ServerSocketChannel channel =
                loop.network().openServerSocket(StandardProtocolFamily.INET)) {
            return channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        }
    }

    /** Returns the servers, in the order of the loops. */
    public List<S> servers() {
        return servers;
    }

    /** Returns where they listen; stays known when they are closed. */
    public List<SocketAddress> addresses() {
        return servers.getFirst().addresses();
    }

    /** Returns the TCP port; stays known when they are closed. */
    public int port() {
        return servers.getFirst().port();
    }

    /** Begins to accept in all loops, if the options have put it off. */
    public void startServing() {
        onAll(AbstractServer::startServing);
    }

    /**
     * Serves in all loops until they are closed, and suspends the calling task until then. A cancel
     * closes them, and waits for the last connection.
     */
    public void serveForever() {
        onAll(AbstractServer::serveForever);
    }

    /** Returns how many connections there are. Suspends the calling task meanwhile. */
    public int connections() {
        return servers.stream()
                .mapToInt(s -> LoopGroup.call(s.getLoop(), () -> s.server().connections()))
                .sum();
    }

    /**
     * Stops to accept, and leaves the connections alone. Returns at once, before the other loops
     * have done so. May be called by any thread. Idempotent.
     */
    @Override
    public void close() {
        servers.forEach(ServerGroup::closeSoon);
        if (handOver != null) {
            handOver.close();
        }
    }

    private static void closeSoon(AbstractServer server) {
        if (EventLoop.runningOrNull() == server.getLoop()) {
            server.close();
            return;
        }
        try {
            server.getLoop().callSoonThreadsafe(server::close);
        } catch (IllegalStateException closed) {
            // And its server with it.
        }
    }

    /** Closes all as {@link AbstractServer#close(Duration)}, at the same time. */
    public void close(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        close();
        onAll(server -> server.close(grace));
    }

    /** Suspends the calling task until all are closed and have no connection left. */
    public void waitClosed() {
        onAll(AbstractServer::waitClosed);
    }

    private void onAll(Consumer<S> action) {
        Asyncio.taskGroup(
                group -> {
                    for (S server : servers) {
                        VoidCoroutine there = () -> action.accept(server);
                        group.createTask(() -> LoopGroup.call(server.getLoop(), there));
                    }
                });
    }

    @Override
    public String toString() {
        return "ServerGroup(" + servers + ")";
    }
}
