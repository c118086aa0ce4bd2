package dev.heddle.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A queue of bytes. */
final class Bytes {

    private byte[] data = new byte[256];
    private int start;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds all that remains of {@code more}. */
    void add(ByteBuffer more) {
        int n = more.remaining();
        if (start + size + n > data.length) {
            byte[] old = data;
            if (size + n > data.length) {
                data = new byte[Math.max(size + n, 2 * data.length)];
            }
            System.arraycopy(old, start, data, 0, size);
            start = 0;
        }
        more.get(data, start + size, n);
        size += n;
    }

    /** Takes the first {@code n} bytes, which must be there. */
    byte[] take(int n) {
        byte[] taken = Arrays.copyOfRange(data, start, start + n);
        start += n;
        size -= n;
        return taken;
    }

    void clear() {
        start = 0;
        size = 0;
    }
}
