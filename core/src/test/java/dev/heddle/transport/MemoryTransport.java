package dev.heddle.transport;

import dev.heddle.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * One end of a connection that is nothing but memory: what one end writes the other one gets, in
 * pieces of a size that the test chooses, a piece a turn of the loop. What is not yet delivered is
 * the write buffer, as the other end does not read.
 */
final class MemoryTransport implements Transport {

    /** How many bytes to deliver at once, of those that there are. */
    interface Cut extends IntUnaryOperator {

        static Cut whole() {
            return n -> n;
        }

        static Cut of(int size) {
            return n -> Math.min(n, size);
        }

        /** Cuts at random, but always in the same way. */
        static Cut random(long seed) {
            var random = new Random(seed);
            return n -> 1 + random.nextInt(random.nextInt(4) == 0 ? n : Math.min(n, 100));
        }
    }

    private final EventLoop loop;
    private final Cut cut;
    private @Nullable MemoryTransport other;
    private StreamingProtocol protocol;
    private ByteBuffer out = ByteBuffer.allocate(1024);
    private final FlowControl flow;
    private boolean reading;
    private boolean closing;
    private boolean outEnds;
    private boolean lost;
    private boolean delivering;

    /** Most bytes that ever waited in the write buffer. */
    int mostBuffered;

    /** Everything that was written. */
    long written;

    /** How many writes there were. */
    int writes;

    private MemoryTransport(EventLoop loop, StreamingProtocol protocol, Cut cut) {
        this.loop = loop;
        this.protocol = protocol;
        this.cut = cut;
        this.flow = new FlowControl(loop);
    }

    /** Connects two protocols; returns the first one's end. */
    static MemoryTransport connect(
            EventLoop loop, StreamingProtocol one, StreamingProtocol two, Cut cut) {
        var a = new MemoryTransport(loop, one, cut);
        var b = new MemoryTransport(loop, two, cut);
        a.other = b;
        b.other = a;
        loop.callSoon(a::begin);
        loop.callSoon(b::begin);
        return a;
    }

    MemoryTransport other() {
        return java.util.Objects.requireNonNull(other);
    }

    private void begin() {
        try {
            protocol.connectionMade(this);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        reading = true;
        other().deliverSoon();
    }

    /** Delivers {@code bytes} to the other end as if this one had written them. */
    void inject(byte[] bytes) {
        append(ByteBuffer.wrap(bytes));
    }

    /** The network between the two breaks. */
    void breakDown() {
        lose(new IOException("Connection reset"));
        other().lose(new IOException("Connection reset"));
    }

    /** This end stops sending without saying so to its own protocol. */
    void endOutput() {
        outEnds = true;
        deliverSoon();
    }

    private void append(ByteBuffer data) {
        written += data.remaining();
        writes++;
        if (out.remaining() < data.remaining()) {
            out = ByteBuffer.allocate(2 * (out.position() + data.remaining())).put(out.flip());
        }
        out.put(data);
        mostBuffered = Math.max(mostBuffered, out.position());
        deliverSoon();
    }

    private void deliverSoon() {
        if (!delivering && !lost) {
            delivering = true;
            loop.callSoon(this::deliver);
        }
    }

    private void deliver() {
        delivering = false;
        MemoryTransport to = other();
        if (lost) {
            return;
        }
        if (to.lost) {
            lose(closing ? null : new IOException("Broken pipe"));
            return;
        }
        if (to.closing) { // it receives nothing any more
            out.clear();
        } else if (!to.reading) {
            return;
        }
        if (out.position() > 0) {
            out.flip();
            byte[] piece = new byte[cut.applyAsInt(out.remaining())];
            out.get(piece);
            out.compact();
            to.receive(ByteBuffer.wrap(piece));
            flow.shrunk(out.position(), protocol);
            deliverSoon();
        } else {
            flow.shrunk(0, protocol);
            if (outEnds || closing) {
                to.end();
            }
            if (closing) {
                lose(null);
            }
        }
    }

    private void receive(ByteBuffer piece) {
        try {
            while (piece.hasRemaining()) {
                if (protocol instanceof BufferedProtocol buffered) {
                    ByteBuffer to = buffered.getBuffer(-1);
                    int n = Math.min(to.remaining(), piece.remaining());
                    to.put(piece.slice(piece.position(), n));
                    piece.position(piece.position() + n);
                    buffered.bufferUpdated(n);
                } else {
                    ((Protocol) protocol).dataReceived(piece);
                    return;
                }
            }
        } catch (Exception e) {
            lose(e);
        }
    }

    private boolean ended;

    private void end() {
        if (ended || closing || lost) {
            return;
        }
        ended = true;
        try {
            if (!protocol.eofReceived()) {
                close();
            }
        } catch (Exception e) {
            lose(e);
        }
    }

    private void lose(@Nullable Throwable error) {
        if (!lost) {
            lost = true;
            closing = true;
            loop.callSoon(
                    () -> {
                        try {
                            protocol.connectionLost(error);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                        other().afterLossOfOther();
                    });
        }
    }

    private void afterLossOfOther() {
        if (!lost) {
            loop.callSoon(
                    () -> {
                        if (reading) {
                            end();
                        } else {
                            deliverSoon();
                        }
                    });
        }
    }

    @Override
    public void write(ByteBuffer data) {
        if (closing) {
            data.position(data.limit());
            return;
        }
        append(data);
        flow.grown(out.position(), protocol);
    }

    @Override
    public void writelines(List<ByteBuffer> pieces) {
        pieces.forEach(this::write);
    }

    @Override
    public void lend(ByteBuffer data) {
        write(data);
    }

    @Override
    public void reclaim() {}

    @Override
    public void writeEof() {
        outEnds = true;
        deliverSoon();
    }

    @Override
    public boolean canWriteEof() {
        return true;
    }

    @Override
    public int getWriteBufferSize() {
        return out.position();
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return flow.limits();
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits limits) {
        flow.limits(limits);
        flow.grown(out.position(), protocol);
        flow.shrunk(out.position(), protocol);
    }

    @Override
    public boolean isReading() {
        return reading && !closing;
    }

    @Override
    public void pauseReading() {
        reading = false;
    }

    @Override
    public void resumeReading() {
        if (!reading) {
            reading = true;
            other().deliverSoon();
        }
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
    public EventLoop getLoop() {
        return loop;
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        return key == ExtraInfo.PEERNAME
                ? key.cast(new java.net.InetSocketAddress("127.0.0.1", 4433))
                : null;
    }

    @Override
    public boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            deliverSoon();
        }
    }

    @Override
    public void abort() {
        lose(null);
    }
}
