package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * One end of a TCP connection, in the kernel of a simulated host.
 *
 * <pre>
 * SYN_SENT ─────┬─► OPEN ─► GONE
 * SYN_RECEIVED ─┘
 * </pre>
 *
 * <p>While it is OPEN either half may have ended. It is GONE when both have and the program has
 * closed it, when it has failed, or when its host has crashed; until then it goes on without a
 * program if need be, to get rid of what was written.
 */
final class TcpEndpoint {

    enum State {
        SYN_SENT,
        SYN_RECEIVED,
        OPEN,
        GONE
    }

    /** What has ended a connection. */
    enum Failure {
        REFUSED,
        TIMED_OUT,
        RESET
    }

    private static final long FIRST_RETRY = Duration.ofSeconds(1).toNanos();

    final InetSocketAddress local;
    final InetSocketAddress remote;
    final boolean active;
    private final Host host;
    private final SimulatedNetwork network;
    private final TcpModel model;
    private final SendSide sending;
    private final ReceiveSide receiving;

    private State state;
    private @Nullable Failure failure;
    private @Nullable SimulatedChannel channel;
    private final @Nullable SimulatedServerSocketChannel listener;
    private boolean closed; // by the program
    private boolean owesAcknowledgement;
    private boolean acknowledgementQueued;
    private long lastArrival;
    private final long made;
    private long retry = FIRST_RETRY;
    private Timeline.@Nullable Event timer;

    /** Makes one that asks for a connection, or that was asked for one by a packet. */
    TcpEndpoint(
            Host host,
            Flow flow,
            @Nullable SimulatedServerSocketChannel listener,
            int sendBuffer,
            int receiveBuffer) {
        this.host = host;
        this.network = host.network();
        this.model = network.tcp();
        this.local = flow.local();
        this.remote = flow.remote();
        this.listener = listener;
        this.active = listener == null;
        this.state = active ? State.SYN_SENT : State.SYN_RECEIVED;
        this.sending = new SendSide(this, model, sendBuffer);
        this.receiving = new ReceiveSide(this, model, receiveBuffer);
        this.made = network.timeline().now();
        host.connections.put(flow, this);
    }

    // ---------------------------------------------------------------- handshake

    /** Sends the first packet of the handshake, now and, without an answer, again. */
    void shakeHands() {
        greet(false);
        setRetryTimer();
    }

    private void greet(boolean again) {
        send(active ? Segment.Type.SYN : Segment.Type.SYN_ACK, 0, Segment.NOTHING, again);
    }

    private void setRetryTimer() {
        long givenUp = made + model.synTimeout().toNanos() - now();
        timer = after(Math.max(0, Math.min(retry, givenUp)), this::greetAgain);
    }

    private void greetAgain() {
        timer = null;
        if (now() - made >= model.synTimeout().toNanos()) {
            timeOut();
            return;
        }
        retry *= 2;
        greet(true);
        setRetryTimer();
    }

    private void open(Segment segment) {
        state = State.OPEN;
        stopTimer();
        if (retry == FIRST_RETRY) { // else one would not know what was answered
            sending.measured(now() - made);
        }
        sending.open(segment.limit);
        if (listener != null) {
            listener.established(this);
        } else {
            trace(Kind.CONNECT, "");
        }
        touch();
    }

    // ---------------------------------------------------------------- packets

    void receive(Segment segment) {
        switch (state) {
            case SYN_SENT -> {
                if (segment.type == Segment.Type.SYN_ACK) {
                    open(segment);
                    acknowledgeNow();
                } else if (segment.type == Segment.Type.RST) {
                    fail(Failure.REFUSED);
                }
            }
            case SYN_RECEIVED -> {
                switch (segment.type) {
                    case SYN -> greet(true);
                    case RST -> fail(Failure.RESET);
                    default -> enter(segment);
                }
            }
            case OPEN -> take(segment);
            case GONE -> {}
        }
    }

    /** The handshake is over for the peer; it is for us if the program has room for it. */
    private void enter(Segment segment) {
        SimulatedServerSocketChannel at = Objects.requireNonNull(listener);
        at.whenRoom(
                () -> {
                    if (state == State.SYN_RECEIVED) {
                        open(segment);
                    }
                    if (state == State.OPEN) {
                        take(segment);
                    }
                },
                () -> at.refuse(segment));
    }

    private void take(Segment segment) {
        switch (segment.type) {
            case RST -> {
                fail(Failure.RESET);
                return;
            }
            case SYN -> {
                return; // a late copy
            }
            case SYN_ACK -> { // it has not got the acknowledgement
                acknowledgeNow();
                return;
            }
            default -> {}
        }
        if (closed && segment.size() > 0 && segment.number + segment.size() > receiving.next()) {
            reset(); // it is new, and nobody is there who could read it
            return;
        }
        sending.acknowledge(segment);
        if (!segment.isBare()) {
            if (receiving.accept(segment)) {
                acknowledgeSoon();
            } else {
                acknowledgeNow(); // it tells the sender what lacks
            }
        } else if (segment.type == Segment.Type.PROBE) {
            acknowledgeNow();
        }
        touch();
        endIfOver();
    }

    void send(Segment.Type type, long number, byte[] payload, boolean again) {
        owesAcknowledgement = false;
        lastArrival =
                network.wire()
                        .send(
                                host,
                                new Segment(
                                        local,
                                        remote,
                                        type,
                                        number,
                                        payload,
                                        receiving.next(),
                                        receiving.promise(),
                                        again),
                                lastArrival);
    }

    /** Acknowledges at the end of the turn, all that has come until then at once. */
    private void acknowledgeSoon() {
        owesAcknowledgement = true;
        if (!acknowledgementQueued) {
            acknowledgementQueued = true;
            network.timeline()
                    .soon(
                            () -> {
                                acknowledgementQueued = false;
                                if (owesAcknowledgement) {
                                    acknowledgeNow();
                                }
                            });
        }
    }

    void acknowledgeNow() {
        if (state == State.OPEN) {
            send(Segment.Type.ACK, sending.next(), Segment.NOTHING, false);
        }
    }

    /** The sending side has got rid of something. */
    void acknowledged() {
        touch();
        endIfOver();
    }

    // ---------------------------------------------------------------- the program's side

    /** Gives the endpoint the channel that is told of changes. */
    void attach(SimulatedChannel newChannel) {
        channel = newChannel;
    }

    State state() {
        return state;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    @Nullable Failure failure() {
        return failure;
    }

    boolean isReadable() {
        return receiving.available() > 0 || receiving.isEnded() || state == State.GONE;
    }

    boolean isWritable() {
        return state == State.GONE || sending.isEnded() || sending.hasRoom();
    }

    /** Tells whether the peer has ended its stream, and all of it was received. */
    boolean isEnded() {
        return receiving.isEnded();
    }

    int available() {
        return receiving.available();
    }

    int read(ByteBuffer target, int most) {
        return receiving.read(target, most);
    }

    int write(ByteBuffer source) {
        return sending.write(source);
    }

    void shutdownOutput() {
        sending.end();
    }

    void shutdownInput() {
        receiving.discard();
    }

    /**
     * Closes it for the program. What was written is still sent.
     *
     * @param abort whether to drop it instead, and reset the connection
     */
    void close(boolean abort) {
        if (closed) {
            return;
        }
        closed = true;
        channel = null;
        if (state == State.OPEN) {
            if (abort || receiving.available() > 0) {
                reset();
                return;
            }
            trace(Kind.CLOSE, "");
            sending.end();
            endIfOver();
        } else {
            vanish();
        }
    }

    /** Ends the connection at once, and says so to the peer. */
    void reset() {
        if (state == State.OPEN || state == State.SYN_RECEIVED) {
            send(Segment.Type.RST, sending.next(), Segment.NOTHING, false);
        }
        vanish();
    }

    // ---------------------------------------------------------------- the end

    private void endIfOver() {
        if (!closed || state != State.OPEN || !sending.isEndAcknowledged()) {
            return;
        }
        if (receiving.isEnded()) {
            if (owesAcknowledgement) {
                acknowledgeNow();
            }
            host.remember(new Flow(local, remote), receiving.next());
            vanish();
        } else if (timer == null) {
            timer = after(model.finWait().toNanos(), this::vanish);
        }
    }

    void timeOut() {
        fail(Failure.TIMED_OUT);
    }

    void fail(Failure cause) {
        if (state == State.GONE) {
            return;
        }
        failure = cause;
        String what =
                switch (cause) {
                    case REFUSED -> "connection refused";
                    case TIMED_OUT -> "connection timed out";
                    case RESET -> "connection reset";
                };
        trace(Kind.ERROR, what);
        SimulatedChannel told = channel;
        vanish();
        channel = told;
        touch();
    }

    /** Ends it without a word. */
    void vanish() {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        stopTimer();
        sending.stopTimer();
        channel = null;
        host.connections.remove(new Flow(local, remote), this);
        if (listener != null) {
            listener.forget(this);
        }
    }

    // ---------------------------------------------------------------- services

    Host host() {
        return host;
    }

    long now() {
        return network.timeline().now();
    }

    Timeline.Event after(long nanos, Runnable action) {
        return network.timeline().after(nanos, action);
    }

    private void stopTimer() {
        Timeline.Event running = timer;
        if (running != null) {
            running.cancel();
            timer = null;
        }
    }

    /** Returns a count up to {@code most}, if the model cuts anywhere. */
    int cut(int most) {
        if (most <= 1 || model.segmentation() == Segmentation.MSS) {
            return most;
        }
        RandomGenerator random = network.random();
        return random.nextBoolean() ? most : 1 + random.nextInt(most);
    }

    private void touch() {
        SimulatedChannel told = channel;
        if (told != null) {
            told.touch();
        }
    }

    Place here() {
        return network.wire().place(local, host);
    }

    Place there() {
        return network.wire().place(remote, host);
    }

    private void trace(Kind kind, String what) {
        network.log().add(kind, here(), there(), what);
    }

    @Override
    public String toString() {
        return "%s → %s, %s".formatted(here(), there(), state);
    }
}
