package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Shows the engine what {@link Certificates} has at that moment. An alias names the generation too,
 * so that a reload in the middle of a handshake does not mix an old certificate with a new key.
 */
@SuppressWarnings("NullAway") // the interface has no annotations, and answers null for "none"
final class CertificatesKeyManager extends X509ExtendedKeyManager {

    private final Certificates certificates;

    CertificatesKeyManager(Certificates certificates) {
        this.certificates = certificates;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        String host = engine == null ? null : requestedName(engine);
        Certificates.Generation now = certificates.current();
        int fallback = -1;
        int i = 0;
        for (Certificates.Entry entry : now.entries()) {
            if (isOf(keyType, entry)) {
                if (host != null && entry.isFor(host)) {
                    return alias(now, i);
                }
                if (fallback < 0) {
                    fallback = i;
                }
            }
            i++;
        }
        // A certificate that fits the name must win, also if its key is of a type that the peer
        // wants less than that of the fallback: it is asked for that type later.
        boolean laterOneFits =
                host != null && now.entries().stream().anyMatch(entry -> entry.isFor(host));
        return fallback < 0 || laterOneFits ? null : alias(now, fallback);
    }

    private static @Nullable String requestedName(SSLEngine engine) {
        if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
                }
            }
        }
        return null;
    }

    /** Takes one that an issuer wanted by the peer has signed, or else the first of the type. */
    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Certificates.Generation now = certificates.current();
        String fallback = null;
        for (String keyType : keyTypes) {
            int i = 0;
            for (Certificates.Entry entry : now.entries()) {
                if (isOf(keyType, entry)) {
                    if (issuers == null || issuers.length == 0 || isBy(issuers, entry)) {
                        return alias(now, i);
                    }
                    if (fallback == null) {
                        fallback = alias(now, i);
                    }
                }
                i++;
            }
        }
        return fallback;
    }

    private static boolean isOf(String keyType, Certificates.Entry entry) {
        return entry.chain().getFirst().getPublicKey().getAlgorithm().equals(keyType);
    }

    private static boolean isBy(Principal[] issuers, Certificates.Entry entry) {
        List<Principal> wanted = Arrays.asList(issuers);
        return entry.chain().stream().anyMatch(c -> wanted.contains(c.getIssuerX500Principal()));
    }

    private static String alias(Certificates.Generation generation, int index) {
        return generation.number() + "." + index;
    }

    private Certificates.@Nullable Entry entry(@Nullable String alias) {
        if (alias == null) {
            return null;
        }
        int dot = alias.indexOf('.');
        return dot < 0
                ? null
                : certificates.entry(
                        Integer.parseInt(alias.substring(0, dot)),
                        Integer.parseInt(alias.substring(dot + 1)));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Certificates.Entry entry = entry(alias);
        return entry == null ? null : entry.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Certificates.Entry entry = entry(alias);
        return entry == null ? null : entry.key();
    }

    // ---------------------------------------------------------------- for sockets, not used

    @Override
    public @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineClientAlias(keyTypes, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineServerAlias(keyType, issuers, null);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseEngineClientAlias(new String[] {keyType}, issuers, null);
        return alias == null ? null : new String[] {alias};
    }
}
