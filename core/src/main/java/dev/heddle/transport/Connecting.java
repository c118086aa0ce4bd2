package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.Coroutine;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.StaggeredRace;
import dev.heddle.Timeout;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * One connection while it is being made.
 *
 * <pre>
 * looking up ─► connecting ─► TLS handshake, if wanted ─► connectionMade() ─► Connected
 * </pre>
 *
 * <p>A channel belongs to the {@link ConnectAttempt} that opens it, then to nobody for as long as
 * nothing suspends but the race (which hands a second winner to be closed), then to its transport.
 */
final class Connecting {

    private final EventLoop loop;
    private final String target;
    private final ConnectOptions options;

    /** What has become of each address so far: what a time-out tells. */
    private final Map<InetAddress, String> tried = new LinkedHashMap<>();

    /** What is going on, unless it is an attempt to connect; may be empty. */
    private String phase = "looking up its addresses";

    private Connecting(String target, @Nullable String host, ConnectOptions options) {
        this.loop = Asyncio.getRunningLoop();
        this.target = target;
        this.options = options;
        if (loop.currentTask() == null) {
            throw new IllegalStateException(
                    "createConnection waits, and cannot be called in a callback; start a task");
        }
        if (options.tlsServerName() != null && options.tls() == null) {
            throw new IllegalArgumentException("tlsServerName has a meaning only with tls");
        }
        TlsOptions tls = options.tls();
        if (tls != null
                && host == null
                && options.tlsServerName() == null
                && tls.serverName() == null
                && tls.hostnameVerification()) {
            throw new IllegalArgumentException(
                    "tlsServerName is needed to verify the server's certificate by, as there is no"
                            + " host: "
                            + target);
        }
    }

    // ---------------------------------------------------------------- entrances

    /** See {@link Transports#createConnection(Supplier, String, int, ConnectOptions)}. */
    static <P extends StreamingProtocol> Connected<P> connect(
            Supplier<P> protocolFactory, String host, int port, ConnectOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        Objects.requireNonNull(options, "options");
        Names.checkHost(host);
        Names.checkPort(port, 1);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        String name = brackets ? host.substring(1, host.length() - 1) : host;
        var connecting =
                new Connecting(
                        (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port,
                        name,
                        options);
        return connecting.limited(
                () -> {
                    SocketChannel channel = connecting.connectTo(name, port);
                    return connecting.start(protocolFactory, channel, name, port);
                });
    }

    /** See {@link Transports#createConnection(Supplier, SocketChannel, ConnectOptions)}. */
    static <P extends StreamingProtocol> Connected<P> takeOver(
            Supplier<P> protocolFactory, SocketChannel channel, ConnectOptions options)
            throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        Objects.requireNonNull(options, "options");
        checkConnected(channel);
        checkNoLocalAddress(options, "a channel that is connected already");
        var connecting = new Connecting(String.valueOf(channel.getRemoteAddress()), null, options);
        if (connecting.loop.openChannels().stream().anyMatch(other -> other == channel)) {
            throw new IllegalArgumentException(
                    "channel belongs to a transport already, or is watched: " + channel);
        }
        int port = channel.getRemoteAddress() instanceof InetSocketAddress a ? a.getPort() : -1;
        return connecting.limited(() -> connecting.start(protocolFactory, channel, null, port));
    }

    /** See {@link Transports#createUnixConnection}. */
    static <P extends StreamingProtocol> Connected<P> connectUnix(
            Supplier<P> protocolFactory, Path path, ConnectOptions options) throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        Objects.requireNonNull(options, "options");
        checkNoLocalAddress(options, "a UNIX socket");
        var connecting = new Connecting(path.toString(), null, options);
        connecting.phase = "its queue of connections is full";
        return connecting.limited(
                () -> {
                    SocketChannel channel = UnixConnect.run(connecting.loop, path, options.tcp());
                    return connecting.start(protocolFactory, channel, null, -1);
                });
    }

    private static void checkConnected(SocketChannel channel) {
        if (!channel.isOpen()) {
            throw new IllegalArgumentException("channel is closed: " + channel);
        }
        if (!channel.isConnected()) {
            throw new IllegalArgumentException(
                    "channel is not connected; connect it first, or give host and port instead: "
                            + channel);
        }
    }

    private static void checkNoLocalAddress(ConnectOptions options, String where) {
        if (options.localAddress() != null) {
            throw new IllegalArgumentException("localAddress has no meaning for " + where);
        }
    }

    // ---------------------------------------------------------------- time limit

    private <T> T limited(Coroutine<T> body) throws IOException {
        var timer = new Timeout[1];
        try {
            return Asyncio.timeout(
                    options.connectTimeout(),
                    timeout -> {
                        timer[0] = timeout;
                        return body.await();
                    });
        } catch (TimeoutException e) {
            if (timer[0] == null || !timer[0].expired()) {
                throw Sneaky.sneakyThrow(e); // somebody else's
            }
            throw timedOut(e);
        }
    }

    private IOException timedOut(TimeoutException cause) {
        var texts = new ArrayList<String>();
        tried.forEach((address, state) -> texts.add(address.getHostAddress() + ": " + state));
        if (!phase.isEmpty()) {
            texts.add(phase);
        }
        var e =
                new SocketTimeoutException(
                        "connect to %s: no connection within %s (%s)"
                                .formatted(
                                        target,
                                        Texts.seconds(options.connectTimeout()),
                                        String.join("; ", texts)));
        e.initCause(cause);
        return e;
    }

    // ---------------------------------------------------------------- addresses

    private SocketChannel connectTo(String host, int port) throws IOException {
        List<InetAddress> addresses;
        List<InetSocketAddress> locals;
        try {
            addresses = AddressOrder.interleave(Names.lookup(loop, host), options.interleave());
            InetSocketAddress local = options.localAddress();
            locals = local == null ? List.of() : Names.resolve(loop, local);
        } catch (UnknownHostException e) {
            var unknown = new UnknownHostException("connect to " + target + ": " + e.getMessage());
            unknown.initCause(e);
            throw unknown;
        }
        phase = "";
        if (addresses.size() == 1) {
            InetAddress only = addresses.getFirst();
            try {
                return attempt(only, port, locals);
            } catch (IOException e) {
                throw ConnectErrors.named(
                        target.startsWith("[") || only.getHostAddress().equals(host)
                                ? "connect to " + target
                                : "connect to %s (%s)".formatted(target, only.getHostAddress()),
                        e);
            }
        }
        var attempts = new ArrayList<Coroutine<SocketChannel>>();
        for (InetAddress address : addresses) {
            attempts.add(() -> attempt(address, port, locals));
        }
        StaggeredRace<SocketChannel> race =
                StaggeredRace.run(attempts, options.happyEyeballsDelay(), ConnectAttempt::close);
        SocketChannel winner = race.result();
        if (winner == null) {
            throw ConnectErrors.all(target, addresses, race.exceptions());
        }
        return winner;
    }

    private SocketChannel attempt(InetAddress address, int port, List<InetSocketAddress> locals)
            throws IOException {
        tried.put(address, "no answer");
        try {
            SocketChannel channel =
                    ConnectAttempt.run(
                            loop,
                            address instanceof Inet4Address
                                    ? StandardProtocolFamily.INET
                                    : StandardProtocolFamily.INET6,
                            new InetSocketAddress(address, port),
                            localFor(address, locals),
                            options.tcp());
            tried.put(address, "connected");
            return channel;
        } catch (IOException e) {
            tried.put(address, ConnectErrors.reason(e));
            throw e;
        }
    }

    /** Returns where to connect from to reach {@code remote}; null for anywhere. */
    private static @Nullable InetSocketAddress localFor(
            InetAddress remote, List<InetSocketAddress> locals) throws IOException {
        if (locals.isEmpty()) {
            return null;
        }
        for (InetSocketAddress local : locals) {
            InetAddress address = local.getAddress();
            if (address.isAnyLocalAddress()) {
                return new InetSocketAddress(Names.anyLike(remote), local.getPort());
            }
            if (address.getClass() == remote.getClass()) {
                return local;
            }
        }
        throw new IOException(
                "not tried, as localAddress is not " + ConnectErrors.familyOf(remote));
    }

    // ---------------------------------------------------------------- the protocol

    /**
     * Takes {@code channel} over, and closes it if anything fails.
     *
     * @param host to verify, if TLS does; null if there is none
     * @param port -1 if there is none
     */
    private <P extends StreamingProtocol> Connected<P> start(
            Supplier<P> protocolFactory, SocketChannel channel, @Nullable String host, int port)
            throws IOException {
        TlsOptions tls = options.tls();
        var ready = new Future<@Nullable Void>(loop);
        P protocol;
        StreamingProtocol lowest;
        SelectorTransport transport;
        try {
            protocol = Objects.requireNonNull(protocolFactory.get(), "protocolFactory's result");
            lowest = tls == null ? protocol : tlsOver(protocol, tls, host, port, ready);
            transport =
                    SelectorTransport.open(
                            loop, channel, lowest, options.tcp(), null, tls == null ? ready : null);
        } catch (Throwable e) {
            ConnectAttempt.close(channel);
            throw e;
        }
        try {
            phase = tls == null ? "" : "in the TLS handshake";
            Transport upper = tls == null ? transport : Tls.transportOf(lowest);
            if (!options.writeBufferLimits().equals(WriteBufferLimits.DEFAULT)) {
                upper.setWriteBufferLimits(options.writeBufferLimits());
            }
            ready.await();
            return new Connected<>(upper, protocol);
        } catch (Throwable e) {
            transport.abort();
            if (ready.done() && !ready.cancelled()) {
                ready.exception(); // it is not unheard of, should a cancel have come before it
            }
            throw e;
        }
    }

    private StreamingProtocol tlsOver(
            StreamingProtocol protocol,
            TlsOptions tls,
            @Nullable String host,
            int port,
            Future<@Nullable Void> ready) {
        String name = options.tlsServerName();
        TlsOptions named = name == null ? tls : tls.withServerName(name);
        return Tls.client(loop, protocol, named, host, port, ready);
    }
}
