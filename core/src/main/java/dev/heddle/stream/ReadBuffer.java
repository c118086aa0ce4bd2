package dev.heddle.stream;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * What a reader has received and nobody has read.
 *
 * <p>The bytes stand in one piece, from {@code head} to {@code tail} of an array, so that a search
 * runs straight through them. An empty one holds no array: it takes one from the loop's {@link
 * Pages} when something comes, and gives it back when the last byte is taken.
 */
final class ReadBuffer {

    private static final byte[] NONE = {};

    private final Pages pages;
    private byte[] array = NONE;
    private int head;
    private int tail;

    ReadBuffer(Pages pages) {
        this.pages = pages;
    }

    int size() {
        return tail - head;
    }

    boolean isEmpty() {
        return head == tail;
    }

    // ---------------------------------------------------------------- in

    /** Appends all that {@code data} has. */
    void append(ByteBuffer data) {
        int n = data.remaining();
        makeRoomBehind(n);
        data.get(array, tail, n);
        tail += n;
    }

    /** Puts bytes back that were taken, before all others. */
    void putBack(byte[] data, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (head < length) {
            moveTo(pages.take(Math.addExact(size(), length)), length);
        }
        head -= length;
        System.arraycopy(data, offset, array, head, length);
    }

    private void makeRoomBehind(int n) {
        if (array.length - tail >= n) {
            return;
        }
        int size = size();
        int needed = Math.addExact(size, n);
        if (needed <= array.length && head >= array.length / 2) {
            // At least half is free, so each byte is moved once on average.
            System.arraycopy(array, head, array, 0, size);
            head = 0;
            tail = size;
            return;
        }
        moveTo(pages.take(needed), 0);
    }

    private void moveTo(byte[] other, int newHead) {
        int size = size();
        System.arraycopy(array, head, other, newHead, size);
        pages.giveBack(array);
        array = other;
        head = newHead;
        tail = newHead + size;
    }

    // ---------------------------------------------------------------- out

    /** Takes bytes into {@code target}; there must be as many. */
    void take(byte[] target, int offset, int length) {
        System.arraycopy(array, head, target, offset, length);
        skip(length);
    }

    /** Takes bytes into {@code target}; there must be as many. */
    void take(ByteBuffer target, int length) {
        target.put(array, head, length);
        skip(length);
    }

    /** Takes bytes; there must be as many. */
    byte[] take(int length) {
        byte[] taken = Arrays.copyOfRange(array, head, head + length);
        skip(length);
        return taken;
    }

    /** Returns a text without taking it; there must be as many bytes. */
    String peekText(int length, Charset charset) {
        return new String(array, head, length, charset);
    }

    /** Drops bytes; there must be as many. */
    void skip(int length) {
        head += length;
        if (head == tail) {
            release();
        }
    }

    void clear() {
        skip(size());
    }

    private void release() {
        pages.giveBack(array);
        array = NONE;
        head = 0;
        tail = 0;
    }

    // ---------------------------------------------------------------- search

    byte get(int index) {
        return array[head + index];
    }

    /** Returns where {@code wanted} first stands at {@code from} or behind it, or -1. */
    int indexOf(byte wanted, int from) {
        byte[] a = array;
        for (int i = head + from; i < tail; i++) {
            if (a[i] == wanted) {
                return i - head;
            }
        }
        return -1;
    }

    /** Returns where {@code wanted} first begins at {@code from} or behind it, or -1. */
    int indexOf(byte[] wanted, int from) {
        int last = size() - wanted.length;
        for (int i = from; i <= last; i++) {
            i = indexOf(wanted[0], i);
            if (i < 0 || i > last) {
                return -1;
            }
            if (startsWith(wanted, i)) {
                return i;
            }
        }
        return -1;
    }

    /** Tells whether {@code wanted} stands at {@code at}. */
    boolean startsWith(byte[] wanted, int at) {
        return size() - at >= wanted.length
                && Arrays.equals(
                        array, head + at, head + at + wanted.length, wanted, 0, wanted.length);
    }
}
