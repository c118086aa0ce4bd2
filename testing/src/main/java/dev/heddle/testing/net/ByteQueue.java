package dev.heddle.testing.net;

import java.nio.ByteBuffer;

/** Bytes in order, up to a limit: what a socket buffers in one direction. */
final class ByteQueue {

    private static final int FIRST_SIZE = 1024;

    private final int capacity;
    private byte[] data = new byte[0];
    private int head;
    private int size;

    ByteQueue(int capacity) {
        this.capacity = capacity;
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size;
    }

    int free() {
        return capacity - size;
    }

    /** Takes {@code count} bytes from {@code source}; there must be room. */
    void put(ByteBuffer source, int count) {
        grow(size + count);
        int tail = head + size;
        int at = tail >= data.length ? tail - data.length : tail;
        int first = Math.min(count, data.length - at);
        source.get(data, at, first);
        source.get(data, 0, count - first);
        size += count;
    }

    void put(byte[] source, int offset, int count) {
        put(ByteBuffer.wrap(source, offset, count), count);
    }

    /** Returns a copy of {@code count} bytes from {@code offset} on; they stay. */
    byte[] peek(int offset, int count) {
        var copy = new byte[count];
        int at = (head + offset) % data.length;
        int first = Math.min(count, data.length - at);
        System.arraycopy(data, at, copy, 0, first);
        System.arraycopy(data, 0, copy, first, count - first);
        return copy;
    }

    /** Moves {@code count} bytes into {@code target}. */
    void take(ByteBuffer target, int count) {
        int first = Math.min(count, data.length - head);
        target.put(data, head, first);
        target.put(data, 0, count - first);
        skip(count);
    }

    void skip(int count) {
        size -= count;
        head = size == 0 ? 0 : (head + count) % data.length;
    }

    void clear() {
        skip(size);
    }

    private void grow(int needed) {
        if (needed > data.length) {
            int length = Math.max(FIRST_SIZE, Math.max(needed, data.length * 2));
            byte[] old = size == 0 ? data : peek(0, size);
            data = new byte[Math.max(needed, Math.min(length, capacity))];
            System.arraycopy(old, 0, data, 0, size);
            head = 0;
        }
    }
}
