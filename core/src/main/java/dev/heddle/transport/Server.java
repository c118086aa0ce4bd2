package dev.heddle.transport;

import dev.heddle.CancelledError;
import dev.heddle.Context;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Accepts connections, and has a protocol made for each.
 *
 * <pre>
 * BOUND ─► SERVING ─► CLOSED
 * </pre>
 *
 * <p>Before it serves, who connects waits in the system's queue. The same happens while there are
 * {@link ServerOptions#maxConnections} connections: nobody is turned away, and the next is accepted
 * when one has ended. What goes wrong with one connection never ends the server.
 *
 * <p>The server holds its connections until they are lost. {@link #close()} stops to accept, and
 * leaves them alone; {@link #close(Duration)} ends them, too.
 *
 * <p>All methods are for the loop's thread only.
 *
 * <p>Source: {@code asyncio.Server}.
 */
public final class Server implements AbstractServer {

    private enum State {
        BOUND,
        SERVING,
        CLOSED
    }

    /** How long clients may still stay after {@link #serveForever()} was cancelled. */
    public static final Duration GRACE = Duration.ofSeconds(10);

    final EventLoop loop;
    final ServerOptions options;
    private final Supplier<? extends StreamingProtocol> protocolFactory;
    private final List<Listener> listeners = new ArrayList<>();
    private final Set<Transport> connections = new LinkedHashSet<>();
    private final List<Future<@Nullable Void>> waiters = new ArrayList<>();
    private final ConnectionCount count = new Count();
    private @Nullable Future<@Nullable Void> forever;
    private @Nullable HandOver handOver; // if it is one of several
    private State state = State.BOUND;

    private Server(
            EventLoop loop,
            Supplier<? extends StreamingProtocol> protocolFactory,
            ServerOptions options) {
        this.loop = loop;
        this.protocolFactory = protocolFactory;
        this.options = options;
    }

    /** Makes a server of channels that are bound, and takes them over, also if this fails. */
    static Server of(
            EventLoop loop,
            Supplier<? extends StreamingProtocol> protocolFactory,
            List<ServerSocketChannel> channels,
            @Nullable UnixPath path,
            ServerOptions options)
            throws IOException {
        var server = new Server(loop, protocolFactory, options);
        try {
            for (ServerSocketChannel channel : channels) {
                server.listeners.add(new Listener(server, channel, path));
            }
        } catch (IOException e) {
            server.close();
            for (ServerSocketChannel channel : channels) {
                channel.close();
            }
            throw e;
        }
        if (options.startServing()) {
            server.startServing();
        }
        return server;
    }

    // ---------------------------------------------------------------- serving

    /**
     * Begins to accept connections. Idempotent.
     *
     * @throws IllegalStateException if it is closed
     */
    @Override
    public void startServing() {
        LoopThread.check(loop, "Server.startServing");
        checkOpen("startServing");
        state = State.SERVING;
        updateListeners();
    }

    /**
     * Accepts connections until the server is closed, and suspends the calling task until then and
     * until the last connection is lost. A cancel, as by Ctrl-C, closes the server and waits for
     * that, too, but not longer than {@link #GRACE}: then what is left is aborted.
     *
     * <p>In asyncio, {@code close} ends this with a {@code CancelledError} nobody has asked for;
     * here it returns.
     *
     * @throws IllegalStateException if it is closed, or another task is in here
     */
    @Override
    public void serveForever() {
        serve(
                () -> {
                    close();
                    abortAfter(GRACE);
                });
    }

    /**
     * Same as {@link #serveForever()}, but a cancel closes as {@link #close(Duration)}: at once
     * what has nothing more to send.
     */
    public void serveForever(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        serve(() -> close(grace));
    }

    private void serve(Runnable whenCancelled) {
        LoopThread.check(loop, "Server.serveForever");
        checkOpen("serveForever");
        if (forever != null) {
            throw new IllegalStateException("Another task is in serveForever: " + this);
        }
        startServing();
        Future<@Nullable Void> end = loop.createFuture();
        forever = end;
        try {
            end.await();
        } catch (CancelledError e) {
            whenCancelled.run();
            throw e;
        } finally {
            forever = null;
        }
        waitClosed();
    }

    /** Tells whether it accepts connections. */
    @Override
    public boolean isServing() {
        return state == State.SERVING;
    }

    private void checkOpen(String method) {
        if (state == State.CLOSED) {
            throw new IllegalStateException("%s: the server is closed: %s".formatted(method, this));
        }
    }

    boolean wantsConnections() {
        return state == State.SERVING
                && (handOver == null
                        ? connections.size() < options.maxConnections()
                        : handOver.hasRoom());
    }

    void updateListeners() {
        listeners.forEach(Listener::update);
    }

    /** A listener has accepted a connection. */
    void accepted(SocketChannel channel) {
        HandOver to = handOver;
        if (to != null && to.isAcceptor(this)) {
            to.accept(channel);
        } else {
            takeIn(channel);
        }
    }

    /** Gives away what it accepts, or gets what another one does. */
    void spreadBy(HandOver by) {
        handOver = by;
        updateListeners();
    }

    /** Makes a connection of a channel, in a context of its own. */
    void takeIn(SocketChannel channel) {
        if (state == State.CLOSED) { // meanwhile
            closeQuietly(channel);
            gone();
            return;
        }
        Context.copyCurrent()
                .<@Nullable Void>run(
                        () -> {
                            makeConnection(channel);
                            return null;
                        });
    }

    private void makeConnection(SocketChannel channel) {
        boolean made = false;
        try {
            StreamingProtocol app = protocolFactory.get();
            TlsOptions tls = options.tls();
            StreamingProtocol lower = tls == null ? app : Tls.server(loop, app, tls, null);
            var transport =
                    SelectorTransport.open(loop, channel, lower, options.tcp(), count, null);
            made = true;
            options.applyWriteLimits(upper(transport));
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (IOException e) { // it was reset while it waited
            if (loop.getDebug()) {
                System.getLogger("dev.heddle")
                        .log(Level.DEBUG, "An accepted connection is lost already", e);
            }
        } catch (Throwable e) {
            loop.callExceptionHandler(
                    ErrorContext.of("Making a protocol for a connection failed: " + this, e));
        } finally {
            if (!made) {
                closeQuietly(channel);
                gone();
            }
        }
    }

    private void gone() {
        if (handOver != null) {
            handOver.gone();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }

    // ---------------------------------------------------------------- connections

    private final class Count implements ConnectionCount {

        @Override
        public void attach(Transport transport) {
            connections.add(transport);
            if (connections.size() == options.maxConnections()) {
                updateListeners();
            }
        }

        @Override
        public void detach(Transport transport) {
            connections.remove(transport);
            if (connections.size() == options.maxConnections() - 1) {
                updateListeners();
            }
            gone();
            wakeIfOver();
        }
    }

    /** Returns the transport that the application has: the one above all TLS. */
    private static Transport upper(Transport transport) {
        Transport top = transport;
        while (top.getProtocol() instanceof TlsProtocol tls) {
            top = tls.transport();
        }
        return top;
    }

    /** Returns how many connections there are. */
    public int connections() {
        return connections.size();
    }

    /** Closes each connection, after what was written to it is sent; returns at once. */
    @Override
    public void closeClients() {
        LoopThread.check(loop, "Server.closeClients");
        for (Transport transport : List.copyOf(connections)) {
            upper(transport).close();
        }
    }

    /** Aborts each connection: what was written and not yet sent is dropped. */
    @Override
    public void abortClients() {
        LoopThread.check(loop, "Server.abortClients");
        List.copyOf(connections).forEach(Transport::abort);
    }

    // ---------------------------------------------------------------- closing

    /**
     * Stops to accept connections, and gives the addresses free; the connections that it has stay.
     * Returns at once. Idempotent.
     *
     * <p>So a try-with-resources block does not wait in its end; call {@link #close(Duration)} or
     * {@link #waitClosed} in there.
     */
    @Override
    public void close() {
        LoopThread.check(loop, "Server.close");
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        listeners.forEach(Listener::close);
        Future<@Nullable Void> end = forever;
        if (end != null && !end.done()) {
            end.setResult(null);
        }
        wakeIfOver();
    }

    /**
     * Stops to accept connections, closes each connection after what was written to it is sent, and
     * aborts those that are not closed after {@code grace}. Suspends the calling task until all are
     * lost; a cancel aborts them at once.
     */
    @Override
    public void close(Duration grace) {
        close();
        closeClients();
        abortAfter(grace);
    }

    private void abortAfter(Duration grace) {
        TimerHandle timer = loop.callLater(grace, this::abortClients);
        try {
            waitClosed();
        } catch (CancelledError e) {
            abortClients();
            throw e;
        } finally {
            timer.cancel();
        }
    }

    /**
     * Suspends the calling task until the server is closed, and all its connections are lost, in
     * either order. It may wait for ever, for a client that stays: see {@link #close(Duration)},
     * {@link #closeClients} and {@link #abortClients}.
     */
    @Override
    public void waitClosed() {
        LoopThread.check(loop, "Server.waitClosed");
        if (isOver()) {
            return;
        }
        Future<@Nullable Void> waiter = loop.createFuture();
        waiters.add(waiter);
        try {
            waiter.await();
        } finally {
            waiters.remove(waiter);
        }
    }

    private boolean isOver() {
        return state == State.CLOSED && connections.isEmpty();
    }

    private void wakeIfOver() {
        if (isOver()) {
            for (Future<@Nullable Void> waiter : List.copyOf(waiters)) {
                if (!waiter.done()) {
                    waiter.setResult(null);
                }
            }
        }
    }

    void loopClosed() {
        state = State.CLOSED;
        listeners.forEach(Listener::close);
    }

    // ---------------------------------------------------------------- about itself

    /** Returns this. */
    @Override
    public Server server() {
        return this;
    }

    /** Returns the loop that it belongs to. */
    @Override
    public EventLoop getLoop() {
        return loop;
    }

    /** Returns the channels that it accepts from; none when it is closed. */
    public List<ServerSocketChannel> sockets() {
        return state == State.CLOSED
                ? List.of()
                : listeners.stream().map(Listener::channel).toList();
    }

    /** Returns where it listens; stays known when it is closed. */
    @Override
    public List<SocketAddress> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /**
     * Returns the TCP port of the first address; stays known when the server is closed.
     *
     * @throws IllegalStateException if this is a UNIX server, or one without an address
     */
    @Override
    public int port() {
        if (!listeners.isEmpty()
                && listeners.getFirst().address() instanceof InetSocketAddress address) {
            return address.getPort();
        }
        throw new IllegalStateException("The server has no TCP port: " + this);
    }

    @Override
    public String toString() {
        return "Server(%s at %s, %d connections)"
                .formatted(state.name().toLowerCase(Locale.ROOT), addresses(), connections.size());
    }
}
