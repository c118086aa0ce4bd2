package dev.heddle.testing.net;

import dev.heddle.Context;
import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.TaskOptions;
import dev.heddle.VoidCoroutine;
import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.NetworkChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A machine in a {@link SimulatedNetwork}.
 *
 * <pre>
 * up ⇄ crashed
 * </pre>
 *
 * <p>Code runs on it that was started by {@link #start}, {@link #createTask} or {@link #run}, and
 * all that this code starts: which host it is stands in the context, which tasks and callbacks
 * inherit. What it opens are sockets of this host.
 *
 * <p>To be used by the loop's thread only; before the loop runs, by any.
 */
public final class Host {

    /** More is not remembered of connections that have ended. */
    private static final int MOST_MEMORIES = 1024;

    /** Cancels at once, and then one a millisecond, before a task is left alone. */
    private static final int FAST_CANCELS = 100;

    private static final int MOST_CANCELS = 1000;
    private static final long MILLISECOND = 1_000_000;

    private final SimulatedNetwork network;
    private final String name;
    private final List<InetAddress> addresses;
    final Map<Flow, TcpEndpoint> connections = new LinkedHashMap<>();
    final Ports tcpPorts = new Ports(this);
    final Ports udpPorts = new Ports(this);
    private final Map<Flow, Long> ended = new LinkedHashMap<>();
    private Incarnation incarnation = new Incarnation(this);
    private @Nullable VoidCoroutine program;
    private @Nullable Task<?> programTask;
    private boolean isolated;
    private long readLimit;

    Host(SimulatedNetwork network, String name, List<InetAddress> addresses) {
        this.network = network;
        this.name = name;
        this.addresses = List.copyOf(addresses);
    }

    SimulatedNetwork network() {
        return network;
    }

    /** Returns the name, which resolves to the addresses. */
    public String name() {
        return name;
    }

    /** Returns the addresses, without those of the loopback. */
    public List<InetAddress> addresses() {
        return addresses;
    }

    /** Returns the first address. */
    public InetAddress address() {
        return addresses.getFirst();
    }

    // ---------------------------------------------------------------- code

    /**
     * Starts the program of this host as a task: at once, or when the loop runs. It is started
     * again by {@link SimulatedNetwork#restart}.
     *
     * <p>What it throws goes to the loop's exception handler at once, as if nobody awaited it.
     *
     * @throws IllegalStateException if there is one already that has not ended
     */
    public void start(VoidCoroutine newProgram) {
        Objects.requireNonNull(newProgram, "newProgram");
        Task<?> running = programTask;
        if (program != null && (running == null || !running.done())) {
            throw new IllegalStateException("The program of host " + name + " runs already");
        }
        program = newProgram;
        programTask = null;
        network.timeline().whenBound(this::startProgram);
    }

    private void startProgram() {
        VoidCoroutine current = program;
        if (current != null && programTask == null && !isCrashed()) {
            Task<Void> task = createTask(current);
            task.addDoneCallback(this::programEnded);
            programTask = task;
        }
    }

    private void programEnded(Future<Void> task) {
        Throwable error = task.cancelled() ? null : task.exception();
        if (error != null) {
            network.log()
                    .add(Kind.ERROR, new Place(name, 0), null, "the program has failed: " + error);
            network.timeline()
                    .loop()
                    .callExceptionHandler(
                            ErrorContext.of("The program of host " + name + " has failed", error)
                                    .with(task));
        }
    }

    /** Returns the task of the program; null if none was started yet. */
    public @Nullable Task<?> program() {
        return programTask;
    }

    /**
     * Starts {@code coroutine} as a task on this host. The loop must run.
     *
     * @throws IllegalStateException if the host is down
     */
    public <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /** Same as {@link #createTask(Coroutine)}. */
    public Task<Void> createTask(VoidCoroutine coroutine) {
        return createTask(coroutine.asCoroutine(), TaskOptions.DEFAULT);
    }

    /** Same as {@link #createTask(Coroutine)}, with options. */
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        checkUp("createTask");
        Context given = options.context();
        Context context = given == null ? Context.copyCurrent() : given.copy();
        context.run(() -> Incarnation.CURRENT.set(incarnation));
        return network.timeline().loop().createTask(coroutine, options.withContext(context));
    }

    /**
     * Runs {@code body} on this host, in the calling task or callback, and returns its result.
     *
     * @throws IllegalStateException if the host is down
     */
    public <T extends @Nullable Object> T run(Coroutine<T> body) {
        checkUp("run");
        var token = Incarnation.CURRENT.set(incarnation);
        try {
            return body.await();
        } catch (Throwable e) {
            throw Sneaky.sneakyThrow(e);
        } finally {
            token.close();
        }
    }

    /** Same as {@link #run(Coroutine)}. */
    public void run(VoidCoroutine body) {
        run(body.asCoroutine());
    }

    private void checkUp(String method) {
        if (isCrashed()) {
            throw new IllegalStateException(
                    "%s: the simulated host %s has crashed; restart it first"
                            .formatted(method, name));
        }
    }

    // ---------------------------------------------------------------- life

    /** Tells whether the host is down. */
    public boolean isCrashed() {
        return incarnation.isOver();
    }

    void crash() {
        Incarnation old = incarnation;
        old.end();
        for (NetworkChannel channel : sockets()) {
            ((SimulatedChannel) channel).vanish();
        }
        for (TcpEndpoint endpoint : List.copyOf(connections.values())) {
            endpoint.vanish();
        }
        tcpPorts.clear();
        udpPorts.clear();
        ended.clear();
        if (network.timeline().isBound()) {
            cancelTasks(old, 0);
        }
    }

    /** Cancels what runs on the host, again and again: a machine that is off cleans nothing up. */
    private void cancelTasks(Incarnation old, int times) {
        EventLoop loop = network.timeline().loop();
        boolean left = false;
        for (Task<?> task : loop.allTasks()) {
            if (!runsOn(task, old)) {
                continue;
            }
            if (times == MOST_CANCELS) {
                loop.callExceptionHandler(
                        ErrorContext.of(
                                        "A task of host %s, which has crashed, does not end however"
                                                        .formatted(name)
                                                + " often it is cancelled",
                                        null)
                                .with(task));
                continue;
            }
            task.cancel("the simulated host " + name + " has crashed");
            left = true;
        }
        if (left && times < FAST_CANCELS) {
            network.timeline().soon(() -> cancelTasks(old, times + 1));
        } else if (left) { // it may wait for a thread, which takes real time
            network.timeline().after(MILLISECOND, () -> cancelTasks(old, times + 1));
        }
    }

    private static boolean runsOn(Task<?> task, Incarnation incarnation) {
        return task.getContext().asMap().get(Incarnation.CURRENT) == incarnation;
    }

    void restart() {
        incarnation = new Incarnation(this);
        programTask = null;
        network.timeline().whenBound(this::startProgram);
    }

    Incarnation incarnation() {
        return incarnation;
    }

    boolean isIsolated() {
        return isolated;
    }

    void isolate(boolean on) {
        isolated = on;
    }

    /** Returns the open sockets of this host, in the order in which they were opened. */
    public List<NetworkChannel> sockets() {
        return network.openChannels().stream()
                .filter(channel -> ((SimulatedChannel) channel).incarnation().host() == this)
                .toList();
    }

    /** Returns how many bytes a second a socket's reader gets at most; 0: without limit. */
    long readLimit() {
        return readLimit;
    }

    void readLimit(long bytesPerSecond) {
        readLimit = bytesPerSecond;
        sockets().forEach(channel -> ((SimulatedChannel) channel).touch());
    }

    // ---------------------------------------------------------------- its kernel

    /** Tells whether a socket of this host may have the address. */
    boolean has(InetAddress address) {
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || addresses.contains(address);
    }

    /** Returns the address from which this host talks to {@code remote}; null if it has none. */
    @Nullable InetAddress towards(InetAddress remote) {
        if (remote.isLoopbackAddress()) {
            return remote;
        }
        if (addresses.contains(remote)) {
            return remote;
        }
        for (InetAddress address : addresses) {
            if (address.getClass() == remote.getClass()) {
                return address;
            }
        }
        return null;
    }

    void receive(Host sender, Packet packet) {
        switch (packet) {
            case Segment segment -> receive(segment);
            case Datagram datagram -> receive(sender, datagram);
            case Unreachable answer -> {
                SimulatedDatagramChannel socket = datagramSocket(answer.to());
                if (socket != null) {
                    socket.unreachable(answer);
                }
            }
        }
    }

    private void receive(Segment segment) {
        Flow flow = Flow.of(segment);
        TcpEndpoint endpoint = connections.get(flow);
        if (endpoint != null) {
            endpoint.receive(segment);
        } else if (segment.type == Segment.Type.SYN) {
            SimulatedServerSocketChannel listener =
                    tcpPorts.find(
                            segment.to(), SimulatedServerSocketChannel.class, network.random());
            if (listener == null) {
                network.wire().send(this, Segment.reset(segment.to(), segment.from()), 0);
            } else {
                listener.knock(segment);
            }
        } else if (segment.type == Segment.Type.RST) {
            return;
        } else if (ended.containsKey(flow)) {
            if (!segment.isBare()) {
                acknowledgeAgain(segment, Objects.requireNonNull(ended.get(flow)));
            }
        } else {
            network.wire().send(this, Segment.reset(segment.to(), segment.from()), 0);
        }
    }

    /** Answers a peer that has not heard that all of its stream has come. */
    private void acknowledgeAgain(Segment segment, long next) {
        var answer =
                new Segment(
                        segment.to(),
                        segment.from(),
                        Segment.Type.ACK,
                        segment.acknowledged,
                        Segment.NOTHING,
                        next,
                        next,
                        false);
        network.wire().send(this, answer, 0);
    }

    private void receive(Host sender, Datagram datagram) {
        SimulatedDatagramChannel socket = datagramSocket(datagram.to());
        if (socket != null) {
            socket.receive(sender, datagram);
        } else if (!datagram.broadcast) {
            network.wire().send(this, new Unreachable(datagram.to(), datagram.from()), 0);
        }
    }

    private @Nullable SimulatedDatagramChannel datagramSocket(InetSocketAddress address) {
        return udpPorts.find(address, SimulatedDatagramChannel.class, network.random());
    }

    /** Remembers a connection that has ended well, to acknowledge the peer's end once more. */
    void remember(Flow flow, long next) {
        ended.put(flow, next);
        if (ended.size() > MOST_MEMORIES) {
            ended.remove(ended.keySet().iterator().next());
        }
    }

    /** Tells whether a port is in use for a connection from here, maybe one without a program. */
    boolean isBusy(InetAddress local, int port, InetSocketAddress remote) {
        return connections.containsKey(new Flow(new InetSocketAddress(local, port), remote));
    }

    @Override
    public String toString() {
        return "Host(%s, %s, %s)".formatted(name, addresses, isCrashed() ? "crashed" : "up");
    }
}
