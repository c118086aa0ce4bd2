package dev.heddle.transport;

import dev.heddle.ErrorContext;
import dev.heddle.KeyboardInterrupt;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The way down: lets the engine encipher what the app writes, and hands it to the transport below,
 * several records at once.
 *
 * <p>What is written is enciphered at once, and waits below if it has to. A large piece that was
 * lent is enciphered only as fast as it is sent. Both count for the app's marks, which are set
 * below too, so that most of the time the transport below says when to pause.
 */
final class TlsWriting {

    private static final WriteBufferLimits DEFAULT_LIMITS = WriteBufferLimits.ofHigh(512 * 1024);

    /** Writes to a lost connection before there is a warning. */
    private static final int WRITES_TO_IGNORE = 4;

    private static final class Piece {
        ByteBuffer data;
        boolean lent;

        Piece(ByteBuffer data, boolean lent) {
            this.data = data;
            this.lent = lent;
        }
    }

    private final TlsProtocol tls;
    private final TlsBuffers buffers;
    private final ArrayDeque<Piece> pending = new ArrayDeque<>(0);
    private long pendingBytes;
    private WriteBufferLimits limits = DEFAULT_LIMITS;
    private boolean lowerPaused;
    private boolean appPaused;
    private boolean pumping;
    private int ignoredWrites;

    TlsWriting(TlsProtocol tls, TlsBuffers buffers) {
        this.tls = tls;
        this.buffers = buffers;
    }

    // ---------------------------------------------------------------- from the app

    void write(ByteBuffer data) {
        if (tls.isClosing()) {
            data.position(data.limit());
            ignoreWrite();
        } else if (data.hasRemaining()) {
            if (canSend()) {
                send(new ByteBuffer[] {data}, false);
            }
            if (data.hasRemaining()) {
                addCopy(data);
            }
            tellMarks();
        }
    }

    void write(List<ByteBuffer> pieces) {
        if (tls.isClosing()) {
            pieces.forEach(piece -> piece.position(piece.limit()));
            ignoreWrite();
            return;
        }
        if (canSend()) {
            send(pieces.toArray(new ByteBuffer[0]), false);
        }
        for (ByteBuffer piece : pieces) {
            if (piece.hasRemaining()) {
                addCopy(piece);
            }
        }
        tellMarks();
    }

    void lend(ByteBuffer data) {
        if (tls.isClosing()) {
            data.position(data.limit());
            ignoreWrite();
            return;
        }
        if (canSend()) {
            send(new ByteBuffer[] {data}, true);
        }
        if (data.hasRemaining()) {
            add(data, true);
        }
        tellMarks();
    }

    void reclaim() {
        for (Piece piece : pending) {
            if (piece.lent) {
                ByteBuffer copy = copyOf(piece.data);
                piece.data = copy;
                piece.lent = false;
            }
        }
    }

    private boolean canSend() {
        return pending.isEmpty() && tls.state() == TlsProtocol.State.WRAPPED;
    }

    private void addCopy(ByteBuffer data) {
        add(copyOf(data), false);
    }

    private static ByteBuffer copyOf(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining()).put(data).flip();
    }

    private void add(ByteBuffer data, boolean lent) {
        if (tls.isClosing()) { // it was lost meanwhile
            data.position(data.limit());
            return;
        }
        pending.add(new Piece(data, lent));
        pendingBytes += data.remaining();
    }

    private void ignoreWrite() {
        if (ignoredWrites++ >= WRITES_TO_IGNORE) {
            System.getLogger("dev.heddle")
                    .log(
                            Level.WARNING,
                            "Write number {0} to a connection that is lost or closing: {1}."
                                    + " Stop writing after connectionLost, or when isClosing().",
                            Integer.toString(ignoredWrites),
                            tls.transport());
        }
    }

    // ---------------------------------------------------------------- to below

    /** Sends what is pending, as far as it goes. */
    void pump() {
        if (pumping || tls.isOver() || tls.state().compareTo(TlsProtocol.State.WRAPPED) < 0) {
            return;
        }
        pumping = true;
        try {
            while (!lowerPaused && !pending.isEmpty()) {
                Piece piece = pending.element();
                int before = piece.data.remaining();
                boolean more = send(new ByteBuffer[] {piece.data}, true);
                if (piece != pending.peek()) { // all was dropped, as the connection is lost
                    return;
                }
                pendingBytes -= before - piece.data.remaining();
                if (!piece.data.hasRemaining()) {
                    pending.remove();
                } else if (!more) {
                    break;
                }
            }
        } finally {
            pumping = false;
        }
        tellMarks();
        if (pending.isEmpty()) {
            tls.flushed();
        }
    }

    /**
     * Enciphers the pieces, and hands that to the transport below.
     *
     * @param bounded whether to stop when that has taken enough
     * @return false if the engine cannot do any more of it now
     */
    private boolean send(ByteBuffer[] pieces, boolean bounded) {
        SSLEngine engine = tls.engine();
        ByteBuffer out = buffers.takeLarge();
        try {
            int first = 0;
            while (true) {
                while (first < pieces.length && !pieces[first].hasRemaining()) {
                    first++;
                }
                if (first == pieces.length || tls.isOver()) {
                    break;
                }
                SSLEngineResult result = engine.wrap(pieces, first, pieces.length - first, out);
                if (result.getStatus() == Status.CLOSED) {
                    drop(pieces);
                    break;
                }
                if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                    if (out.position() == 0) {
                        out = larger(engine, out);
                        continue;
                    }
                    sendDown(out);
                    if (bounded && lowerPaused) {
                        return true;
                    }
                } else if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                    return false; // the engine has to do something else first
                }
            }
            return true;
        } catch (SSLException | RuntimeException e) {
            drop(pieces);
            tls.engineFailed(e);
            return false;
        } finally {
            sendDown(out);
            buffers.give(out);
        }
    }

    private static void drop(ByteBuffer[] pieces) {
        for (ByteBuffer piece : pieces) {
            piece.position(piece.limit());
        }
    }

    private static ByteBuffer larger(SSLEngine engine, ByteBuffer out) {
        return ByteBuffer.allocate(
                Math.max(2 * out.capacity(), engine.getSession().getPacketBufferSize()));
    }

    private void sendDown(ByteBuffer out) {
        Transport lower = tls.lower();
        out.flip();
        if (out.hasRemaining() && lower != null) {
            lower.write(out);
        }
        out.clear();
    }

    /** Sends what the engine has to say itself; returns its state after that. */
    HandshakeStatus wrapControl() throws SSLException {
        SSLEngine engine = tls.engine();
        ByteBuffer out = buffers.takeLarge();
        HandshakeStatus status;
        try {
            SSLEngineResult result;
            do {
                result = TlsProtocol.wrapNothing(engine, out);
                if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                    if (out.position() == 0) {
                        out = larger(engine, out);
                    }
                    sendDown(out);
                } else if (result.bytesProduced() == 0) {
                    break;
                }
            } while (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
            status = result.getHandshakeStatus();
        } finally {
            sendDown(out);
            buffers.give(out);
        }
        return status;
    }

    /** Sends the alert that the engine has for the peer; returns whether there was one. */
    boolean sendAlert() {
        SSLEngine engine = tls.engineOrNull();
        if (engine == null) {
            return false;
        }
        ByteBuffer out = buffers.takeLarge();
        try {
            for (int i = 0; i < 4 && !engine.isOutboundDone(); i++) {
                if (TlsProtocol.wrapNothing(engine, out).bytesProduced() == 0) {
                    break;
                }
            }
        } catch (SSLException | RuntimeException e) {
            // It is the error that is being reported, or comes of it.
        }
        boolean any = out.position() > 0;
        sendDown(out);
        buffers.give(out);
        return any;
    }

    void clear() {
        pending.clear();
        pendingBytes = 0;
    }

    // ---------------------------------------------------------------- marks

    void lowerPaused(boolean paused) {
        lowerPaused = paused;
        if (!paused) {
            pump();
        }
        tellMarks();
    }

    /** The app may have been told to pause by the transport that TLS now uses itself. */
    void takeOver(Transport lower) {
        appPaused = lower.getWriteBufferSize() > lower.getWriteBufferLimits().low();
    }

    boolean isLowerPaused() {
        return lowerPaused;
    }

    long size() {
        Transport lower = tls.lower();
        return pendingBytes + (lower == null ? 0 : lower.getWriteBufferSize());
    }

    WriteBufferLimits limits() {
        return limits;
    }

    void limits(WriteBufferLimits newLimits) {
        limits = newLimits;
        Transport lower = tls.lower();
        if (lower != null) {
            lower.setWriteBufferLimits(newLimits);
        }
        tellMarks();
    }

    /** Tells the app to pause or to go on, if that has changed. */
    void tellMarks() {
        if (!tls.isAppConnected() || tls.isOver()) {
            return;
        }
        if (!appPaused) {
            if (lowerPaused || pendingBytes > 0 && size() > limits.high()) {
                appPaused = true;
                tell("pauseWriting", BaseProtocol::pauseWriting);
            }
        } else if (!lowerPaused && pendingBytes <= limits.low()) { // below it is low already
            appPaused = false;
            tell("resumeWriting", BaseProtocol::resumeWriting);
        }
    }

    private interface Call {
        void on(BaseProtocol app) throws Exception;
    }

    private void tell(String method, Call call) {
        StreamingProtocol app = tls.app();
        try {
            call.on(app);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            tls.loop.callExceptionHandler(
                    ErrorContext.of(
                            "protocol.%s() failed: %s".formatted(method, app.getClass().getName()),
                            e));
        }
    }
}
