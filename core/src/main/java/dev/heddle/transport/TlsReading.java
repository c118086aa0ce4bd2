package dev.heddle.transport;

import dev.heddle.KeyboardInterrupt;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * The way up: takes ciphertext from below, lets the engine decipher it, and hands it to the app.
 *
 * <p>Stalled, while the app has paused, the engine computes elsewhere, or an answer cannot be sent:
 * then ciphertext is collected, and from {@link #READ_AHEAD} on the transport below is paused.
 */
final class TlsReading {

    /** Bytes of ciphertext that may wait while nothing is deciphered, besides those of one read. */
    static final int READ_AHEAD = 32 * 1024;

    /** From this size on a record is deciphered right into the app's buffer. */
    private static final int LARGE_RECORD = 4096;

    /** Room that the engine needs for any record. */
    private static final int RECORD_ROOM = 17 * 1024;

    private static final int RECORD_HEADER = 5;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsProtocol tls;
    private final TlsBuffers buffers;

    /** Ciphertext; its position is behind what has come. Null if there is none. */
    private @Nullable ByteBuffer inbound;

    /** What is deciphered and not yet taken by the app, between position and limit; or null. */
    private @Nullable ByteBuffer plain;

    private boolean draining;
    private boolean paused;
    private boolean lowerPaused;
    private boolean lowerEnded;
    private boolean peerClosed; // its close_notify has come
    private boolean answerBlocked; // the transport below takes no more, and an answer is due

    TlsReading(TlsProtocol tls, TlsBuffers buffers) {
        this.tls = tls;
        this.buffers = buffers;
    }

    // ---------------------------------------------------------------- from below

    /** Returns where the next ciphertext goes. */
    ByteBuffer buffer() {
        ByteBuffer current = inbound;
        if (current == null) {
            current = buffers.takeLarge();
        } else if (current.capacity() < TlsBuffers.LARGE || !current.hasRemaining()) {
            ByteBuffer larger =
                    current.capacity() < TlsBuffers.LARGE
                            ? buffers.takeLarge()
                            : ByteBuffer.allocate(2 * current.capacity());
            larger.put(current.flip());
            buffers.give(current);
            current = larger;
        }
        inbound = current;
        return current;
    }

    /** Takes bytes that came some other way. */
    void feed(ByteBuffer received) {
        while (received.hasRemaining()) {
            ByteBuffer to = buffer();
            int n = Math.min(to.remaining(), received.remaining());
            to.put(received.slice(received.position(), n));
            received.position(received.position() + n);
        }
    }

    /** Nothing comes any more. */
    void ended() {
        lowerEnded = true;
        drain();
    }

    /** Deciphers and hands on what there is, as far as it goes. */
    void drain() {
        if (draining) {
            return;
        }
        draining = true;
        answerBlocked = false;
        ByteBuffer in = inbound == null ? NOTHING : inbound.flip();
        try {
            boolean more = true;
            while (more) {
                more = step(in);
            }
        } catch (SSLException | RuntimeException e) {
            tls.engineFailed(e);
        } finally {
            draining = false;
            keep(in);
        }
        if (lowerEnded && !tls.isOver() && !isStalled() && !peerClosed) {
            tls.lowerEnded();
        }
    }

    /** Does one thing; returns whether there may be another one to do. */
    private boolean step(ByteBuffer in) throws SSLException {
        SSLEngine engine = tls.engineOrNull();
        if (engine == null || tls.isOver() || tls.areTasksRunning()) {
            return false;
        }
        if (peerClosed) {
            return afterClose();
        }
        HandshakeStatus status = engine.getHandshakeStatus();
        switch (status) {
            case NEED_TASK -> {
                if (!tls.refusesRenegotiation()) {
                    tls.runTasks();
                }
                return false;
            }
            case NEED_WRAP -> {
                if (tls.refusesRenegotiation() || blocksAnswer()) {
                    return false;
                }
                return tls.wrapHandshake();
            }
            case NOT_HANDSHAKING, FINISHED -> tls.handshakeDone();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {}
        }
        return switch (tls.state()) {
            case UNWRAPPED -> false;
            case DO_HANDSHAKE -> unwrapHandshake(engine, in, status);
            case WRAPPED -> handOn() && !paused && decipher(engine, in);
            case FLUSHING, SHUTDOWN -> drop(engine, in);
        };
    }

    /** A peer that makes us answer, and takes no answers, must not fill our memory with them. */
    private boolean blocksAnswer() {
        answerBlocked =
                tls.writing.isLowerPaused() && tls.state() != TlsProtocol.State.DO_HANDSHAKE;
        return answerBlocked;
    }

    private boolean afterClose() {
        if (tls.state() == TlsProtocol.State.WRAPPED && (!handOn() || paused)) {
            return false;
        }
        if (!tls.isOver()) {
            tls.peerClosed();
        }
        return false;
    }

    private boolean unwrapHandshake(SSLEngine engine, ByteBuffer in, HandshakeStatus status)
            throws SSLException {
        if (!in.hasRemaining() && status != HandshakeStatus.NEED_UNWRAP_AGAIN) {
            return false;
        }
        if (in.hasRemaining() && engine.getHandshakeSession() == null) {
            SSLHandshakeException error = TlsErrors.notTls(in, tls.peer());
            if (error != null) {
                tls.fail(error, false);
                return false;
            }
        }
        ByteBuffer out = buffers.takeLarge();
        try {
            SSLEngineResult result = engine.unwrap(in, out);
            noteClose(result);
            if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                tls.handshakeDone();
            }
            return result.getStatus() != Status.BUFFER_UNDERFLOW;
        } finally {
            buffers.give(out);
        }
    }

    private void noteClose(SSLEngineResult result) {
        if (result.getStatus() == Status.CLOSED) {
            peerClosed = true;
        }
    }

    // ---------------------------------------------------------------- to the app

    private boolean decipher(SSLEngine engine, ByteBuffer in) throws SSLException {
        if (!in.hasRemaining()) {
            return false;
        }
        ByteBuffer offered = null;
        if (tls.app() instanceof BufferedProtocol app && beginsWithLargeRecord(in)) {
            offered = target(app, -1);
            if (offered == null) {
                return false;
            }
            if (offered.remaining() >= RECORD_ROOM) {
                int before = offered.position();
                Status status = unwrapInto(engine, in, offered);
                int n = offered.position() - before;
                if (n > 0) {
                    tellUpdated(app, n);
                }
                return status != Status.BUFFER_UNDERFLOW;
            }
        }
        ByteBuffer out = buffers.takeLarge();
        Status status;
        try {
            status = unwrapInto(engine, in, out);
        } catch (SSLException | RuntimeException e) {
            // What came before the broken record is genuine, and the app's.
            plain = out.flip();
            handOn(offered);
            throw e;
        }
        plain = out.flip();
        return handOn(offered) && status != Status.BUFFER_UNDERFLOW;
    }

    /** Deciphers records until one of them needs something else. */
    private Status unwrapInto(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        SSLEngineResult result;
        do {
            result = engine.unwrap(in, out);
        } while (result.getStatus() == Status.OK
                && result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && in.hasRemaining());
        noteClose(result);
        return result.getStatus();
    }

    private static boolean beginsWithLargeRecord(ByteBuffer in) {
        if (in.remaining() < RECORD_HEADER + LARGE_RECORD) {
            return false;
        }
        int length = in.getShort(in.position() + RECORD_HEADER - 2) & 0xffff;
        return length >= LARGE_RECORD && in.remaining() >= RECORD_HEADER + length;
    }

    private boolean handOn() {
        return handOn(null);
    }

    /**
     * Hands on what is deciphered; returns false if not all of it was taken.
     *
     * @param offered what the app has returned for it already
     */
    private boolean handOn(@Nullable ByteBuffer offered) {
        ByteBuffer ready = plain;
        if (ready == null) {
            return true;
        }
        ByteBuffer to = offered;
        while (ready.hasRemaining() && !paused && isOpen()) {
            if (tls.app() instanceof BufferedProtocol app) {
                if (to == null) {
                    to = target(app, ready.remaining());
                }
                if (to == null) {
                    break;
                }
                int n = Math.min(to.remaining(), ready.remaining());
                to.put(to.position(), ready, ready.position(), n).position(to.position() + n);
                ready.position(ready.position() + n);
                to = null;
                tellUpdated(app, n);
            } else if (tls.app() instanceof Protocol app) {
                plain = null; // it is the app's, and gone, whatever happens in there
                tellReceived(app, ready);
                buffers.give(ready);
                return isOpen();
            }
        }
        boolean taken = !ready.hasRemaining() || !isOpen();
        if (taken && plain == ready) {
            plain = null;
            buffers.give(ready);
        }
        return taken;
    }

    private boolean isOpen() {
        return tls.state() == TlsProtocol.State.WRAPPED && !tls.isOver();
    }

    private @Nullable ByteBuffer target(BufferedProtocol app, int sizeHint) {
        try {
            ByteBuffer to = app.getBuffer(sizeHint);
            if (!to.hasRemaining()) {
                throw new IllegalStateException(
                        "BufferedProtocol.getBuffer returned a buffer without room: " + to);
            }
            return to;
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            tls.appFailed("getBuffer", e);
            return null;
        }
    }

    private void tellUpdated(BufferedProtocol app, int n) {
        try {
            app.bufferUpdated(n);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            tls.appFailed("bufferUpdated", e);
        }
    }

    private void tellReceived(Protocol app, ByteBuffer data) {
        try {
            app.dataReceived(data);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            tls.appFailed("dataReceived", e);
        }
    }

    // ---------------------------------------------------------------- closing

    /** Deciphers to find the peer's close_notify, and drops the rest. */
    private boolean drop(SSLEngine engine, ByteBuffer in) throws SSLException {
        if (!in.hasRemaining()) {
            return false;
        }
        ByteBuffer out = buffers.takeLarge();
        try {
            return unwrapInto(engine, in, out) != Status.BUFFER_UNDERFLOW;
        } finally {
            buffers.give(out);
        }
    }

    /** The app is handed nothing any more. */
    void closing() {
        ByteBuffer rest = plain;
        plain = null;
        buffers.give(rest);
        pauseLowerIfStalled();
    }

    /** Tells whether nothing can come any more that counts. */
    boolean peerHasEnded() {
        return peerClosed || lowerEnded;
    }

    /** Returns how much memory it holds: none while nothing has come. */
    int heldBytes() {
        return (inbound == null ? 0 : inbound.capacity()) + (plain == null ? 0 : plain.capacity());
    }

    void clear() {
        plain = null;
        if (!draining) {
            buffers.give(inbound);
            inbound = null;
        }
    }

    // ---------------------------------------------------------------- pausing

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            if (inbound != null || plain != null || peerClosed || lowerEnded) {
                tls.loop.callSoon(this::drain);
            }
            pauseLowerIfStalled();
        }
    }

    private boolean isStalled() {
        return tls.areTasksRunning()
                || paused && tls.state() == TlsProtocol.State.WRAPPED
                || answerBlocked;
    }

    /** Keeps what is left of the ciphertext until there is more. */
    private void keep(ByteBuffer in) {
        if (in != NOTHING) {
            if (!in.hasRemaining() || tls.isOver()) {
                inbound = null;
                buffers.give(in);
            } else if (in.capacity() > TlsBuffers.SMALL && in.remaining() <= TlsBuffers.SMALL) {
                inbound = buffers.takeSmall().put(in);
                buffers.give(in);
            } else {
                in.compact();
            }
        }
        pauseLowerIfStalled();
    }

    private void pauseLowerIfStalled() {
        Transport lower = tls.lower();
        if (lower == null || tls.isOver()) {
            return;
        }
        boolean pause = isStalled() && inbound != null && inbound.position() >= READ_AHEAD;
        if (pause != lowerPaused) {
            lowerPaused = pause;
            if (pause) {
                lower.pauseReading();
            } else {
                lower.resumeReading();
            }
        }
    }
}
