package dev.heddle.transport;

import java.nio.ByteBuffer;

/** Texts and bytes from outside, made fit to stand in an error message. */
final class Excerpts {

    private Excerpts() {}

    /** Returns the beginning of {@code text}, with everything escaped that is not plain ASCII. */
    static String of(String text, int atMost) {
        var out = new StringBuilder();
        int n = Math.min(text.length(), atMost);
        for (int i = 0; i < n; i++) {
            append(out, text.charAt(i));
        }
        return text.length() > n ? out.append("...").toString() : out.toString();
    }

    /** Returns the beginning of the remaining bytes, escaped in the same way; reads nothing. */
    static String of(ByteBuffer bytes, int atMost) {
        var out = new StringBuilder();
        int n = Math.min(bytes.remaining(), atMost);
        for (int i = 0; i < n; i++) {
            append(out, (char) (bytes.get(bytes.position() + i) & 0xff));
        }
        return bytes.remaining() > n ? out.append("...").toString() : out.toString();
    }

    private static void append(StringBuilder out, char c) {
        switch (c) {
            case '\r' -> out.append("\\r");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            case '\'' -> out.append("\\'");
            default -> {
                if (c >= ' ' && c < 0x7f) {
                    out.append(c);
                } else {
                    out.append((c < 0x100 ? "\\x%02x" : "\\u%04x").formatted((int) c));
                }
            }
        }
    }
}
