package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.reactor.Resolver;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the addresses of a server, and listens at all of them or at none.
 *
 * <p>All addresses of the machine are one socket for both families of addresses, where the system
 * has IPv6, and else one for IPv4. Java has no way to restrict a socket to IPv6, so {@code ::}
 * takes IPv4 connections, too.
 */
final class Binding {

    private static final InetAddress ANY = InetAddress.ofLiteral("::");
    private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");

    /** How often a free port is looked for that all of several addresses have. */
    private static final int TRIES = 20;

    private Binding() {}

    static List<ServerSocketChannel> bind(
            EventLoop loop, List<String> hosts, int port, ServerOptions options)
            throws IOException {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException(
                    "port must be 0 (any that is free) to 65535, and is " + port);
        }
        Set<InetAddress> addresses = addresses(loop, hosts);
        for (int tries = 1; ; tries++) {
            try {
                return bindAll(loop, addresses, port, options);
            } catch (BindException e) {
                // The port that the first address was given may be taken at the next.
                if (port != 0 || addresses.size() == 1 || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static Set<InetAddress> addresses(EventLoop loop, List<String> hosts)
            throws IOException {
        var addresses = new LinkedHashSet<InetAddress>();
        for (String host : hosts) {
            if (host.isEmpty()) {
                addresses.add(ANY);
            } else {
                addresses.addAll(resolve(loop, host));
            }
        }
        if (addresses.isEmpty() || addresses.contains(ANY)) {
            return Set.of(ANY); // has room for all others
        }
        if (addresses.contains(ANY4)) {
            addresses.removeIf(a -> !(a instanceof Inet6Address) && !a.equals(ANY4));
        }
        return addresses;
    }

    private static List<InetAddress> resolve(EventLoop loop, String host)
            throws UnknownHostException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            // It is a name.
        }
        Resolver resolver = loop.resolver();
        return resolver.blocking()
                ? Asyncio.toThread(() -> resolver.resolve(host))
                : resolver.resolve(host);
    }

    private static List<ServerSocketChannel> bindAll(
            EventLoop loop, Set<InetAddress> addresses, int port, ServerOptions options)
            throws IOException {
        var channels = new ArrayList<ServerSocketChannel>();
        IOException notHere = null;
        boolean complete = false;
        try {
            int wanted = port;
            for (InetAddress address : addresses) {
                try {
                    ServerSocketChannel channel = bindOne(loop, address, wanted, options);
                    channels.add(channel);
                    wanted = portOf(channel);
                } catch (IOException e) {
                    if (!isNotHere(e)) {
                        throw e;
                    }
                    notHere = e; // as ::1 where IPv6 is switched off
                }
            }
            if (channels.isEmpty() && notHere != null) {
                throw notHere;
            }
            complete = true;
            return channels;
        } finally {
            if (!complete) {
                for (ServerSocketChannel channel : channels) {
                    channel.close();
                }
            }
        }
    }

    private static int portOf(ServerSocketChannel channel) throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress address
                ? address.getPort()
                : 0;
    }

    /** Tells whether this machine does not have the address, or nothing of its family. */
    private static boolean isNotHere(IOException e) {
        Throwable cause = e.getCause();
        String message = cause == null ? null : cause.getMessage();
        return message != null
                && (message.contains("assign requested address")
                        || message.contains("family not supported"));
    }

    private static ServerSocketChannel bindOne(
            EventLoop loop, InetAddress address, int port, ServerOptions options)
            throws IOException {
        try {
            return open(loop, address, port, options);
        } catch (IOException e) {
            if (address.equals(ANY)) {
                try {
                    return open(loop, ANY4, port, options);
                } catch (IOException alsoWithout6) {
                    e.addSuppressed(alsoWithout6);
                }
            }
            var error =
                    new BindException(
                            "Cannot listen at %s, port %d: %s"
                                    .formatted(address.getHostAddress(), port, e.getMessage()));
            error.initCause(e);
            throw error;
        }
    }

    private static ServerSocketChannel open(
            EventLoop loop, InetAddress address, int port, ServerOptions options)
            throws IOException {
        ServerSocketChannel channel = openFamily(loop, address);
        boolean bound = false;
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
            if (options.reusePort()) {
                setReusePort(channel);
            }
            Integer size = options.tcp().receiveBufferSize();
            if (size != null) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, size); // connections inherit it
            }
            channel.bind(new InetSocketAddress(address, port), options.backlog());
            bound = true;
            return channel;
        } finally {
            if (!bound) {
                channel.close();
            }
        }
    }

    private static ServerSocketChannel openFamily(EventLoop loop, InetAddress address)
            throws IOException {
        ProtocolFamily family =
                address instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET;
        try {
            return loop.network().openServerSocket(family);
        } catch (UnsupportedOperationException e) {
            throw new IOException("Address family not supported: " + family, e);
        }
    }

    private static void setReusePort(ServerSocketChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            throw new UnsupportedOperationException(
                    "reusePort: this system has no SO_REUSEPORT; use one listening server");
        }
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }
}
