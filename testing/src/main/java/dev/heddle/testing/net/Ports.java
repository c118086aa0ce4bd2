package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/** Who has which port of a host, for one of the protocols. */
final class Ports {

    private static final int FIRST_FREE = 49152;
    private static final int LAST = 65535;

    private record Bound(InetSocketAddress address, boolean shared, SimulatedChannel socket) {

        boolean takes(InetAddress other, int port) {
            return address.getPort() == port
                    && (address.getAddress().isAnyLocalAddress()
                            || other.isAnyLocalAddress()
                            || address.getAddress().equals(other));
        }

        /** Tells whether it is bound to any address of the host; those of IPv6 take IPv4 too. */
        boolean takesAny(InetSocketAddress target) {
            return address.getPort() == target.getPort()
                    && address.getAddress().isAnyLocalAddress()
                    && (address.getAddress() instanceof Inet6Address
                            || !(target.getAddress() instanceof Inet6Address));
        }
    }

    private final Host host;
    private final Map<Integer, List<Bound>> byPort = new HashMap<>(); // nobody iterates over it
    private int nextFree = FIRST_FREE;

    Ports(Host host) {
        this.host = host;
    }

    /**
     * Gives a socket an address.
     *
     * @param shared whether other sockets that want it too may have the same
     * @param busy which ports cannot be had, if any is as good as another
     * @return the address, with a port that was free if none was asked for
     */
    InetSocketAddress bind(
            SimulatedChannel socket, InetSocketAddress wanted, boolean shared, IntPredicate busy)
            throws BindException {
        InetAddress address = wanted.getAddress();
        if (!host.has(address)) {
            throw new BindException("Cannot assign requested address");
        }
        int port = wanted.getPort();
        if (port == 0) {
            port = free(address, busy);
        } else {
            for (Bound other : at(port)) {
                if (other.takes(address, port) && !(shared && other.shared)) {
                    throw new BindException("Address already in use");
                }
            }
        }
        var bound = new InetSocketAddress(address, port);
        byPort.computeIfAbsent(port, p -> new ArrayList<>(1)).add(new Bound(bound, shared, socket));
        return bound;
    }

    private int free(InetAddress address, IntPredicate busy) throws BindException {
        for (int tried = FIRST_FREE; tried <= LAST; tried++) {
            int port = nextFree;
            nextFree = port == LAST ? FIRST_FREE : port + 1;
            if (!busy.test(port) && at(port).stream().noneMatch(b -> b.takes(address, port))) {
                return port;
            }
        }
        throw new BindException("Cannot assign requested address: no port is free");
    }

    private List<Bound> at(int port) {
        return byPort.getOrDefault(port, List.of());
    }

    void release(SimulatedChannel socket, int port) {
        List<Bound> sockets = byPort.get(port);
        if (sockets != null
                && sockets.removeIf(bound -> bound.socket == socket)
                && sockets.isEmpty()) {
            byPort.remove(port);
        }
    }

    /**
     * Returns the socket of the given kind that gets what is sent to {@code target}: any of those
     * that share the address.
     */
    <S> @Nullable S find(InetSocketAddress target, Class<S> kind, RandomGenerator random) {
        List<S> exact = new ArrayList<>(1);
        List<S> wild = new ArrayList<>(1);
        for (Bound bound : at(target.getPort())) {
            if (!kind.isInstance(bound.socket)) {
                continue;
            }
            if (bound.address.equals(target)) {
                exact.add(kind.cast(bound.socket));
            } else if (bound.takesAny(target)) {
                wild.add(kind.cast(bound.socket));
            }
        }
        List<S> best = exact.isEmpty() ? wild : exact;
        return switch (best.size()) {
            case 0 -> null;
            case 1 -> best.getFirst();
            default -> best.get(random.nextInt(best.size()));
        };
    }

    void clear() {
        byPort.clear(); // the next free port stays: old packets must not find new sockets
    }
}
