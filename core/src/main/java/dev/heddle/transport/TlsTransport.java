package dev.heddle.transport;

import dev.heddle.EventLoop;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What the protocol on top of TLS sees of it; all that happens is in {@link TlsProtocol}. */
final class TlsTransport implements Transport {

    private final TlsProtocol tls;

    TlsTransport(TlsProtocol tls) {
        this.tls = tls;
    }

    // ---------------------------------------------------------------- reading

    @Override
    public boolean isReading() {
        return !tls.reading.isPaused() && !isClosing();
    }

    @Override
    public void pauseReading() {
        if (!isClosing()) {
            tls.reading.pause();
        }
    }

    @Override
    public void resumeReading() {
        if (!isClosing()) {
            tls.reading.resume();
        }
    }

    @Override
    public void setProtocol(StreamingProtocol protocol) {
        tls.app(Objects.requireNonNull(protocol, "protocol"));
    }

    @Override
    public StreamingProtocol getProtocol() {
        return tls.app();
    }

    // ---------------------------------------------------------------- writing

    @Override
    public void write(ByteBuffer data) {
        tls.writing.write(data);
    }

    @Override
    public void writelines(List<ByteBuffer> pieces) {
        tls.writing.write(pieces);
    }

    @Override
    public void lend(ByteBuffer data) {
        tls.writing.lend(data);
    }

    @Override
    public void reclaim() {
        tls.writing.reclaim();
    }

    @Override
    public void writeEof() {
        throw new UnsupportedOperationException(
                "TLS cannot end one direction alone, see canWriteEof(); close() ends both");
    }

    @Override
    public boolean canWriteEof() {
        return false;
    }

    @Override
    public int getWriteBufferSize() {
        return (int) Math.min(tls.writing.size(), Integer.MAX_VALUE);
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return tls.writing.limits();
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits limits) {
        tls.writing.limits(Objects.requireNonNull(limits, "limits"));
    }

    // ---------------------------------------------------------------- the rest

    @Override
    public EventLoop getLoop() {
        return tls.loop;
    }

    @Override
    public boolean isClosing() {
        return tls.isClosing();
    }

    @Override
    public void close() {
        tls.close();
    }

    @Override
    public void abort() {
        tls.abort();
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        SSLEngine engine = tls.engineOrNull();
        if (engine != null) {
            Object value = extra(engine, key);
            if (value != null) {
                return key.cast(value);
            }
        }
        if (isAboutTls(key)) {
            return null; // those of the TLS below, if there is one, say nothing about this
        }
        Transport lower = tls.lower();
        return lower == null ? null : lower.getExtraInfo(key);
    }

    private static boolean isAboutTls(ExtraInfo<?> key) {
        return key == ExtraInfo.SSL_OBJECT
                || key == ExtraInfo.SSL_SESSION
                || key == ExtraInfo.CIPHER
                || key == ExtraInfo.ALPN
                || key == ExtraInfo.PEERCERT;
    }

    private static @Nullable Object extra(SSLEngine engine, ExtraInfo<?> key) {
        SSLSession session = engine.getSession();
        if (key == ExtraInfo.SSL_OBJECT) {
            return engine;
        } else if (key == ExtraInfo.SSL_SESSION) {
            return session;
        } else if (key == ExtraInfo.CIPHER) {
            return session.getCipherSuite();
        } else if (key == ExtraInfo.ALPN) {
            String chosen = engine.getApplicationProtocol();
            return chosen == null || chosen.isEmpty() ? null : chosen;
        } else if (key == ExtraInfo.PEERCERT) {
            try {
                return List.<Certificate>of(session.getPeerCertificates());
            } catch (SSLPeerUnverifiedException e) {
                return null; // it has shown none
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "TlsTransport(%s, %s)"
                .formatted(
                        tls.state().name().toLowerCase(java.util.Locale.ROOT),
                        tls.lower() == null ? "not connected" : tls.lower());
    }
}
