package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * As much of DER (X.690) as it takes to put the two old forms of private keys into PKCS#8 (RFC
 * 5208), the only one that the JDK reads.
 */
final class Der {

    static final String RSA = "1.2.840.113549.1.1.1";
    static final String EC = "1.2.840.10045.2.1";

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int CURVE = 0xa0;

    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    private static final byte[] RSA_ALGORITHM = {
        0x06, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 0x05, 0
    };
    private static final byte[] EC_ALGORITHM = {
        0x06, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
    };

    private final byte[] bytes;
    private final int end;
    private int at;

    private Der(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** Wraps a PKCS#1 key: RFC 8017 A.1.2. */
    static byte[] pkcs8OfRsa(byte[] key) {
        return pkcs8(RSA_ALGORITHM, key);
    }

    /**
     * Wraps a SEC 1 key: RFC 5915.
     *
     * @param curve the identifier of the curve, for a key that does not name it itself
     */
    static byte[] pkcs8OfEc(byte[] key, byte @Nullable [] curve) throws IOException {
        Der parts = new Der(key, 0, key.length).enter(SEQUENCE);
        parts.skip(INTEGER);
        parts.skip(OCTET_STRING);
        byte[] named = curve;
        if (parts.at < parts.end && parts.tag() == CURVE) {
            Der inner = parts.enter(CURVE);
            named = Arrays.copyOfRange(inner.bytes, inner.at, inner.end);
        }
        if (named == null) {
            throw new IOException("it does not say on which curve it is");
        }
        return pkcs8(join(EC_ALGORITHM, named), key);
    }

    /** Returns the identifier of the algorithm of a PKCS#8 key, as in "1.3.101.112". */
    static String algorithmOfPkcs8(byte[] key) throws IOException {
        Der parts = new Der(key, 0, key.length).enter(SEQUENCE);
        parts.skip(INTEGER);
        Der identifier = parts.enter(SEQUENCE).enter(OBJECT_IDENTIFIER);
        var text = new StringBuilder();
        long number = 0;
        boolean first = true;
        while (identifier.at < identifier.end) {
            int b = identifier.bytes[identifier.at++] & 0xff;
            number = number << 7 | b & 0x7f;
            if (b < 0x80) {
                if (first) {
                    long top = Math.min(number / 40, 2);
                    text.append(top).append('.').append(number - 40 * top);
                    first = false;
                } else {
                    text.append('.').append(number);
                }
                number = 0;
            }
        }
        return text.toString();
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return value(
                SEQUENCE,
                join(join(VERSION_0, value(SEQUENCE, algorithm)), value(OCTET_STRING, key)));
    }

    private static byte[] value(int tag, byte[] content) {
        var out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        int n = content.length;
        if (n < 0x80) {
            out.write(n);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(n) + 7) / 8;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                out.write(n >>> shift);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    // ---------------------------------------------------------------- reading

    private int tag() throws IOException {
        if (at >= end) {
            throw new IOException("it ends too early");
        }
        return bytes[at] & 0xff;
    }

    /** Returns what is inside of the next value, and goes behind that. */
    private Der enter(int tag) throws IOException {
        if (tag() != tag) {
            throw new IOException(
                    "expected the tag 0x%02x at byte %d, and found 0x%02x"
                            .formatted(tag, at, tag()));
        }
        at++;
        int length = tag();
        at++;
        if (length >= 0x80) {
            int count = length & 0x7f;
            if (count == 0 || count > 3) {
                throw new IOException("the length at byte %d is not one of DER".formatted(at - 1));
            }
            length = 0;
            for (int i = 0; i < count; i++) {
                length = length << 8 | tag();
                at++;
            }
        }
        if (length > end - at) {
            throw new IOException("it ends too early");
        }
        var inner = new Der(bytes, at, at + length);
        at += length;
        return inner;
    }

    private void skip(int tag) throws IOException {
        enter(tag);
    }
}
