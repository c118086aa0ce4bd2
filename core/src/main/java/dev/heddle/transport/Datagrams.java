package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Makes datagram endpoints: finds addresses of one family for both sides, and opens a socket. */
final class Datagrams {

    /** Two addresses of one family; null for any. */
    private record Pair(
            ProtocolFamily family,
            @Nullable InetSocketAddress local,
            @Nullable InetSocketAddress remote) {}

    private Datagrams() {}

    /** See {@link Transports#createDatagramEndpoint}. */
    static <P extends DatagramProtocol> Endpoint<P> create(
            Supplier<P> protocolFactory, DatagramOptions options) throws IOException {
        Objects.requireNonNull(protocolFactory, "protocolFactory");
        Objects.requireNonNull(options, "options");
        EventLoop loop = Asyncio.getRunningLoop();
        if (loop.currentTask() == null) {
            throw new IllegalStateException(
                    "createDatagramEndpoint waits, and cannot be called in a callback; start a"
                            + " task");
        }
        DatagramChannel given = options.channel();
        DatagramChannel channel;
        if (given != null) {
            checkGiven(loop, given, options);
            channel = given;
        } else {
            channel = open(loop, options);
        }
        return start(loop, protocolFactory, channel, options);
    }

    private static void checkGiven(
            EventLoop loop, DatagramChannel channel, DatagramOptions options) {
        if (options.localAddress() != null
                || options.remoteAddress() != null
                || options.reusePort()
                || options.allowBroadcast()) {
            throw new IllegalArgumentException(
                    "channel is given, so it is bound, connected and set up already: leave out"
                            + " localAddress, remoteAddress, reusePort and allowBroadcast");
        }
        if (!channel.isOpen()) {
            throw new IllegalArgumentException("channel is closed: " + channel);
        }
        if (loop.openChannels().stream().anyMatch(other -> other == channel)) {
            throw new IllegalArgumentException(
                    "channel belongs to a transport already, or is watched: " + channel);
        }
    }

    // ---------------------------------------------------------------- sockets

    private static DatagramChannel open(EventLoop loop, DatagramOptions options)
            throws IOException {
        List<Pair> pairs = pairs(loop, options);
        IOException first = null;
        for (Pair pair : pairs) {
            try {
                return open(loop, pair, options);
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw Objects.requireNonNull(first);
    }

    private static DatagramChannel open(EventLoop loop, Pair pair, DatagramOptions options)
            throws IOException {
        DatagramChannel channel;
        try {
            channel = loop.network().openDatagram(pair.family);
        } catch (UnsupportedOperationException e) {
            throw new IOException("this system has no sockets for " + pair.family.name(), e);
        }
        String what = "bind to " + (pair.local == null ? "any address" : pair.local);
        try {
            channel.configureBlocking(false);
            set(channel, StandardSocketOptions.SO_REUSEPORT, options.reusePort());
            set(channel, StandardSocketOptions.SO_BROADCAST, options.allowBroadcast());
            channel.bind(pair.local);
            if (pair.remote != null) {
                what = "connect to " + pair.remote;
                channel.connect(pair.remote);
            }
            return channel;
        } catch (IOException e) {
            SelectorDatagramTransport.closeQuietly(channel);
            throw ConnectErrors.named(what, e);
        } catch (Throwable e) {
            SelectorDatagramTransport.closeQuietly(channel);
            throw e;
        }
    }

    private static void set(DatagramChannel channel, SocketOption<Boolean> option, boolean on)
            throws IOException {
        if (!on) {
            return;
        }
        if (!channel.supportedOptions().contains(option)) {
            throw new IllegalArgumentException(
                    (option == StandardSocketOptions.SO_REUSEPORT ? "reusePort" : "allowBroadcast")
                            + " is not possible on this system");
        }
        channel.setOption(option, true);
    }

    // ---------------------------------------------------------------- addresses

    private static List<Pair> pairs(EventLoop loop, DatagramOptions options) throws IOException {
        InetSocketAddress local = options.localAddress();
        InetSocketAddress remote = options.remoteAddress();
        if (local == null && remote == null) {
            // A socket for IPv6 has both, where there is IPv6.
            return List.of(
                    new Pair(StandardProtocolFamily.INET6, null, null),
                    new Pair(StandardProtocolFamily.INET, null, null));
        }
        List<InetSocketAddress> locals = local == null ? List.of() : Names.resolve(loop, local);
        List<InetSocketAddress> remotes = remote == null ? List.of() : Names.resolve(loop, remote);
        var pairs = new ArrayList<Pair>();
        if (remote == null) {
            locals.forEach(address -> pairs.add(new Pair(family(address), address, null)));
            return pairs;
        }
        for (InetSocketAddress to : remotes) {
            if (local == null) {
                pairs.add(new Pair(family(to), null, to));
            }
            for (InetSocketAddress from : locals) {
                if (from.getAddress().isAnyLocalAddress()) {
                    pairs.add(
                            new Pair(
                                    family(to),
                                    new InetSocketAddress(
                                            Names.anyLike(to.getAddress()), from.getPort()),
                                    to));
                } else if (family(from) == family(to)) {
                    pairs.add(new Pair(family(to), from, to));
                }
            }
        }
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException(
                    "localAddress and remoteAddress have no family in common: %s and %s"
                            .formatted(locals, remotes));
        }
        return pairs;
    }

    private static ProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    // ---------------------------------------------------------------- the protocol

    /** Takes {@code channel} over, and closes it if anything fails. */
    private static <P extends DatagramProtocol> Endpoint<P> start(
            EventLoop loop,
            Supplier<P> protocolFactory,
            DatagramChannel channel,
            DatagramOptions options)
            throws IOException {
        var made = new Future<@Nullable Void>(loop);
        P protocol;
        SelectorDatagramTransport transport;
        try {
            channel.configureBlocking(false);
            SocketAddress remote = channel.getRemoteAddress();
            protocol = Objects.requireNonNull(protocolFactory.get(), "protocolFactory's result");
            transport =
                    new SelectorDatagramTransport(
                            loop, channel, protocol, remote, options.writeBufferLimits());
        } catch (Throwable e) {
            SelectorDatagramTransport.closeQuietly(channel);
            throw e;
        }
        transport.begin(made);
        try {
            made.await();
        } catch (Throwable e) {
            transport.abort();
            if (made.done() && !made.cancelled()) {
                made.exception(); // it is not unheard of, should a cancel have come before it
            }
            throw e;
        }
        return new Endpoint<>(transport, protocol);
    }
}
