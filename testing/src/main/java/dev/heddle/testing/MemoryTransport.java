package dev.heddle.testing;

import dev.heddle.Asyncio;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.transport.BufferedProtocol;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.StreamingProtocol;
import dev.heddle.transport.Transport;
import dev.heddle.transport.WriteBufferLimits;

import org.jspecify.annotations.Nullable;

import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One end of a connection that is nothing but memory: for tests of protocols without a network.
 *
 * <pre>
 * OPEN ─► CLOSING ─► LOST      closing: what was written still goes out, nothing comes in
 * </pre>
 *
 * <p>What one end writes is on its way, as far as {@link MemoryOptions#capacity} allows, and waits
 * in the write buffer beyond that. The other end's protocol gets a chunk a turn of the loop. No
 * time passes on the way. The memory of what a protocol was handed is overwritten after the call,
 * since it is valid only during it.
 */
public final class MemoryTransport implements Transport {

    /**
     * Both ends of a connection.
     *
     * @param one the end of the first protocol
     * @param other the end of the second one
     */
    public record Ends(MemoryTransport one, MemoryTransport other) {}

    /** What a protocol is told. */
    @FunctionalInterface
    private interface Call {

        void run() throws Exception;
    }

    private final EventLoop loop;
    private final MemoryOptions options;
    private StreamingProtocol protocol;
    private @Nullable MemoryTransport peer;

    private final Bytes unsent = new Bytes(); // the write buffer
    private final Bytes arrived = new Bytes(); // what the protocol has not got yet
    private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;

    private boolean closing;
    private boolean lost;
    private boolean readingPaused;
    private boolean writingPaused;
    private boolean deliveryScheduled;
    private boolean eofAsked; // by writeEof
    private boolean eofSent;
    private boolean eofArrived;
    private boolean eofTold;

    private MemoryTransport(EventLoop loop, MemoryOptions options, StreamingProtocol protocol) {
        this.loop = loop;
        this.options = options;
        this.protocol = Objects.requireNonNull(protocol, "protocol");
    }

    /** Connects two protocols of the running loop; {@code connectionMade} is called at once. */
    public static Ends connect(
            StreamingProtocol one, StreamingProtocol other, MemoryOptions options) {
        EventLoop loop = Asyncio.getRunningLoop();
        var ends =
                new Ends(
                        new MemoryTransport(loop, options, one),
                        new MemoryTransport(loop, options, other));
        ends.one.peer = ends.other;
        ends.other.peer = ends.one;
        ends.one.tell("connectionMade", () -> one.connectionMade(ends.one));
        ends.other.tell("connectionMade", () -> other.connectionMade(ends.other));
        return ends;
    }

    private MemoryTransport peer() {
        return Objects.requireNonNull(peer);
    }

    /** Calls the protocol; an error goes to the exception handler, and ends the connection. */
    private void tell(String method, Call call) {
        try {
            call.run();
        } catch (Exception | Error e) {
            loop.callExceptionHandler(
                    ErrorContext.of("Fatal error: protocol.%s failed".formatted(method), e));
            fail(e);
        }
    }

    // ---------------------------------------------------------------- sending

    @Override
    public void write(ByteBuffer data) {
        if (eofAsked) {
            throw new IllegalStateException("write: the sending side was ended by writeEof");
        }
        if (closing || lost) {
            data.position(data.limit());
            return;
        }
        unsent.add(data);
        flush();
        updatePause();
    }

    @Override
    public void writelines(List<ByteBuffer> pieces) {
        pieces.forEach(this::write);
    }

    /** Copies {@code data}, as {@link #write(ByteBuffer)} does. */
    @Override
    public void lend(ByteBuffer data) {
        write(data);
    }

    @Override
    public void reclaim() {} // all was copied

    private void flush() {
        MemoryTransport other = peer();
        if (!unsent.isEmpty() && (other.lost || other.closing)) {
            unsent.clear();
            if (other.lost && !closing) {
                fail(new SocketException("Broken pipe"));
                return;
            }
        }
        int room = options.capacity() - other.arrived.size();
        int n = Math.min(room, unsent.size());
        if (n > 0) {
            other.arrived.add(ByteBuffer.wrap(unsent.take(n)));
            other.scheduleDelivery();
        }
        if (unsent.isEmpty()) {
            if (eofAsked) {
                sendEof();
            }
            if (closing) {
                lose(null);
            }
        }
    }

    private void sendEof() {
        if (!eofSent) {
            eofSent = true;
            peer().eofArrived = true;
            peer().scheduleDelivery();
        }
    }

    private void updatePause() {
        if (lost) {
            return;
        }
        if (!writingPaused && unsent.size() > limits.high()) {
            writingPaused = true;
            tell("pauseWriting", () -> protocol.pauseWriting());
        } else if (writingPaused && unsent.size() <= limits.low()) {
            writingPaused = false;
            tell("resumeWriting", () -> protocol.resumeWriting());
        }
    }

    @Override
    public void writeEof() {
        if (!eofAsked && !closing && !lost) {
            eofAsked = true;
            flush();
        }
    }

    @Override
    public boolean canWriteEof() {
        return true;
    }

    @Override
    public int getWriteBufferSize() {
        return unsent.size();
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return limits;
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits newLimits) {
        limits = Objects.requireNonNull(newLimits, "limits");
        updatePause();
    }

    // ---------------------------------------------------------------- receiving

    private void scheduleDelivery() {
        if (!deliveryScheduled && isReading()) {
            deliveryScheduled = true;
            loop.callSoon(this::deliver);
        }
    }

    private void deliver() {
        deliveryScheduled = false;
        if (!isReading()) {
            return;
        }
        if (!arrived.isEmpty()) {
            hand(arrived.take(Math.min(options.chunk(), arrived.size())));
            peer().flush();
            peer().updatePause();
            if (!arrived.isEmpty() || (eofArrived && !eofTold)) {
                scheduleDelivery();
            }
        } else if (eofArrived && !eofTold) {
            eofTold = true;
            tell(
                    "eofReceived",
                    () -> {
                        if (!protocol.eofReceived()) {
                            close();
                        }
                    });
        }
    }

    private void hand(byte[] data) {
        switch (protocol) {
            case Protocol p -> tell("dataReceived", () -> p.dataReceived(ByteBuffer.wrap(data)));
            case BufferedProtocol p -> tell("bufferUpdated", () -> fill(p, data));
        }
        Arrays.fill(data, (byte) 0xDD);
    }

    private void fill(BufferedProtocol receiver, byte[] data) throws Exception {
        for (int done = 0; done < data.length && isOpen(); ) {
            ByteBuffer target = receiver.getBuffer(data.length - done);
            int n = Math.min(target.remaining(), data.length - done);
            if (n == 0) {
                throw new IllegalStateException("getBuffer has returned a buffer without room");
            }
            target.put(data, done, n);
            done += n;
            receiver.bufferUpdated(n);
        }
    }

    private boolean isOpen() {
        return !closing && !lost;
    }

    @Override
    public boolean isReading() {
        return !readingPaused && isOpen();
    }

    @Override
    public void pauseReading() {
        readingPaused = true;
    }

    @Override
    public void resumeReading() {
        readingPaused = false;
        if (!arrived.isEmpty() || (eofArrived && !eofTold)) {
            scheduleDelivery();
        }
    }

    // ---------------------------------------------------------------- the end

    @Override
    public void close() {
        if (isOpen()) {
            closing = true;
            arrived.clear();
            peer().flush();
            flush();
        }
    }

    @Override
    public void abort() {
        if (!lost) {
            closing = true;
            unsent.clear();
            lose(null);
        }
    }

    /**
     * Breaks the connection, as a network may: this end is lost with {@code error}, and the other
     * one with a reset. Idempotent.
     */
    public void fail(Throwable error) {
        if (!lost) {
            closing = true;
            unsent.clear();
            eofSent = true; // the peer is not to take it for an end in order
            lose(error);
            peer().wasReset();
        }
    }

    private void wasReset() {
        if (!lost) {
            closing = true;
            unsent.clear();
            eofSent = true;
            lose(new SocketException("Connection reset"));
        }
    }

    private void lose(@Nullable Throwable error) {
        if (lost) {
            return;
        }
        lost = true;
        arrived.clear();
        sendEof();
        loop.callSoon(
                () -> {
                    try {
                        protocol.connectionLost(error);
                    } catch (Exception | Error e) {
                        loop.callExceptionHandler(
                                ErrorContext.of("protocol.connectionLost failed", e));
                    }
                });
        peer().flush();
        peer().updatePause();
    }

    @Override
    public boolean isClosing() {
        return closing || lost;
    }

    // ---------------------------------------------------------------- the rest

    @Override
    public EventLoop getLoop() {
        return loop;
    }

    /** Returns null: a connection in memory has neither addresses nor a socket. */
    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        return null;
    }

    @Override
    public StreamingProtocol getProtocol() {
        return protocol;
    }

    @Override
    public void setProtocol(StreamingProtocol newProtocol) {
        protocol = Objects.requireNonNull(newProtocol, "protocol");
    }

    @Override
    public String toString() {
        return "MemoryTransport(%s, %d unsent, %d arrived)"
                .formatted(
                        lost ? "lost" : closing ? "closing" : "open",
                        unsent.size(),
                        arrived.size());
    }
}
