package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/** Addresses, as the channels check them. */
final class Addresses {

    private Addresses() {}

    /** Tells whether sockets of the family are dual ones; throws if there are none. */
    static boolean isIpv6(ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family == StandardProtocolFamily.INET) {
            return false;
        }
        if (family == StandardProtocolFamily.INET6) {
            return true;
        }
        throw new UnsupportedOperationException(
                "Not simulated: sockets of the family %s; only INET and INET6 are"
                        .formatted(family.name()));
    }

    /** Returns the address that a socket is to be bound to. */
    static InetSocketAddress toBind(@Nullable SocketAddress address, boolean ipv6) {
        return address == null ? new InetSocketAddress(wildcard(ipv6), 0) : checked(address, ipv6);
    }

    /** Returns the address that a socket connects or sends to; none means this host itself. */
    static InetSocketAddress toReach(SocketAddress address, boolean ipv6) {
        InetSocketAddress checked = checked(address, ipv6);
        if (checked.getAddress().isAnyLocalAddress()) {
            return new InetSocketAddress(
                    loopback(checked.getAddress() instanceof Inet6Address), checked.getPort());
        }
        return checked;
    }

    private static InetSocketAddress checked(SocketAddress address, boolean ipv6) {
        if (!(Objects.requireNonNull(address) instanceof InetSocketAddress internet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (internet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (internet.getAddress() instanceof Inet6Address six
                && !ipv6
                && !six.isAnyLocalAddress()) {
            throw new UnsupportedAddressTypeException();
        }
        return internet;
    }

    static InetAddress wildcard(boolean ipv6) {
        return InetAddress.ofLiteral(ipv6 ? "::" : "0.0.0.0");
    }

    static InetAddress loopback(boolean ipv6) {
        return InetAddress.ofLiteral(ipv6 ? "::1" : "127.0.0.1");
    }

    /** Closes a simulated channel, which does not fail. */
    static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError("a simulated channel failed to close", e);
        }
    }
}
