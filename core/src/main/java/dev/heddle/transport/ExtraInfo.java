package dev.heddle.transport;

import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.security.cert.Certificate;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/**
 * What may be asked of a transport beyond its own methods; see {@link BaseTransport#getExtraInfo}.
 *
 * <p>Source: {@code BaseTransport.get_extra_info}.
 *
 * @param <T> the type of the answer
 */
public final class ExtraInfo<T> {

    /** The channel. Using it beside the transport is at one's own risk. */
    public static final ExtraInfo<SelectableChannel> SOCKET = of("socket", SelectableChannel.class);

    /** The address of this side. */
    public static final ExtraInfo<SocketAddress> SOCKNAME = of("sockname", SocketAddress.class);

    /** The address of the peer; stays known when the connection is lost. */
    public static final ExtraInfo<SocketAddress> PEERNAME = of("peername", SocketAddress.class);

    /** The end of a pipe. */
    public static final ExtraInfo<SelectableChannel> PIPE = of("pipe", SelectableChannel.class);

    /** The TLS engine. */
    public static final ExtraInfo<SSLEngine> SSL_OBJECT = of("ssl_object", SSLEngine.class);

    /** The TLS session: protocol, cipher suite, certificates. */
    public static final ExtraInfo<SSLSession> SSL_SESSION = of("ssl_session", SSLSession.class);

    /** The name of the TLS cipher suite. */
    public static final ExtraInfo<String> CIPHER = of("cipher", String.class);

    /** The protocol that ALPN has chosen; null if none. */
    public static final ExtraInfo<String> ALPN = of("alpn", String.class);

    /** The peer's certificate chain, its own first; null if it has shown none. */
    @SuppressWarnings("unchecked")
    public static final ExtraInfo<List<Certificate>> PEERCERT =
            (ExtraInfo<List<Certificate>>) (ExtraInfo<?>) of("peercert", List.class);

    private final String name;
    private final Class<T> type;

    private ExtraInfo(String name, Class<T> type) {
        this.name = name;
        this.type = type;
    }

    /** Makes a key for a transport's own extra. */
    public static <T> ExtraInfo<T> of(String name, Class<T> type) {
        return new ExtraInfo<>(name, type);
    }

    /** Returns {@code value} as the type that belongs to this key. */
    public T cast(Object value) {
        return type.cast(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
