package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Map;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** What is said when TLS fails: with whom, what was expected, and what to do. */
final class TlsErrors {

    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int APPLICATION_DATA = 23;
    private static final int SSL_2_HELLO = 0x80;
    private static final int EXCERPT = 40;

    private static final Map<String, String> ALERTS =
            Map.ofEntries(
                    Map.entry("unknown_ca", "it does not trust who has signed our certificate"),
                    Map.entry("bad_certificate", "it does not accept our certificate"),
                    Map.entry("certificate_unknown", "it does not accept our certificate"),
                    Map.entry("certificate_expired", "our certificate has expired"),
                    Map.entry("certificate_required", "it wants a certificate of us"),
                    Map.entry(
                            "handshake_failure",
                            "there is no cipher suite, curve or certificate that both accept, or it"
                                    + " wants a certificate of us"),
                    Map.entry("protocol_version", "it speaks other versions of TLS"),
                    Map.entry("unrecognized_name", "it does not know the name it was asked for"),
                    Map.entry("no_application_protocol", "it speaks none of our ALPN protocols"));

    private TlsErrors() {}

    /** Returns the error of a handshake that the engine has given up. */
    static SSLHandshakeException handshakeFailed(String peer, TlsOptions options, Throwable e) {
        return new SSLHandshakeException(
                "The TLS handshake with %s failed: %s".formatted(peer, reason(options, e)), e);
    }

    private static String reason(TlsOptions options, Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ExplainingTrustManager.Explained explained) {
                return String.valueOf(explained.getMessage());
            }
        }
        String message = withoutAlert(String.valueOf(e.getMessage()));
        String alert = alert(message);
        if (alert != null) {
            String meaning = ALERTS.get(alert);
            return "the peer refused with the alert '%s'%s"
                    .formatted(alert, meaning == null ? "" : ", which means: " + meaning);
        }
        if (message.startsWith("No appropriate protocol")
                || message.contains("protocol version")
                || message.contains("is not enabled or supported in")
                || message.contains("The client supported protocol versions")) {
            return "no version of TLS in common; this side speaks %s (%s)"
                    .formatted(options.protocols(), Excerpts.of(message, 200));
        }
        if (message.contains("cipher suites in common")) {
            return "no cipher suite in common, or none that the certificate's key fits;"
                    + " this side has "
                    + (options.cipherSuites().isEmpty()
                            ? "the JDK's defaults"
                            : options.cipherSuites());
        }
        if (message.contains("application layer protocol")) {
            return "no ALPN protocol in common; this side speaks " + options.alpn();
        }
        return Excerpts.of(message, 300);
    }

    /** The JDK's messages begin with the alert that it sends, in brackets. */
    private static String withoutAlert(String message) {
        int end = message.indexOf(") ");
        return message.startsWith("(") && end > 0 ? message.substring(end + 2) : message;
    }

    /** Returns the name of the alert that has come according to the JDK's message, or null. */
    private static @Nullable String alert(String message) {
        int colon = message.indexOf("fatal alert: ");
        return colon < 0
                ? null
                : Excerpts.of(message.substring(colon + "fatal alert: ".length()), EXCERPT);
    }

    /** Returns the error of an established connection that the engine has given up. */
    static SSLException broken(String peer, Throwable e) {
        String message = String.valueOf(e.getMessage());
        String alert = alert(message);
        return new SSLException(
                "TLS with %s is broken: %s"
                        .formatted(
                                peer,
                                alert == null
                                        ? Excerpts.of(withoutAlert(message), 300)
                                        : "the peer sent the alert '" + alert + "'"),
                e);
    }

    /**
     * Looks at the first bytes that the peer sent.
     *
     * @return null if they may be TLS
     */
    static @Nullable SSLHandshakeException notTls(ByteBuffer first, String peer) {
        int type = first.get(first.position()) & 0xff;
        if (type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA || (type & SSL_2_HELLO) != 0) {
            return null;
        }
        return new SSLHandshakeException(
                ("The TLS handshake with %s failed: the peer does not speak TLS: it sent '%s'."
                                + " Is it the right port, and does the peer know that this one is"
                                + " for TLS?")
                        .formatted(peer, Excerpts.of(first, EXCERPT)));
    }

    static SSLHandshakeException endedInHandshake(String peer, @Nullable Throwable cause) {
        return new SSLHandshakeException(
                ("The connection with %s was reset during the TLS handshake: the peer ended it, and"
                                + " did not say why")
                        .formatted(peer),
                cause);
    }

    static SSLHandshakeException closedInHandshake(String peer) {
        return new SSLHandshakeException(
                "The connection with %s was closed here before its TLS handshake was over"
                        .formatted(peer));
    }

    static SSLException truncated(String peer) {
        return new SSLException(
                ("The connection with %s was cut: it ended without TLS's close_notify, so that data"
                                + " may be missing. If the protocol on top knows its own ends, see"
                                + " TlsOptions.withRaggedEof.")
                        .formatted(peer));
    }
}
