package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Puts TLS between a transport and a protocol. As TLS is a protocol itself, it runs over any
 * transport, also over TLS.
 */
final class Tls {

    private Tls() {}

    /**
     * Returns the protocol to give to the transport below. {@code app} hears of the connection
     * after the handshake; then {@code ready} completes, or it fails with what was wrong.
     *
     * @param host the name that the certificate must have, unless the options have one
     * @param port to find the sessions by that can be resumed; -1 if there is none
     */
    static StreamingProtocol client(
            EventLoop loop,
            StreamingProtocol app,
            TlsOptions options,
            @Nullable String host,
            int port,
            @Nullable Future<@Nullable Void> ready) {
        return new TlsProtocol(loop, app, options, true, nameOf(options, host), port, true, ready);
    }

    /** Same for the side that has the certificate. */
    static StreamingProtocol server(
            EventLoop loop,
            StreamingProtocol app,
            TlsOptions options,
            @Nullable Future<@Nullable Void> ready) {
        options.context().checkServer(options);
        return new TlsProtocol(loop, app, options, false, null, -1, true, ready);
    }

    private static @Nullable String nameOf(TlsOptions options, @Nullable String host) {
        String name =
                TlsContext.canonical(options.serverName() == null ? host : options.serverName());
        if (name == null && options.hostnameVerification()) {
            throw new IllegalArgumentException(
                    "There is no host name to verify the certificate by: give one, also by"
                            + " withServerName, or say withHostnameVerification(false)");
        }
        return name;
    }

    /** Returns the TLS transport of such a protocol. */
    static Transport transportOf(StreamingProtocol tls) {
        return ((TlsProtocol) tls).transport();
    }

    /** See {@link Transports#startTls}. */
    static Transport start(
            Transport transport,
            StreamingProtocol protocol,
            TlsOptions options,
            boolean serverSide,
            @Nullable String serverHostname)
            throws IOException {
        return start(
                transport, protocol, options, serverSide, serverHostname, ByteBuffer.allocate(0));
    }

    /** Same, with bytes that were received before and belong to TLS already. */
    static Transport start(
            Transport transport,
            StreamingProtocol protocol,
            TlsOptions options,
            boolean serverSide,
            @Nullable String serverHostname,
            ByteBuffer received)
            throws IOException {
        Objects.requireNonNull(protocol, "protocol");
        EventLoop loop = transport.getLoop();
        if (serverSide) {
            options.context().checkServer(options);
        }
        String host = serverSide ? null : nameOf(options, serverHostname);
        if (transport.isClosing()) {
            throw new SocketException(
                    "TLS cannot be started, as the connection is closed: " + transport);
        }
        Future<@Nullable Void> ready = loop.createFuture();
        var tls = new TlsProtocol(loop, protocol, options, !serverSide, host, -1, false, ready);
        tls.reading.feed(received);
        tls.reading.pause(); // until the caller has the transport, and has told the protocol
        transport.setProtocol(tls);
        tls.connectionMade(transport);
        transport.resumeReading(); // whoever had it before may have paused it
        try {
            Asyncio.await(ready, IOException.class);
        } catch (Throwable e) {
            tls.abort();
            throw e;
        }
        tls.reading.resume();
        return tls.transport();
    }
}
