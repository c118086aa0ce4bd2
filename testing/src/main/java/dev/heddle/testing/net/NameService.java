package dev.heddle.testing.net;

import dev.heddle.Asyncio;
import dev.heddle.reactor.Resolver;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the addresses of names in a {@link SimulatedNetwork}, and fails to.
 *
 * <p>Every host has its name, and {@code localhost} is the host that asks. Literals of addresses
 * need no look-up, and do not fail.
 */
public final class NameService {

    private final SimulatedNetwork network;
    private final Map<String, List<InetAddress>> entries = new LinkedHashMap<>();
    private final Set<String> silent = new LinkedHashSet<>();
    private boolean allSilent;
    private Delay delay;

    NameService(SimulatedNetwork network) {
        this.network = network;
        this.delay = network.options().nameDelay();
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    // ---------------------------------------------------------------- what the test says

    /** Gives a name the addresses of some hosts; none of them makes the name unknown. */
    public void set(String name, Host... hosts) {
        var addresses = new ArrayList<InetAddress>();
        for (Host host : hosts) {
            addresses.addAll(host.addresses());
        }
        set(name, addresses);
    }

    /** Gives a name these addresses, the preferred one first; none makes the name unknown. */
    public void set(String name, List<InetAddress> addresses) {
        entries.put(key(name), List.copyOf(addresses));
        fault(addresses.isEmpty() ? "name " + name + " is unknown" : "name " + name + " is set");
    }

    /** Makes the look-ups of a name fail, since nobody knows it, until it is {@link #set}. */
    public void forget(String name) {
        set(name, List.of());
    }

    /** Makes the look-ups of a name get an answer, or end by time-out, from now on. */
    public void answers(String name, boolean answers) {
        if (answers) {
            silent.remove(key(name));
        } else {
            silent.add(key(name));
        }
        fault("name " + name + (answers ? " is answered" : " gets no answer"));
    }

    /** Makes all look-ups get answers, or none. */
    public void answers(boolean answers) {
        allSilent = !answers;
        fault(answers ? "names are answered" : "no name gets an answer");
    }

    /** Sets how long a look-up takes. */
    public void delay(Delay newDelay) {
        delay = Objects.requireNonNull(newDelay, "newDelay");
    }

    private void fault(String what) {
        if (network.timeline().isBound()) {
            network.log().add(Kind.FAULT, null, null, what);
        }
    }

    void add(Host host) {
        entries.put(key(host.name()), host.addresses());
    }

    // ---------------------------------------------------------------- what programs see

    Resolver resolver() {
        return new Resolver() {
            @Override
            public List<InetAddress> resolve(String name) throws UnknownHostException {
                return lookUp(name);
            }

            @Override
            public String reverse(InetAddress address) {
                Host host = network.wire().hostAt(address, network.current().host());
                return host == null ? address.getHostAddress() : host.name();
            }

            @Override
            public String toString() {
                return "names of the simulated network";
            }
        };
    }

    private List<InetAddress> lookUp(String name) throws UnknownHostException {
        Incarnation asking = network.current();
        InetAddress literal = literal(name);
        if (literal != null) {
            return List.of(literal);
        }
        if (key(name).equals("localhost")) {
            return List.of(Addresses.loopback(false));
        }
        boolean answered = answered(name);
        Duration time =
                answered
                        ? Duration.ofNanos(delay.nanos(network.random()))
                        : network.options().nameTimeout();
        Asyncio.sleep(time);
        if (!answered || asking.isOver()) {
            throw failed(asking, name + ": Temporary failure in name resolution");
        }
        List<InetAddress> found = entries.get(key(name));
        if (found == null || found.isEmpty()) {
            throw failed(asking, name + ": Name or service not known");
        }
        log(asking, name + " is " + String.join(", ", literals(found)));
        return named(name, found);
    }

    private boolean answered(String name) {
        return !allSilent && !silent.contains(key(name));
    }

    private UnknownHostException failed(Incarnation asking, String message) {
        log(asking, message);
        return new UnknownHostException(message);
    }

    private void log(Incarnation asking, String what) {
        network.log().add(Kind.RESOLVE, new Place(asking.host().name(), 0), null, what);
    }

    private static List<String> literals(List<InetAddress> addresses) {
        return addresses.stream().map(InetAddress::getHostAddress).toList();
    }

    /** Gives the addresses the name that was asked for, so that nobody asks the real resolver. */
    private static List<InetAddress> named(String name, List<InetAddress> addresses)
            throws UnknownHostException {
        var named = new ArrayList<InetAddress>(addresses.size());
        for (InetAddress address : addresses) {
            named.add(InetAddress.getByAddress(name, address.getAddress()));
        }
        return named;
    }

    private static @Nullable InetAddress literal(String name) {
        if (name.indexOf(':') < 0 && !name.matches("[0-9.]+")) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
