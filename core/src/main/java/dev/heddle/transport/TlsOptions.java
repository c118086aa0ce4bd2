package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

/**
 * How TLS is spoken: whom to trust, what to show, what to agree on. Immutable; for both sides.
 *
 * {@snippet :
 * TlsOptions.client()                                        // the public web
 * TlsOptions.client().withTrust(Path.of("company-ca.pem"))
 * TlsOptions.server(Path.of("chain.pem"), Path.of("key.pem")).withAlpn("h2", "http/1.1")
 * }
 *
 * <p>A client resumes the sessions that it had with the same host by these options, or by options
 * made of them: keep them, rather than to make them for each connection.
 *
 * <p>Source: {@code ssl.SSLContext} and the {@code ssl_*} arguments of asyncio.
 */
public final class TlsOptions {

    /** Whether a server asks for the client's certificate. */
    public enum ClientAuth {
        /** It does not. */
        NONE,
        /** It asks, and goes on without; one that is shown must be trusted. */
        WANT,
        /** It asks, and refuses a client that shows none. */
        NEED
    }

    /** How long a handshake may take by default. */
    public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);

    /** How long the peer's answer to a close may take by default. */
    public static final Duration DEFAULT_SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

    /** The values; written only before the options are made that hold them. */
    private static final class Values implements Cloneable {
        TlsContext context = TlsContext.DEFAULT;
        boolean hostnameVerification = true;
        boolean raggedEof;
        @Nullable String serverName;
        List<String> alpn = List.of();
        List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
        List<String> cipherSuites = List.of();
        ClientAuth clientAuth = ClientAuth.NONE;
        Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;
        Duration shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT;

        Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static final TlsOptions CLIENT = new TlsOptions(new Values());

    private final Values values;

    private TlsOptions(Values values) {
        this.values = values;
    }

    private TlsOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new TlsOptions(changed);
    }

    // ---------------------------------------------------------------- entrances

    /**
     * Returns options for a client: TLS 1.3 or 1.2, the JDK's trusted authorities, and a
     * certificate that has the name of the host.
     */
    public static TlsOptions client() {
        return CLIENT;
    }

    /**
     * Returns options for a server: TLS 1.3 or 1.2, no certificate wanted of the client. Reads the
     * files now; see {@link Certificates} for what can be in them, and for how to change them
     * later.
     *
     * @param certificateChainPem the server's certificate first, then those that lead to an
     *     authority
     * @throws PemException saying in which file and line, if there is something else
     */
    public static TlsOptions server(Path certificateChainPem, Path privateKeyPem)
            throws IOException {
        return server(Certificates.load(certificateChainPem, privateKeyPem));
    }

    /** Returns options for a server with certificates that it can reload, or several of them. */
    public static TlsOptions server(Certificates certificates) {
        return CLIENT.withCertificates(certificates);
    }

    // ---------------------------------------------------------------- whom to trust, what to show

    /**
     * Trusts the certificates in the file, and what they have signed, and nobody else.
     *
     * @throws PemException saying in which line, if there is something else in the file, or nothing
     */
    public TlsOptions withTrust(Path certificatesPem) throws IOException {
        return withTrust(Pem.certificates(certificatesPem));
    }

    /** Trusts the certificates, and what they have signed, and nobody else. */
    public TlsOptions withTrust(Collection<X509Certificate> certificates) {
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("certificates is empty: nobody could be trusted");
        }
        return with(v -> v.context = v.context.withTrust(List.copyOf(certificates)));
    }

    /**
     * Trusts everybody, whatever the certificate and the name: the connection is secret, but nobody
     * knows with whom. For tests only.
     */
    public TlsOptions withoutVerification() {
        return with(
                v -> {
                    v.context = v.context.withoutVerification();
                    v.hostnameVerification = false;
                });
    }

    /** Sets whether a client wants the name of the host in the certificate; it does by default. */
    public TlsOptions withHostnameVerification(boolean on) {
        return with(v -> v.hostnameVerification = on);
    }

    /**
     * Shows a certificate: what a server does, and a client that is asked for one. Reads the files
     * now.
     *
     * @throws PemException as {@link #server(Path, Path)}
     */
    public TlsOptions withCertificate(Path certificateChainPem, Path privateKeyPem)
            throws IOException {
        return withCertificates(Certificates.load(certificateChainPem, privateKeyPem));
    }

    /** Shows one of several certificates; see {@link Certificates}. */
    public TlsOptions withCertificates(Certificates certificates) {
        Objects.requireNonNull(certificates, "certificates");
        return with(v -> v.context = v.context.withCertificates(certificates));
    }

    /**
     * Takes trust and certificates from {@code sslContext} instead, which may be of another
     * provider.
     */
    public TlsOptions withSslContext(SSLContext sslContext) {
        Objects.requireNonNull(sslContext, "sslContext");
        return with(v -> v.context = TlsContext.of(sslContext));
    }

    /** Sets whether a server asks for the client's certificate, which {@code withTrust} judges. */
    public TlsOptions withClientAuth(ClientAuth clientAuth) {
        Objects.requireNonNull(clientAuth, "clientAuth");
        return with(v -> v.clientAuth = clientAuth);
    }

    // ---------------------------------------------------------------- what to agree on

    /**
     * Sets the name that a client sends (SNI) and wants in the certificate; null for the one that
     * it connects to.
     */
    public TlsOptions withServerName(@Nullable String serverName) {
        if (serverName != null && serverName.isBlank()) {
            throw new IllegalArgumentException(
                    "serverName is blank: give a name, or null for the host's");
        }
        return with(v -> v.serverName = serverName);
    }

    /** Offers application protocols, the best first (RFC 7301); none by default. */
    public TlsOptions withAlpn(String... protocols) {
        return withAlpn(List.of(protocols));
    }

    /** Same as {@link #withAlpn(String...)}. */
    public TlsOptions withAlpn(List<String> protocols) {
        List<String> copy = List.copyOf(protocols);
        for (String protocol : copy) {
            if (protocol.isEmpty() || protocol.length() > 255) {
                throw new IllegalArgumentException(
                        "An ALPN protocol has 1 to 255 bytes, and '%s' has %d"
                                .formatted(protocol, protocol.length()));
            }
        }
        return with(v -> v.alpn = copy);
    }

    /** Sets the versions of TLS, as {@code "TLSv1.3"}; 1.3 and 1.2 by default. */
    public TlsOptions withProtocols(List<String> protocols) {
        List<String> copy = List.copyOf(protocols);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("protocols is empty: give at least one version");
        }
        return with(v -> v.protocols = copy);
    }

    /** Same as {@link #withProtocols(List)}. */
    public TlsOptions withProtocols(String... protocols) {
        return withProtocols(List.of(protocols));
    }

    /**
     * Sets the cipher suites, the best first, by their standard names; none for the default ones.
     */
    public TlsOptions withCipherSuites(List<String> cipherSuites) {
        List<String> copy = List.copyOf(cipherSuites);
        return with(v -> v.cipherSuites = copy);
    }

    // ---------------------------------------------------------------- time and endings

    /** Sets how long a handshake may take; 60 s by default. */
    public TlsOptions withHandshakeTimeout(Duration timeout) {
        checkPositive("handshakeTimeout", timeout);
        return with(v -> v.handshakeTimeout = timeout);
    }

    /** Sets how long the peer's answer to a close may take; 30 s by default. */
    public TlsOptions withShutdownTimeout(Duration timeout) {
        checkPositive("shutdownTimeout", timeout);
        return with(v -> v.shutdownTimeout = timeout);
    }

    /**
     * Sets whether a connection may end without TLS saying so, as old peers do. By default that is
     * an error, as somebody else may have cut it. Allow it only if the protocol on top knows by
     * itself where its messages end.
     */
    public TlsOptions withRaggedEof(boolean allowed) {
        return with(v -> v.raggedEof = allowed);
    }

    private static void checkPositive(String name, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "%s must be more than 0, and is %s".formatted(name, timeout));
        }
    }

    // ---------------------------------------------------------------- accessors

    TlsContext context() {
        return values.context;
    }

    /** Returns what is shown to the peer; null for nothing, or what the {@code SSLContext} has. */
    public @Nullable Certificates certificates() {
        return values.context.certificates();
    }

    /** Tells whether a client wants the name of the host in the certificate. */
    public boolean hostnameVerification() {
        return values.hostnameVerification;
    }

    /** Returns the name that a client sends and wants; null for the one that it connects to. */
    public @Nullable String serverName() {
        return values.serverName;
    }

    /** Returns the application protocols that are offered, the best first. */
    public List<String> alpn() {
        return values.alpn;
    }

    /** Returns the versions of TLS. */
    public List<String> protocols() {
        return values.protocols;
    }

    /** Returns the cipher suites; none for the default ones. */
    public List<String> cipherSuites() {
        return values.cipherSuites;
    }

    /** Returns whether a server asks for the client's certificate. */
    public ClientAuth clientAuth() {
        return values.clientAuth;
    }

    /** Returns how long a handshake may take. */
    public Duration handshakeTimeout() {
        return values.handshakeTimeout;
    }

    /** Returns how long the peer's answer to a close may take. */
    public Duration shutdownTimeout() {
        return values.shutdownTimeout;
    }

    /** Tells whether a connection may end without TLS saying so. */
    public boolean raggedEof() {
        return values.raggedEof;
    }

    @Override
    public String toString() {
        return "TlsOptions(%s, %s)".formatted(String.join(", ", values.protocols), values.context);
    }
}
