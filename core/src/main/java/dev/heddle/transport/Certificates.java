package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The certificates that one side shows, with their keys: one, or several for hosts of several
 * names. A server chooses by the name that the client asks for, and takes the first if none fits.
 *
 * <p>Files are in PEM form. The chain begins with the own certificate; each of the others has
 * signed the one before. The key is PKCS#8 (RSA, EC, Ed25519, encrypted or not), or in the older
 * forms {@code RSA PRIVATE KEY} and {@code EC PRIVATE KEY}; both may be one file. A certificate
 * that is expired is loaded with a warning.
 *
 * <p>{@link #reload} takes new files in while the server runs: connections go on, and handshakes
 * from then on show the new certificates. May be used by any thread.
 *
 * <p>Source: {@code SSLContext.load_cert_chain}, with what it lacks.
 */
public final class Certificates {

    /** One certificate with what leads to its authority, and its key. */
    record Entry(List<X509Certificate> chain, PrivateKey key, List<String> names) {

        boolean isFor(String host) {
            for (String name : names) {
                if (name.equals(host)
                        || name.startsWith("*.")
                                && host.indexOf('.') == host.length() - name.length() + 1
                                && host.endsWith(name.substring(1))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What one reload has read; {@code number} tells one from the next. */
    record Generation(int number, List<Entry> entries) {}

    private interface Source {
        Entry load() throws IOException;
    }

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final List<Source> sources;
    private volatile Generation current;
    private volatile Generation previous;

    private Certificates(List<Source> sources, List<Entry> entries) {
        this.sources = sources;
        this.current = new Generation(0, entries);
        this.previous = current;
    }

    /**
     * Reads a certificate chain and its key.
     *
     * @throws PemException saying in which file and line, if there is something else, or if the key
     *     is that of another certificate
     */
    public static Certificates load(Path certificateChainPem, Path privateKeyPem)
            throws IOException {
        return load(certificateChainPem, privateKeyPem, null);
    }

    /**
     * Same as {@link #load(Path, Path)} for a key that is encrypted.
     *
     * @param password of the key; is copied, and kept for {@link #reload}
     */
    public static Certificates load(
            Path certificateChainPem, Path privateKeyPem, char @Nullable [] password)
            throws IOException {
        Objects.requireNonNull(certificateChainPem, "certificateChainPem");
        Objects.requireNonNull(privateKeyPem, "privateKeyPem");
        char[] kept = password == null ? null : password.clone();
        Source source = () -> read(certificateChainPem, privateKeyPem, kept);
        return new Certificates(List.of(source), List.of(source.load()));
    }

    /**
     * Takes a key that is known already, as one of a key store or a hardware module.
     *
     * @param chain the key's certificate first
     * @throws IllegalArgumentException if the key is that of another certificate
     */
    public static Certificates of(PrivateKey key, List<X509Certificate> chain) {
        Entry entry;
        try {
            entry = check(key, chain, "key", "chain");
        } catch (PemException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new Certificates(List.of(() -> entry), List.of(entry));
    }

    /** Returns these and {@code others}; the first of these is for clients that name no host. */
    public Certificates plus(Certificates others) {
        var allSources = new ArrayList<>(sources);
        allSources.addAll(others.sources);
        var entries = new ArrayList<>(current.entries);
        entries.addAll(others.current.entries);
        return new Certificates(List.copyOf(allSources), List.copyOf(entries));
    }

    /**
     * Reads the files again. Blocks: call it with {@code toThread}, not on a loop. If anything is
     * wrong with one of them, it throws, and all stays as it was.
     *
     * @throws PemException as {@link #load(Path, Path)}
     */
    public synchronized void reload() throws IOException {
        var entries = new ArrayList<Entry>();
        for (Source source : sources) {
            entries.add(source.load());
        }
        Generation old = current;
        previous = old; // a handshake may have chosen from it, and not yet asked for the key
        current = new Generation(old.number + 1, List.copyOf(entries));
    }

    /** Returns the chains, in the order of choice. */
    public List<List<X509Certificate>> chains() {
        return current.entries.stream().map(Entry::chain).toList();
    }

    Generation current() {
        return current;
    }

    /** Returns the entry of a generation that is not older than the one before the current. */
    @Nullable Entry entry(int generation, int index) {
        for (Generation g : Arrays.asList(current, previous)) {
            if (g.number == generation && index < g.entries.size()) {
                return g.entries.get(index);
            }
        }
        return null;
    }

    // ---------------------------------------------------------------- reading

    private static Entry read(Path chainFile, Path keyFile, char @Nullable [] password)
            throws IOException {
        List<X509Certificate> chain = Pem.certificates(chainFile);
        PrivateKey key = PrivateKeys.parse(Pem.read(keyFile), keyFile.toString(), password);
        return check(key, chain, keyFile.toString(), chainFile.toString());
    }

    private static Entry check(
            PrivateKey key, List<X509Certificate> chain, String keySource, String chainSource)
            throws PemException {
        if (chain.isEmpty()) {
            throw new PemException(chainSource + ": expected a certificate, and found none", null);
        }
        X509Certificate own = chain.getFirst();
        if (!PrivateKeys.match(key, own.getPublicKey())) {
            throw new PemException(
                    ("%s: expected the key of the first certificate in %s, which is for %s,"
                                    + " and found the key of another one (%s)")
                            .formatted(keySource, chainSource, describe(own), key.getAlgorithm()),
                    null);
        }
        warnIfOutOfDate(own, chainSource);
        return new Entry(List.copyOf(chain), key, names(own));
    }

    private static void warnIfOutOfDate(X509Certificate certificate, String source) {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            logger().log(
                            Level.WARNING,
                            "{0}: the certificate for {1} has expired on {2}; clients refuse it",
                            source,
                            describe(certificate),
                            certificate.getNotAfter().toInstant().toString());
        } catch (CertificateNotYetValidException e) {
            logger().log(
                            Level.WARNING,
                            "{0}: the certificate for {1} is valid only from {2} on",
                            source,
                            describe(certificate),
                            certificate.getNotBefore().toInstant().toString());
        }
    }

    private static Logger logger() {
        return System.getLogger("dev.heddle");
    }

    /** Returns the names that a certificate is for, in lower case; IP addresses too. */
    static List<String> names(X509Certificate certificate) {
        var names = new ArrayList<String>();
        Collection<List<?>> all;
        try {
            all = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return names;
        }
        if (all == null) {
            return names;
        }
        for (List<?> name : all) {
            boolean usable =
                    name.get(0) instanceof Integer type && (type == DNS_NAME || type == IP_ADDRESS);
            if (usable && name.get(1) instanceof String text) {
                names.add(text.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Names a certificate in a message; what stands in it is not ours. */
    static String describe(X509Certificate certificate) {
        List<String> names = names(certificate);
        return Excerpts.of(
                names.isEmpty()
                        ? certificate.getSubjectX500Principal().getName()
                        : String.join(", ", names),
                200);
    }

    @Override
    public String toString() {
        return "Certificates(%s)"
                .formatted(
                        String.join(
                                "; ",
                                current.entries.stream()
                                        .map(e -> describe(e.chain.getFirst()))
                                        .toList()));
    }
}
