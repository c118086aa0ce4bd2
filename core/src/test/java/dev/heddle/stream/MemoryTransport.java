package dev.heddle.stream;

import dev.heddle.EventLoop;
import dev.heddle.transport.BufferedProtocol;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.StreamingProtocol;
import dev.heddle.transport.Transport;
import dev.heddle.transport.WriteBufferLimits;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * One end of a connection in memory, as exact as the contract of transports allows.
 *
 * <p>{@code capacity} stands for the system's buffers: so many bytes are taken at once, and a byte
 * gets room when the peer's protocol has received one. What is handed to a protocol is destroyed
 * after the call.
 */
final class MemoryTransport implements Transport {

    private final EventLoop loop;
    private final SocketAddress name;
    private StreamingProtocol protocol;
    private MemoryTransport peer;

    /** How many bytes the system takes from this side. */
    int capacity = 256 * 1024;

    /** How many bytes the protocol of this side gets at once. */
    int chunk = 64 * 1024;

    /** Whether it hands on what it has already inside {@code resumeReading}. */
    boolean eager;

    /** A transport that is broken: it never says that it is closed. */
    boolean deaf;

    private final ArrayDeque<ByteBuffer> outgoing = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> lent = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> incoming = new ArrayDeque<>();
    private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
    private boolean writingPaused;
    private boolean readingPaused;
    private boolean deliveryScheduled;
    private boolean eofAsked;
    private boolean eofSent;
    private boolean eofCame;
    private boolean eofTold;
    private boolean closing;
    private boolean lost;

    /** How often reading was paused, and how often it was resumed. */
    int pauses;

    int resumes;

    /** The most that was ever in the write buffer. */
    int highest;

    private MemoryTransport(EventLoop loop, int port) {
        this.loop = loop;
        this.name = new InetSocketAddress("127.0.0.1", port);
    }

    /** Connects two protocols. */
    static MemoryTransport[] connect(EventLoop loop, StreamingProtocol a, StreamingProtocol b)
            throws Exception {
        var left = new MemoryTransport(loop, 1);
        var right = new MemoryTransport(loop, 2);
        left.protocol = a;
        right.protocol = b;
        left.peer = right;
        right.peer = left;
        a.connectionMade(left);
        b.connectionMade(right);
        return new MemoryTransport[] {left, right};
    }

    // ---------------------------------------------------------------- out

    @Override
    public void write(ByteBuffer data) {
        var copy = ByteBuffer.allocate(data.remaining());
        copy.put(data).flip();
        send(copy);
    }

    @Override
    public void writelines(List<ByteBuffer> pieces) {
        pieces.forEach(this::write);
    }

    @Override
    public void lend(ByteBuffer data) {
        lent.add(data);
        send(data);
        if (outgoing.isEmpty()) {
            lent.clear();
        }
    }

    @Override
    public void reclaim() {
        for (ByteBuffer data : lent) {
            if (outgoing.contains(data)) {
                var all = List.copyOf(outgoing);
                outgoing.clear();
                for (ByteBuffer one : all) {
                    outgoing.add(one == data ? copyOf(one) : one);
                }
            }
        }
        lent.clear();
    }

    private static ByteBuffer copyOf(ByteBuffer data) {
        var copy = ByteBuffer.allocate(data.remaining());
        copy.put(data.duplicate()).flip();
        return copy;
    }

    private void send(ByteBuffer data) {
        if (eofAsked) {
            throw new IllegalStateException("Cannot call write() after writeEof()");
        }
        if (lost || (closing && outgoing.isEmpty())) {
            data.position(data.limit());
            return;
        }
        outgoing.add(data);
        pump();
        highest = Math.max(highest, getWriteBufferSize());
        updatePause();
    }

    private int inFlight() {
        return peer.incoming.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    private void pump() {
        while (!outgoing.isEmpty()) {
            ByteBuffer first = outgoing.peek();
            int room = capacity - inFlight();
            int n = Math.min(room, first.remaining());
            if (n > 0) {
                var part = new byte[n];
                first.get(part);
                if (!peer.lost && !peer.closing) {
                    peer.incoming.add(ByteBuffer.wrap(part));
                }
            }
            if (first.hasRemaining()) {
                break;
            }
            outgoing.remove();
        }
        peer.scheduleDelivery();
        if (outgoing.isEmpty()) {
            lent.clear();
            if (eofAsked) {
                sendEof();
            }
            if (closing && !lost) {
                sendEof();
                lose(null);
            }
        }
    }

    private void sendEof() {
        if (!eofSent) {
            eofSent = true;
            peer.eofCame = true;
            peer.scheduleDelivery();
        }
    }

    private void updatePause() {
        int size = getWriteBufferSize();
        try {
            if (!writingPaused && size > limits.high()) {
                writingPaused = true;
                protocol.pauseWriting();
            } else if (writingPaused && size <= limits.low()) {
                writingPaused = false;
                protocol.resumeWriting();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---------------------------------------------------------------- in

    private void scheduleDelivery() {
        if (!deliveryScheduled && !lost) {
            deliveryScheduled = true;
            loop.callSoon(this::deliverScheduled);
        }
    }

    private void deliverScheduled() {
        deliveryScheduled = false;
        deliver();
    }

    private void deliver() {
        if (readingPaused || closing || lost) {
            return;
        }
        try {
            if (!incoming.isEmpty()) {
                deliverChunk();
                peer.pump();
                peer.updatePause();
                scheduleDelivery();
            } else if (eofCame && !eofTold) {
                eofTold = true;
                if (!protocol.eofReceived()) {
                    close();
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void deliverChunk() throws Exception {
        switch (protocol) {
            case Protocol p -> {
                var data = new byte[chunk];
                p.dataReceived(ByteBuffer.wrap(data, 0, takeIncoming(data, chunk)).slice());
                Arrays.fill(data, (byte) '#');
            }
            case BufferedProtocol p -> {
                ByteBuffer target = p.getBuffer(-1);
                var data = new byte[Math.min(chunk, target.remaining())];
                int n = takeIncoming(data, data.length);
                target.put(data, 0, n);
                p.bufferUpdated(n);
            }
        }
    }

    private int takeIncoming(byte[] data, int most) {
        int n = 0;
        while (n < most && !incoming.isEmpty()) {
            ByteBuffer first = incoming.peek();
            int m = Math.min(most - n, first.remaining());
            first.get(data, n, m);
            n += m;
            if (!first.hasRemaining()) {
                incoming.remove();
            }
        }
        return n;
    }

    // ---------------------------------------------------------------- the end

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            incoming.clear();
            if (outgoing.isEmpty()) {
                sendEof();
                lose(null);
            }
        }
    }

    @Override
    public void abort() {
        closing = true;
        outgoing.clear();
        sendEof();
        lose(null);
    }

    /** Breaks this end: the protocol is told of {@code error}. */
    void fail(@Nullable Throwable error) {
        closing = true;
        outgoing.clear();
        lose(error);
    }

    private void lose(@Nullable Throwable error) {
        if (lost || deaf) {
            return;
        }
        lost = true;
        incoming.clear();
        peer.pump();
        loop.callSoon(
                () -> {
                    try {
                        peer.updatePause();
                        protocol.connectionLost(error);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    // ---------------------------------------------------------------- the rest

    @Override
    public EventLoop getLoop() {
        return loop;
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        if (key == ExtraInfo.SOCKNAME) {
            return key.cast(name);
        }
        return key == ExtraInfo.PEERNAME ? key.cast(peer.name) : null;
    }

    @Override
    public boolean isClosing() {
        return closing || lost;
    }

    @Override
    public boolean isReading() {
        return !readingPaused && !closing;
    }

    @Override
    public void pauseReading() {
        pauses += readingPaused ? 0 : 1;
        readingPaused = true;
    }

    @Override
    public void resumeReading() {
        resumes += readingPaused ? 1 : 0;
        boolean wasPaused = readingPaused;
        readingPaused = false;
        if (eager && wasPaused) {
            deliver();
        }
        scheduleDelivery();
    }

    @Override
    public void setProtocol(StreamingProtocol newProtocol) {
        protocol = newProtocol;
    }

    @Override
    public StreamingProtocol getProtocol() {
        return protocol;
    }

    @Override
    public void writeEof() {
        eofAsked = true;
        pump();
    }

    @Override
    public boolean canWriteEof() {
        return true;
    }

    @Override
    public int getWriteBufferSize() {
        return outgoing.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return limits;
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits newLimits) {
        limits = newLimits;
        updatePause();
    }
}
