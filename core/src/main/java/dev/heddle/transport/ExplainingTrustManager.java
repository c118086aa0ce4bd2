package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Judges as the JDK does, and says in words what is wrong with a certificate, and what to do. */
final class ExplainingTrustManager extends X509ExtendedTrustManager {

    /** Says it in our words; what stands in certificates is escaped in them. */
    static final class Explained extends CertificateException {

        private static final long serialVersionUID = 1;

        Explained(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final X509ExtendedTrustManager judge;

    ExplainingTrustManager(X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        try {
            judge.checkServerTrusted(chain, type, engine);
        } catch (CertificateException e) {
            throw explained(e, chain, engine == null ? null : engine.getPeerHost());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        try {
            judge.checkClientTrusted(chain, type, engine);
        } catch (CertificateException e) {
            throw explained(e, chain, null);
        }
    }

    private static CertificateException explained(
            CertificateException e, X509Certificate[] chain, @Nullable String host) {
        X509Certificate own = chain[0];
        String text = "the certificate for " + Certificates.describe(own) + " ";
        X509Certificate late = outOfDate(e, chain);
        if (late != null) {
            boolean early = new Date().before(late.getNotBefore());
            text =
                    "%s certificate for %s %s %s; if the clock is right, the peer needs a new one"
                            .formatted(
                                    late == own ? "the" : "the issuing",
                                    Certificates.describe(late),
                                    early ? "is valid only from" : "has expired on",
                                    (early ? late.getNotBefore() : late.getNotAfter()).toInstant());
        } else if (isAboutTheName(e)) {
            text +=
                    "is not for %s; connect by one of its names, or give that by withServerName"
                            .formatted(host == null ? "the host" : host);
        } else if (isAboutTheIssuer(e)) {
            text +=
                    ("is not trusted: it was issued by %s, and no trusted authority leads there;"
                                    + " if you trust it, name it by withTrust")
                            .formatted(
                                    Excerpts.of(
                                            chain[chain.length - 1]
                                                    .getIssuerX500Principal()
                                                    .getName(),
                                            200));
        } else {
            text += "is not acceptable: " + Excerpts.of(String.valueOf(e.getMessage()), 300);
        }
        // The engine finds the alert to send by the cause.
        Throwable cause = e.getCause() instanceof CertPathValidatorException p ? p : e;
        return new Explained(text, cause);
    }

    private static @Nullable X509Certificate outOfDate(Throwable e, X509Certificate[] chain) {
        boolean byDate = false;
        for (Throwable t = e; t != null; t = t.getCause()) {
            byDate |=
                    t instanceof CertificateExpiredException
                            || t instanceof CertificateNotYetValidException;
        }
        if (byDate) {
            Date now = new Date();
            for (X509Certificate certificate : chain) {
                if (now.after(certificate.getNotAfter())
                        || now.before(certificate.getNotBefore())) {
                    return certificate;
                }
            }
        }
        return null;
    }

    /** The JDK's check of names throws an exception with no cause. */
    private static boolean isAboutTheName(CertificateException e) {
        return e.getCause() == null && String.valueOf(e.getMessage()).startsWith("No ");
    }

    private static boolean isAboutTheIssuer(CertificateException e) {
        return e.getCause() instanceof java.security.cert.CertPathBuilderException
                || String.valueOf(e.getMessage()).contains("trust anchor");
    }

    // ---------------------------------------------------------------- for sockets, not used

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        judge.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        judge.checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        judge.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
