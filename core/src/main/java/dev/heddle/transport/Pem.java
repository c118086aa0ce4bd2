package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Takes texts in PEM form apart (RFC 7468): blocks of base64 between a BEGIN and an END line, and
 * anything else around them, which is skipped.
 */
final class Pem {

    /** A file with a private key has a few KiB, one with all authorities of the web 250. */
    private static final long LARGEST_FILE = 16 << 20;

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /**
     * One block.
     *
     * @param label what the BEGIN line says that it is
     * @param der what it holds
     * @param where the file and the line of BEGIN
     * @param headers whether there were lines as OpenSSL once wrote them for encrypted keys
     */
    record Block(String label, byte[] der, String where, boolean headers) {}

    /** Returns the certificates in {@code file}, at least one, in their order. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        return certificates(read(file), file.toString());
    }

    static List<X509Certificate> certificates(String text, String source) throws IOException {
        var found = new ArrayList<X509Certificate>();
        for (Block block : blocks(text, source)) {
            if (isCertificate(block.label)) {
                found.add(certificate(block));
            }
        }
        if (found.isEmpty()) {
            throw new PemException(
                    "%s: expected a certificate (BEGIN CERTIFICATE), and found %s"
                            .formatted(source, describe(text, source)),
                    null);
        }
        return found;
    }

    private static boolean isCertificate(String label) {
        return label.equals("CERTIFICATE")
                || label.equals("X509 CERTIFICATE")
                || label.equals("TRUSTED CERTIFICATE");
    }

    private static X509Certificate certificate(Block block) throws PemException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.der));
        } catch (CertificateException e) {
            throw new PemException(
                    "%s: not a certificate that can be read: %s"
                            .formatted(block.where, e.getMessage()),
                    e);
        }
    }

    /** Says what is in a text that has not got what was expected. */
    static String describe(String text, String source) throws PemException {
        List<Block> blocks = blocks(text, source);
        if (!blocks.isEmpty()) {
            return String.join(", ", blocks.stream().map(Block::label).toList());
        }
        if (text.isBlank()) {
            return "nothing: it is empty";
        }
        return "no PEM block (a line -----BEGIN ...-----) at all; it begins with '%s'."
                        .formatted(Excerpts.of(text, 24))
                + " If it is in DER form or a key store, convert it with openssl.";
    }

    static String read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > LARGEST_FILE) {
            throw new PemException(
                    "%s: has %,d bytes, and a PEM file may have %,d"
                            .formatted(file, size, LARGEST_FILE),
                    null);
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    static List<Block> blocks(String text, String source) throws PemException {
        var blocks = new ArrayList<Block>();
        String label = null;
        int first = 0;
        boolean headers = false;
        var body = new StringBuilder();
        int number = 0;
        for (String untrimmed : text.split("\r\n|\n|\r", -1)) {
            number++;
            String line = untrimmed.strip();
            if (label == null) {
                if (line.startsWith(BEGIN)) {
                    label = label(line, BEGIN, source, number);
                    first = number;
                    headers = false;
                    body.setLength(0);
                }
            } else if (line.startsWith(END)) {
                String end = label(line, END, source, number);
                if (!end.equals(label)) {
                    throw new PemException(
                            "%s:%d: expected END %s for the BEGIN in line %d, and found END %s"
                                    .formatted(source, number, label, first, Excerpts.of(end, 40)),
                            null);
                }
                blocks.add(block(label, body, source, first, headers));
                label = null;
            } else if (line.startsWith(BEGIN)) {
                throw new PemException(
                        "%s:%d: expected END %s for the BEGIN in line %d, and found another BEGIN"
                                .formatted(source, number, label, first),
                        null);
            } else if (line.indexOf(':') >= 0) {
                headers = true;
            } else {
                body.append(line);
            }
        }
        if (label != null) {
            throw new PemException(
                    "%s:%d: expected END %s for the BEGIN in line %d, and found the end of the file"
                            .formatted(source, number, label, first),
                    null);
        }
        return blocks;
    }

    private static String label(String line, String prefix, String source, int number)
            throws PemException {
        if (!line.endsWith(DASHES) || line.length() < prefix.length() + DASHES.length()) {
            throw new PemException(
                    "%s:%d: expected %s...%s, and found '%s'"
                            .formatted(source, number, prefix, DASHES, Excerpts.of(line, 60)),
                    null);
        }
        return line.substring(prefix.length(), line.length() - DASHES.length());
    }

    private static Block block(
            String label, StringBuilder body, String source, int line, boolean headers)
            throws PemException {
        String where = source + ":" + line;
        byte @Nullable [] der = null;
        if (!headers) { // else it is encrypted, and its headers are not ours to read
            try {
                der = Base64.getDecoder().decode(body.toString());
            } catch (IllegalArgumentException e) {
                throw new PemException(
                        "%s: the block %s is not base64: %s"
                                .formatted(where, Excerpts.of(label, 40), e.getMessage()),
                        e);
            }
        }
        return new Block(label, der == null ? new byte[0] : der, where, headers);
    }
}
