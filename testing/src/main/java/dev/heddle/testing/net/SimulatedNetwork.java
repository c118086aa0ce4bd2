package dev.heddle.testing.net;

import dev.heddle.reactor.Network;
import dev.heddle.reactor.Reactor;
import dev.heddle.reactor.Resolver;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A network in memory: hosts, names, TCP and UDP, with delays and faults, all on one event loop and
 * from one seed. The same seed repeats a run exactly, and with a virtual clock it takes no time.
 *
 * <pre>{@code
 * var net = new SimulatedNetwork(seed);
 * var loop = EventLoop.builder().clock(Clock.virtual()).reactor(net.reactor()).build();
 * net.host("server").start(() -> serve());
 * loop.runUntilComplete(() -> net.host("client").run(() -> talkTo("server")));
 * }</pre>
 *
 * <p>The programs need no change: what opens its sockets by the loop, as transports and streams do,
 * gets those of the host on which it runs, see {@link Host}. Code that runs on no host is on one
 * named {@code localhost}.
 *
 * <p>To be used by the loop's thread only; before the loop runs, by any. A network belongs to one
 * loop, and does nothing more once that is closed.
 *
 * <p>Every run is repeated exactly only if the programs are: threads, the time of day and random
 * numbers of their own, as those of TLS, are not in the network's hands.
 */
public final class SimulatedNetwork implements Network {

    private static final String DEFAULT_HOST = "localhost";
    private static final String DEFAULT_ADDRESS = "10.255.0.1";
    private static final int HOSTS_IN_A_NET = 250;

    private final NetworkOptions options;
    private final Timeline timeline = new Timeline();
    private final RandomGenerator random;
    private final TraceLog log;
    private final Wire wire;
    private final NameService names;
    private final Resolver resolver;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final LinkedHashSet<NetworkChannel> channels = new LinkedHashSet<>();
    private @Nullable SimulatedReactor reactor;
    private TcpModel tcp;
    private int numbered;

    /** Makes a network with default options. */
    public SimulatedNetwork(long seed) {
        this(NetworkOptions.DEFAULT.withSeed(seed));
    }

    /** Makes a network. */
    public SimulatedNetwork(NetworkOptions options) {
        this.options = Objects.requireNonNull(options, "options");
        this.tcp = options.tcp();
        this.random = new SplittableRandom(options.seed());
        this.log = new TraceLog(timeline, options.traceLimit());
        this.wire = new Wire(options, timeline, random, log);
        this.names = new NameService(this);
        this.resolver = names.resolver();
    }

    /** Returns the options. */
    public NetworkOptions options() {
        return options;
    }

    /** Returns the seed of everything that is random here. */
    public long seed() {
        return options.seed();
    }

    /**
     * Returns the reactor for the loop that runs this network.
     *
     * @throws IllegalStateException if it was taken already
     */
    public Reactor reactor() {
        if (reactor != null) {
            throw new IllegalStateException(
                    "The reactor of this network was taken already: one loop carries all hosts");
        }
        var made = new SimulatedReactor(this, timeline);
        reactor = made;
        return made;
    }

    // ---------------------------------------------------------------- hosts, links and names

    /** Returns the host with this name; makes it, with the next free address 10.0.0.n. */
    public Host host(String name) {
        Host known = hosts.get(name);
        if (known != null) {
            return known;
        }
        if (name.equals(DEFAULT_HOST)) {
            return host(name, DEFAULT_ADDRESS);
        }
        String address;
        do {
            address =
                    "10.0.%d.%d"
                            .formatted(numbered / HOSTS_IN_A_NET, numbered % HOSTS_IN_A_NET + 1);
            numbered++;
        } while (wire.hostAt(InetAddress.ofLiteral(address)) != null);
        return host(name, address);
    }

    /**
     * Makes a host with addresses of either family.
     *
     * @throws IllegalArgumentException if the name or an address is taken, or is none
     */
    public Host host(String name, String... addresses) {
        if (name.isBlank() || name.indexOf(':') >= 0) {
            throw new IllegalArgumentException("Not a name for a host: '" + name + "'");
        }
        if (hosts.containsKey(name)) {
            throw new IllegalArgumentException("There is a host " + name + " already");
        }
        if (addresses.length == 0) {
            throw new IllegalArgumentException("Host " + name + " needs an address");
        }
        var own = new ArrayList<InetAddress>();
        for (String address : addresses) {
            InetAddress literal = InetAddress.ofLiteral(address);
            if (literal.isAnyLocalAddress() || literal.isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        "Host %s cannot have the address %s for others".formatted(name, address));
            }
            own.add(withName(name, literal));
        }
        var host = new Host(this, name, own);
        wire.attach(host);
        hosts.put(name, host);
        names.add(host);
        return host;
    }

    private static InetAddress withName(String name, InetAddress address) {
        try {
            return InetAddress.getByAddress(name, address.getAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has the length of an address", e);
        }
    }

    /** Returns the hosts, in the order in which they were made. */
    public List<Host> hosts() {
        return List.copyOf(hosts.values());
    }

    /** Sets what the link between two hosts is like, both ways. */
    public void link(Host one, Host other, LinkOptions link) {
        linkOneWay(one, other, link);
        linkOneWay(other, one, link);
    }

    /** Sets what the link from one host to another is like. */
    public void linkOneWay(Host from, Host to, LinkOptions link) {
        wire.link(check(from), check(to)).options = Objects.requireNonNull(link, "link");
        fault(from, to, "link: latency " + link.latency());
    }

    /** Sets what all links between different hosts are like. */
    public void linkAll(LinkOptions link) {
        wire.linkAll(Objects.requireNonNull(link, "link"));
        fault(null, null, "all links: latency " + link.latency());
    }

    /** Sets how TCP behaves, for the sockets that are opened from now on. */
    public void tcp(TcpModel model) {
        tcp = Objects.requireNonNull(model, "model");
    }

    /** Returns how TCP behaves. */
    public TcpModel tcp() {
        return tcp;
    }

    /** Returns what finds the addresses of names, to make it fail. */
    public NameService names() {
        return names;
    }

    private Host check(Host host) {
        if (host.network() != this) {
            throw new IllegalArgumentException("The host is of another network: " + host);
        }
        return host;
    }

    // ---------------------------------------------------------------- faults

    /** Lets nothing through between two hosts; what is under way is lost. */
    public void partition(Host one, Host other) {
        cut(one, other, true);
        cut(other, one, true);
        fault(one, other, "partition");
    }

    /** Lets nothing through between each of {@code some} and each of {@code others}. */
    public void partition(List<Host> some, List<Host> others) {
        for (Host one : some) {
            for (Host other : others) {
                partition(one, other);
            }
        }
    }

    /** Lets nothing through from one host to another; the other way stays open. */
    public void partitionOneWay(Host from, Host to) {
        cut(from, to, true);
        fault(from, to, "partition one way");
    }

    private void cut(Host from, Host to, boolean cut) {
        if (check(from) == check(to)) {
            throw new IllegalArgumentException("A host has no partition from itself: " + from);
        }
        wire.link(from, to).cut = cut;
    }

    /** Ends the partition of two hosts, whatever way it was. */
    public void heal(Host one, Host other) {
        cut(one, other, false);
        cut(other, one, false);
        fault(one, other, "heal");
    }

    /** Ends all partitions and isolations. */
    public void healAll() {
        wire.healAll();
        hosts.values().forEach(host -> host.isolate(false));
        fault(null, null, "heal all");
    }

    /** Cuts a host from all others, until {@link #rejoin}. */
    public void isolate(Host host) {
        check(host).isolate(true);
        fault(host, null, "isolate");
    }

    /** Ends the isolation of a host; its partitions stay. */
    public void rejoin(Host host) {
        check(host).isolate(false);
        fault(host, null, "rejoin");
    }

    /**
     * Switches a host off. Its sockets vanish without a word to their peers, and its tasks are
     * cancelled, at every wait again until they have ended; what they still open fails. Does
     * nothing if it is down.
     */
    public void crash(Host host) {
        if (!check(host).isCrashed()) {
            fault(host, null, "crash");
            host.crash();
        }
    }

    /**
     * Switches a host on that has crashed, and starts its program again, if it has one. Peers that
     * still send to its old connections get a reset. Does nothing if it is up.
     */
    public void restart(Host host) {
        if (check(host).isCrashed()) {
            fault(host, null, "restart");
            host.restart();
        }
    }

    /** Lets the programs of a host read no more than this a second and socket; 0: no limit. */
    public void slowReader(Host host, long bytesPerSecond) {
        Checks.notNegative(bytesPerSecond, "bytesPerSecond");
        check(host).readLimit(bytesPerSecond);
        fault(
                host,
                null,
                bytesPerSecond == 0
                        ? "reads at full speed"
                        : "reads " + bytesPerSecond + " bytes a second");
    }

    /** Returns the TCP connections that are open at the side that has asked for them. */
    public List<SimulatedConnection> connections() {
        var open = new ArrayList<SimulatedConnection>();
        for (Host host : hosts.values()) {
            for (TcpEndpoint endpoint : host.connections.values()) {
                if (endpoint.active && endpoint.isOpen()) {
                    open.add(new SimulatedConnection(this, endpoint));
                }
            }
        }
        return open;
    }

    /** Resets all connections between two hosts; see {@link SimulatedConnection#reset}. */
    public void reset(Host one, Host other) {
        for (SimulatedConnection connection : connections()) {
            if (connection.isBetween(one, other)) {
                connection.reset();
            }
        }
    }

    /** Does something at a time, counted from the first turn of the loop; at once if it is past. */
    public void at(Duration time, Runnable action) {
        long when = Delays.nanos(time, "time");
        checkThread();
        Objects.requireNonNull(action, "action");
        // Not the action itself: a test tells by the class whose timer it is.
        timeline.whenBound(
                () -> timeline.after(Math.max(0, when - timeline.now()), () -> action.run()));
    }

    /** Returns a script of faults, to be written as a sentence. */
    public FaultScript script() {
        return new FaultScript(this);
    }

    /**
     * Lets faults happen at random, from the seed, for a time; then all of them are undone. Where
     * it meets a script, the one that comes later counts.
     *
     * @param among the hosts that may be concerned
     */
    public ChaosRun chaos(Chaos chaos, List<Host> among, Duration lasting) {
        among.forEach(this::check);
        var run = new ChaosRun(this, chaos, among, Delays.nanos(lasting, "lasting"));
        timeline.whenBound(run::begin);
        return run;
    }

    private void fault(@Nullable Host from, @Nullable Host to, String what) {
        checkThread();
        log.add(Kind.FAULT, place(from), place(to), what);
    }

    private void checkThread() {
        if (timeline.isBound()) {
            timeline.check();
        }
    }

    private static @Nullable Place place(@Nullable Host host) {
        return host == null ? null : new Place(host.name(), 0);
    }

    // ---------------------------------------------------------------- what has happened

    /** Returns what has happened, in order; no more than the newest, if the limit is reached. */
    public List<TraceEvent> trace() {
        return log.copy();
    }

    /** Returns how many of the oldest events the trace has lost. */
    public long droppedEvents() {
        return log.dropped();
    }

    /** Returns the trace as text, a line an event. */
    public String traceText() {
        return trace().stream().map(event -> event + "\n").collect(Collectors.joining());
    }

    /** Puts a remark of the test into the trace. */
    public void note(String text) {
        Incarnation here = Incarnation.CURRENT.get();
        log.add(Kind.NOTE, place(here == null ? null : here.host()), null, text);
    }

    /** Returns the time since the first turn of the loop. */
    public Duration time() {
        return Duration.ofNanos(timeline.now());
    }

    /** Returns the sockets that are open, in the order in which they were opened. */
    public List<NetworkChannel> openChannels() {
        return List.copyOf(channels);
    }

    // ---------------------------------------------------------------- sockets

    @Override
    public SocketChannel openSocket(ProtocolFamily family) throws SocketException {
        return opened(new SimulatedSocketChannel(this, opening(), Addresses.isIpv6(family)));
    }

    @Override
    public ServerSocketChannel openServerSocket(ProtocolFamily family) throws SocketException {
        return opened(new SimulatedServerSocketChannel(this, opening(), Addresses.isIpv6(family)));
    }

    @Override
    public DatagramChannel openDatagram(ProtocolFamily family) throws SocketException {
        return opened(new SimulatedDatagramChannel(this, opening(), Addresses.isIpv6(family)));
    }

    @Override
    public Resolver resolver() {
        return resolver;
    }

    private Incarnation opening() throws SocketException {
        timeline.check();
        Incarnation here = current();
        here.check();
        return here;
    }

    /** Returns the host that the caller runs on. */
    Incarnation current() {
        Incarnation here = Incarnation.CURRENT.get();
        return here != null && here.host().network() == this
                ? here
                : host(DEFAULT_HOST).incarnation();
    }

    <C extends NetworkChannel> C opened(C channel) {
        channels.add(channel);
        return channel;
    }

    void closed(NetworkChannel channel) {
        channels.remove(channel);
    }

    void broadcast(Host from, InetSocketAddress source, int port, byte[] payload) {
        for (Host host : hosts()) {
            if (host != from) {
                var to = new InetSocketAddress(host.address(), port);
                wire.send(from, new Datagram(source, to, payload, true), 0);
            }
        }
    }

    // ---------------------------------------------------------------- parts

    Timeline timeline() {
        return timeline;
    }

    RandomGenerator random() {
        return random;
    }

    TraceLog log() {
        return log;
    }

    Wire wire() {
        return wire;
    }

    @Override
    public String toString() {
        return "SimulatedNetwork(seed %d, hosts %s)".formatted(options.seed(), hosts.keySet());
    }
}
