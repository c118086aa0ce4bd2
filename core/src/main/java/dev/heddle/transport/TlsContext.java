package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What several {@link TlsOptions} have in common: trust, certificates, and with the {@link
 * SSLContext} the sessions to resume. It is made when it is first needed, which takes the JDK a
 * tenth of a second for its own authorities: off the loop.
 */
final class TlsContext {

    /** Whom to trust. */
    private enum Trust {
        SYSTEM,
        GIVEN,
        EVERYBODY
    }

    static final TlsContext DEFAULT = new TlsContext(null, Trust.SYSTEM, List.of(), null);

    private final Trust trust;
    private final List<X509Certificate> anchors;
    private final @Nullable Certificates certificates;
    private final boolean foreign;
    private volatile @Nullable SSLContext made;

    private TlsContext(
            @Nullable SSLContext given,
            Trust trust,
            List<X509Certificate> anchors,
            @Nullable Certificates certificates) {
        this.trust = trust;
        this.anchors = anchors;
        this.certificates = certificates;
        this.foreign = given != null;
        this.made = given;
    }

    static TlsContext of(SSLContext given) {
        return new TlsContext(given, Trust.SYSTEM, List.of(), null);
    }

    TlsContext withTrust(List<X509Certificate> newAnchors) {
        checkOurs("withTrust");
        return new TlsContext(null, Trust.GIVEN, newAnchors, certificates);
    }

    TlsContext withoutVerification() {
        checkOurs("withoutVerification");
        return new TlsContext(null, Trust.EVERYBODY, List.of(), certificates);
    }

    TlsContext withCertificates(Certificates newCertificates) {
        checkOurs("withCertificates");
        return new TlsContext(null, trust, anchors, newCertificates);
    }

    private void checkOurs(String method) {
        if (foreign) {
            throw new IllegalStateException(
                    method
                            + ": these options have an SSLContext, and it decides on trust and"
                            + " certificates. Set that up there, or leave withSslContext out.");
        }
    }

    @Nullable Certificates certificates() {
        return certificates;
    }

    /** Throws if these options cannot be a server's. */
    void checkServer(TlsOptions options) {
        if (foreign) {
            return;
        }
        if (certificates == null) {
            throw new IllegalArgumentException(
                    "A TLS server needs a certificate: make its options by TlsOptions.server, or"
                            + " add withCertificate");
        }
        if (options.clientAuth() != TlsOptions.ClientAuth.NONE && trust == Trust.SYSTEM) {
            throw new IllegalArgumentException(
                    "withClientAuth(%s) needs withTrust: say which authority signs the clients'"
                                    .formatted(options.clientAuth())
                            + " certificates, as those of the public web are no help there");
        }
    }

    // ---------------------------------------------------------------- making it

    /** Tells whether {@link #make} has nothing to do any more. */
    boolean isMade() {
        return made != null;
    }

    /** Makes the context if there is none; blocks. */
    synchronized SSLContext make() throws IOException {
        SSLContext context = made;
        if (context == null) {
            try {
                context = SSLContext.getInstance("TLS");
                context.init(keyManagers(), new TrustManager[] {trustManager()}, null);
            } catch (GeneralSecurityException e) {
                throw new SSLException("TLS cannot be set up: " + e.getMessage(), e);
            }
            made = context;
        }
        return context;
    }

    private KeyManager @Nullable [] keyManagers() {
        return certificates == null
                ? null
                : new KeyManager[] {new CertificatesKeyManager(certificates)};
    }

    private X509ExtendedTrustManager trustManager() throws GeneralSecurityException, IOException {
        if (trust == Trust.EVERYBODY) {
            return new TrustEverybody();
        }
        KeyStore store = null; // the JDK's own
        if (trust == Trust.GIVEN) {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int i = 0;
            for (X509Certificate anchor : anchors) {
                store.setCertificateEntry("anchor" + i++, anchor);
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager usable) {
                return new ExplainingTrustManager(usable);
            }
        }
        throw new GeneralSecurityException("the JDK has no manager of X.509 trust");
    }

    // ---------------------------------------------------------------- engines

    /**
     * Makes an engine; {@link #make} must have been called.
     *
     * @param host to verify, and to resume sessions with; null for a server
     */
    SSLEngine engine(TlsOptions options, boolean client, @Nullable String host, int port)
            throws IOException {
        SSLContext context = make();
        SSLEngine engine =
                client && host != null
                        ? context.createSSLEngine(host, port)
                        : context.createSSLEngine();
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(options.protocols().toArray(new String[0]));
        if (!options.cipherSuites().isEmpty()) {
            parameters.setCipherSuites(options.cipherSuites().toArray(new String[0]));
        }
        if (!options.alpn().isEmpty()) {
            parameters.setApplicationProtocols(options.alpn().toArray(new String[0]));
        }
        if (client) {
            if (options.hostnameVerification()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            if (host != null && !isAddress(host)) {
                // By its bytes, as it may have an underscore, which a text may not have.
                parameters.setServerNames(
                        List.of(new SNIHostName(host.getBytes(StandardCharsets.US_ASCII))));
            }
        } else {
            switch (options.clientAuth()) {
                case NONE -> {}
                case WANT -> parameters.setWantClientAuth(true);
                case NEED -> parameters.setNeedClientAuth(true);
            }
        }
        try {
            engine.setSSLParameters(parameters);
        } catch (IllegalArgumentException e) {
            throw new SSLException(
                    "TLS does not know these protocols or cipher suites: %s %s (%s)"
                            .formatted(options.protocols(), options.cipherSuites(), e.getMessage()),
                    e);
        }
        return engine;
    }

    /** Returns a host's name as it stands in certificates: in ASCII, without a dot at the end. */
    static @Nullable String canonical(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return null;
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            return host.substring(1, host.length() - 1);
        }
        if (isAddress(host)) {
            int zone = host.indexOf('%');
            return zone < 0 ? host : host.substring(0, zone);
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        try {
            String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
            new SNIHostName(ascii.getBytes(StandardCharsets.US_ASCII)); // refuses what is no name
            return ascii;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Not the name of a host: '%s' (%s)"
                            .formatted(Excerpts.of(host, 80), e.getMessage()),
                    e);
        }
    }

    private static boolean isAddress(String host) {
        return host.indexOf(':') >= 0
                || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return "trusts "
                + switch (trust) {
                    case SYSTEM -> foreign ? "as its SSLContext does" : "the JDK's authorities";
                    case GIVEN -> anchors.size() + " certificates";
                    case EVERYBODY -> "everybody";
                }
                + (certificates == null ? "" : ", " + certificates);
    }
}
