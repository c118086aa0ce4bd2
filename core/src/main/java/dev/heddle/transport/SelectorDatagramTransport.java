package dev.heddle.transport;

import dev.heddle.ChannelOwner;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.OwnedChannel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Objects;

/**
 * Datagrams over a channel that the loop's reactor watches.
 *
 * <pre>
 * NEW ─► OPEN ─► CLOSING ─► LOST ─► CLOSED
 *  begin()  close()   all sent  connectionLost()
 * </pre>
 *
 * <p>Each state can be left early: by {@link #abort} or a fatal error, which lead to LOST at once.
 *
 * <p>A datagram either is taken by the system as a whole or waits in the queue. Errors of the
 * network concern one datagram or an earlier one, so they are told and the transport lives; and
 * what the protocol throws at a datagram is reported, and does not cost it the others.
 *
 * <p>Source: {@code asyncio.selector_events._SelectorDatagramTransport}.
 */
final class SelectorDatagramTransport implements DatagramTransport, ChannelOwner {

    private enum State {
        NEW,
        OPEN,
        CLOSING,
        LOST,
        CLOSED
    }

    /** Most datagrams of one event, so that a fast sender lets others have their turn. */
    static final int MOST_RECEIVES = 32;

    /** Most datagrams sent by one event. */
    private static final int MOST_SENDS = 32;

    /** What a datagram in the queue counts besides its bytes, so that empty ones have a limit. */
    static final int DATAGRAM_OVERHEAD = 8;

    /** The most bytes of a datagram: those of an IPv6 packet less the header of UDP. */
    private static final int MOST_BYTES = 65_527;

    /** Sends to a lost endpoint before there is a warning. */
    private static final int SENDS_TO_IGNORE = 4;

    static final String EMPTY_ON_CONNECTED =
            "The JDK sends no empty datagram on a socket that is connected to its peer; leave the"
                    + " socket open to all, and name the address when sending";

    private record Waiting(ByteBuffer data, @Nullable InetSocketAddress address) {}

    private final EventLoop loop;
    private final DatagramChannel channel;
    private final DatagramProtocol protocol;
    private final OwnedChannel owned;
    private final LoopBuffers buffers;
    private final FlowControl flow;
    private final @Nullable SocketAddress local;
    private final @Nullable InetSocketAddress remote;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(1);

    private State state = State.NEW;
    private long queued; // bytes, with the overhead
    private int ignoredSends;

    /** Takes over a channel that is in non-blocking mode. */
    SelectorDatagramTransport(
            EventLoop loop,
            DatagramChannel channel,
            DatagramProtocol protocol,
            @Nullable SocketAddress remote,
            WriteBufferLimits limits)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.protocol = protocol;
        this.local = channel.getLocalAddress();
        this.remote = (InetSocketAddress) remote;
        this.buffers = LoopBuffers.of(loop);
        this.flow = new FlowControl(loop);
        this.flow.limits(limits);
        this.owned = loop.ownChannel(channel, this);
    }

    /**
     * Soon tells the protocol that it is there, then begins to receive, then completes {@code
     * made}.
     */
    void begin(Future<@Nullable Void> made) {
        loop.callSoon(() -> connectionMade(made));
    }

    private void connectionMade(Future<@Nullable Void> made) {
        try {
            protocol.connectionMade(this);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            if (made.done()) {
                report("connectionMade", e);
            } else {
                made.setException(e); // there is somebody to tell
            }
            lose(e);
            return;
        }
        if (state == State.NEW) {
            state = State.OPEN;
            owned.reads(true);
        }
        if (!made.done()) {
            made.setResult(null);
        }
    }

    // ---------------------------------------------------------------- receiving

    @Override
    public void readable() {
        for (int n = 0; n < MOST_RECEIVES && owned.reads(); n++) {
            ByteBuffer input = buffers.input();
            InetSocketAddress sender;
            try {
                sender = (InetSocketAddress) channel.receive(input);
            } catch (IOException e) {
                failed("receive", e);
                return;
            } catch (KeyboardInterrupt e) {
                throw e;
            } catch (Throwable e) {
                fatal("receive", e);
                return;
            }
            if (sender == null) {
                return;
            }
            try {
                protocol.datagramReceived(input.flip(), sender);
            } catch (KeyboardInterrupt e) {
                throw e;
            } catch (Throwable e) {
                report("datagramReceived", e);
            }
        }
    }

    // ---------------------------------------------------------------- sending

    @Override
    public void sendTo(ByteBuffer data, @Nullable InetSocketAddress address) {
        checkThread("sendTo");
        checkAddress(address);
        if (isClosing()) {
            data.position(data.limit());
            ignoreSend();
            return;
        }
        if (queue.isEmpty() && trySend(data, address)) {
            data.position(data.limit());
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
        queue.add(new Waiting(copy, address));
        queued += copy.remaining() + DATAGRAM_OVERHEAD;
        owned.writes(true);
        flow.grown(queued, protocol);
    }

    private void checkAddress(@Nullable InetSocketAddress address) {
        if (remote == null) {
            if (address == null) {
                throw new IllegalArgumentException(
                        "sendTo needs an address, as the endpoint was made without remoteAddress");
            }
            if (address.isUnresolved()) {
                throw new IllegalArgumentException(
                        "sendTo does not wait, and cannot look a name up: get an address of %s with"
                                        .formatted(address)
                                + " Names.getaddrinfo before");
            }
        } else if (address != null && !address.equals(remote)) {
            throw new IllegalArgumentException(
                    "sendTo: the endpoint was made for %s only, and cannot send to %s"
                            .formatted(remote, address));
        }
    }

    /** Returns whether there is nothing more to do for it: it is sent, or has failed. */
    private boolean trySend(ByteBuffer data, @Nullable InetSocketAddress address) {
        int size = data.remaining();
        try {
            if (remote != null) {
                if (size == 0) {
                    throw new IOException(EMPTY_ON_CONNECTED);
                }
                return channel.write(data) > 0;
            }
            // The JDK returns 0 both for an empty one that is sent and for one that is not.
            return channel.send(data, Objects.requireNonNull(address)) > 0 || size == 0;
        } catch (IOException e) {
            failed("send", isTooLarge(e, size) ? tooLarge(e, size) : e);
            return true;
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            fatal("send", e);
            return true;
        }
    }

    private static boolean isTooLarge(IOException e, int size) {
        return size > MOST_BYTES || "Message too long".equals(e.getMessage());
    }

    private static IOException tooLarge(IOException e, int size) {
        var clearer =
                new SocketException(
                        ("A datagram of %d bytes is too large to send: UDP takes at most 65507"
                             + " bytes over IPv4 and %d over IPv6, and some networks less")
                                .formatted(size, MOST_BYTES));
        clearer.initCause(e);
        return clearer;
    }

    @Override
    public void writable() {
        for (int n = 0; n < MOST_SENDS && !queue.isEmpty(); n++) {
            Waiting next = queue.getFirst();
            int size = next.data.remaining();
            if (size == 0 && n > 0) {
                break; // it cannot be told from one without room: let the reactor say there is some
            }
            if (!trySend(next.data, next.address)) {
                break;
            }
            if (queue.isEmpty()) {
                return; // it was aborted by the protocol, which was told of an error
            }
            queue.removeFirst();
            queued -= size + DATAGRAM_OVERHEAD;
        }
        flow.shrunk(queued, protocol); // the protocol may send more
        if (queue.isEmpty() && !isLost()) {
            owned.writes(false);
            if (state == State.CLOSING) {
                lose(null);
            }
        }
    }

    private void ignoreSend() {
        if (++ignoredSends > SENDS_TO_IGNORE) {
            System.getLogger("dev.heddle")
                    .log(
                            Level.WARNING,
                            "Send number {0} to an endpoint that is closed: {1}. Stop sending when"
                                    + " isClosing().",
                            Integer.toString(ignoredSends),
                            this);
        }
    }

    @Override
    public int getWriteBufferSize() {
        return (int) Math.min(queued, Integer.MAX_VALUE);
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return flow.limits();
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits limits) {
        checkThread("setWriteBufferLimits");
        flow.limits(Objects.requireNonNull(limits, "limits"));
        flow.grown(queued, protocol);
        flow.shrunk(queued, protocol);
    }

    // ---------------------------------------------------------------- closing

    @Override
    public boolean isClosing() {
        return state.compareTo(State.CLOSING) >= 0;
    }

    private boolean isLost() {
        return state.compareTo(State.LOST) >= 0;
    }

    @Override
    public void close() {
        checkThread("close");
        if (isClosing()) {
            return;
        }
        state = State.CLOSING;
        owned.reads(false);
        if (queue.isEmpty()) {
            lose(null);
        }
    }

    @Override
    public void abort() {
        checkThread("abort");
        lose(null);
    }

    /** The network has an error; the transport lives, if there still is a socket. */
    private void failed(String operation, IOException e) {
        if (!channel.isOpen()) {
            fatal(operation, e); // somebody has closed it behind our back
            return;
        }
        try {
            protocol.errorReceived(clearer(e));
        } catch (KeyboardInterrupt interrupt) {
            throw interrupt;
        } catch (Throwable thrown) {
            thrown.addSuppressed(e);
            report("errorReceived", thrown);
        }
    }

    /** The JDK's error of a port that is closed has no text. */
    private IOException clearer(IOException e) {
        if (!(e instanceof PortUnreachableException) || e.getMessage() != null) {
            return e;
        }
        var clearer = new PortUnreachableException("Nobody receives at " + remote);
        clearer.initCause(e);
        return clearer;
    }

    private void fatal(String operation, Throwable e) {
        if (!(e instanceof IOException)) {
            loop.callExceptionHandler(
                    ErrorContext.of("Fatal %s error on %s".formatted(operation, this), e));
        }
        lose(e);
    }

    private void report(String method, Throwable e) {
        loop.callExceptionHandler(
                ErrorContext.of(
                        "protocol.%s() failed: %s on %s"
                                .formatted(method, protocol.getClass().getName(), this),
                        e));
    }

    private void lose(@Nullable Throwable error) {
        if (isLost()) {
            return;
        }
        state = State.LOST;
        owned.reads(false);
        owned.writes(false);
        queue.clear();
        queued = 0;
        loop.callSoon(() -> lost(error));
    }

    private void lost(@Nullable Throwable error) {
        try {
            protocol.connectionLost(error);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            report("connectionLost", e);
        } finally {
            state = State.CLOSED;
            owned.close();
        }
    }

    @Override
    public void loopClosed() {
        state = State.CLOSED;
        queue.clear();
        owned.close();
    }

    static void closeQuietly(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody can do anything about it, and the descriptor is gone in any case.
        }
    }

    private void checkThread(String operation) {
        if (!loop.isRunningHere() && loop.isRunning()) {
            throw new IllegalStateException(
                    "%s was called on %s, and %s belongs to %s; use its callSoonThreadsafe"
                            .formatted(operation, Thread.currentThread(), this, loop));
        }
    }

    // ---------------------------------------------------------------- about itself

    @Override
    public EventLoop getLoop() {
        return loop;
    }

    @Override
    public DatagramProtocol getProtocol() {
        return protocol;
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        Object value = null;
        if (key == ExtraInfo.SOCKET) {
            value = (SelectableChannel) channel;
        } else if (key == ExtraInfo.SOCKNAME) {
            value = local;
        } else if (key == ExtraInfo.PEERNAME) {
            value = remote;
        }
        return value == null ? null : key.cast(value);
    }

    @Override
    public String toString() {
        return "DatagramTransport(%s, %s -> %s, %d bytes to send)"
                .formatted(
                        state.name().toLowerCase(Locale.ROOT),
                        local,
                        remote == null ? "any" : remote,
                        queued);
    }
}
