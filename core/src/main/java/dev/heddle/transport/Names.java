package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.Coroutine;
import dev.heddle.EventLoop;
import dev.heddle.ToThreadOptions;
import dev.heddle.reactor.Resolver;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.net.IDN;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Finds the addresses of names, and names of addresses, by the running loop's {@link Resolver}.
 *
 * <p>The methods suspend the calling task. A cancel ends the wait at once, also where the system's
 * resolver goes on in its thread; what it finds is then dropped.
 *
 * <p>Source: {@code loop.getaddrinfo} and {@code loop.getnameinfo}.
 */
public final class Names {

    private static final ToThreadOptions ABANDONED =
            ToThreadOptions.DEFAULT.withAbandonOnCancel(true);

    private Names() {}

    /**
     * Returns the addresses of {@code host}, the preferred one first, never none. An address, such
     * as {@code 192.0.2.1}, {@code 2001:db8::1}, {@code [2001:db8::1]} or {@code fe80::1%eth0},
     * stands for itself, and nobody is asked.
     *
     * @throws UnknownHostException if there is none
     * @throws IllegalArgumentException if {@code host} is empty
     */
    public static List<InetAddress> lookup(String host) throws UnknownHostException {
        return lookup(Asyncio.getRunningLoop(), host);
    }

    /** Same as {@link #lookup}, with {@code port} added. */
    public static List<InetSocketAddress> getaddrinfo(String host, int port)
            throws UnknownHostException {
        checkPort(port, 0);
        return lookup(host).stream().map(address -> new InetSocketAddress(address, port)).toList();
    }

    /** Returns the name that belongs to {@code address}, or its text if there is none. */
    public static String getnameinfo(InetAddress address) {
        Objects.requireNonNull(address, "address");
        EventLoop loop = Asyncio.getRunningLoop();
        Resolver resolver = loop.resolver();
        return timed(
                loop,
                "getnameinfo " + address.getHostAddress(),
                () -> ask(resolver, () -> resolver.reverse(address)));
    }

    // ---------------------------------------------------------------- for this package

    static List<InetAddress> lookup(EventLoop loop, String host) throws UnknownHostException {
        checkHost(host);
        InetAddress literal = literalOrNull(host);
        if (literal != null) {
            return List.of(literal);
        }
        Resolver resolver = loop.resolver();
        Object found =
                timed(
                        loop,
                        "getaddrinfo " + host,
                        () -> ask(resolver, () -> resolveOrError(resolver, host)));
        if (found instanceof UnknownHostException e) {
            throw unknown(host, e);
        }
        var addresses = new LinkedHashSet<InetAddress>();
        for (Object address : (List<?>) found) {
            addresses.add((InetAddress) address);
        }
        if (addresses.isEmpty()) {
            throw unknown(host, null);
        }
        return List.copyOf(addresses);
    }

    /** Returns what {@code address} may mean: several ones if it has only a name so far. */
    static List<InetSocketAddress> resolve(EventLoop loop, InetSocketAddress address)
            throws UnknownHostException {
        if (!address.isUnresolved()) {
            return List.of(address);
        }
        return lookup(loop, address.getHostString()).stream()
                .map(found -> new InetSocketAddress(found, address.getPort()))
                .toList();
    }

    static void checkHost(String host) {
        Objects.requireNonNull(host, "host");
        if (host.isBlank()) {
            throw new IllegalArgumentException(
                    "host must not be empty; use localhost for this machine");
        }
    }

    static void checkPort(int port, int least) {
        if (port < least || port > 65535) {
            throw new IllegalArgumentException(
                    "port must be %d to 65535, and is %d".formatted(least, port));
        }
    }

    /** Returns the wildcard of the family of {@code other}. */
    static InetAddress anyLike(InetAddress other) {
        return InetAddress.ofLiteral(other instanceof Inet4Address ? "0.0.0.0" : "::");
    }

    /** Returns the address that {@code host} is the text of, or null if it is a name. */
    static @Nullable InetAddress literalOrNull(String host) {
        int scope = host.indexOf('%');
        try {
            if (scope < 0) {
                return InetAddress.ofLiteral(host);
            }
            boolean brackets = host.startsWith("[") && host.endsWith("]");
            return scoped(
                    host.substring(brackets ? 1 : 0, scope),
                    host.substring(scope + 1, host.length() - (brackets ? 1 : 0)));
        } catch (IllegalArgumentException | SocketException | UnknownHostException e) {
            return null;
        }
    }

    /**
     * Adds the network interface, by its name or number. The JDK takes a name only of an interface
     * that has an address of the same kind.
     */
    private static @Nullable InetAddress scoped(String address, String scope)
            throws SocketException, UnknownHostException {
        byte[] bytes = Inet6Address.ofLiteral(address).getAddress();
        if (scope.chars().allMatch(Character::isDigit)) {
            return Inet6Address.getByAddress(null, bytes, Integer.parseInt(scope));
        }
        NetworkInterface found = NetworkInterface.getByName(scope);
        return found == null ? null : Inet6Address.getByAddress(null, bytes, found.getIndex());
    }

    // ---------------------------------------------------------------- asking

    private static <T> T ask(Resolver resolver, Callable<T> question) throws Exception {
        return resolver.blocking() ? Asyncio.toThread(question, ABANDONED) : question.call();
    }

    /** An error that is a result is not reported, if nobody waits for it any more. */
    private static Object resolveOrError(Resolver resolver, String host) {
        try {
            return resolver.resolve(ascii(host));
        } catch (UnknownHostException e) {
            return e;
        }
    }

    /** Returns a name as DNS has it: {@code xn--bcher-kva.example} for {@code bücher.example}. */
    private static String ascii(String host) throws UnknownHostException {
        if (host.chars().allMatch(c -> c < 128)) {
            return host;
        }
        try {
            return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host + ": " + e.getMessage());
        }
    }

    private static UnknownHostException unknown(String host, @Nullable UnknownHostException cause) {
        String reason = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
        if (reason.startsWith(host)) { // the JDK says "host: reason", or the host alone
            reason = reason.substring(host.length()).replaceFirst("^: ", "");
        }
        var e =
                new UnknownHostException(
                        "no address found for %s%s"
                                .formatted(host, reason.isEmpty() ? "" : " (" + reason + ")"));
        if (cause != null) {
            e.initCause(cause);
        }
        return e;
    }

    /** In debug mode tells how long it took. */
    private static <T> T timed(EventLoop loop, String what, Coroutine<T> question) {
        if (!loop.getDebug()) {
            return Asyncio.await(question);
        }
        double begin = loop.time();
        try {
            return Asyncio.await(question);
        } finally {
            double seconds = loop.time() - begin;
            boolean slow = seconds >= loop.getSlowCallbackDuration().toNanos() / 1e9;
            System.getLogger("dev.heddle")
                    .log(
                            slow ? Level.INFO : Level.DEBUG,
                            "%s took %.3f ms".formatted(what, seconds * 1000));
        }
    }
}
