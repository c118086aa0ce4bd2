package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What was written and is not yet sent: copies of its own, and buffers that were lent to it.
 *
 * <p>The JDK copies a heap buffer to memory of its own before it writes it, all of it, each time it
 * is tried. So not more is offered in one call than the system is likely to take.
 */
final class WriteQueue {

    /** Most bytes offered to the system in one call, if they are on the heap. */
    static final int MOST_BYTES = 256 * 1024;

    /** A copy has at least so much room, so that small pieces that follow find a place in it. */
    private static final int LEAST_COPY = 8 * 1024;

    /** Most calls of one {@link #writeTo}: others want to write, too. */
    private static final int MOST_CALLS = 8;

    private record Chunk(ByteBuffer data, boolean lent) {}

    private final LoopBuffers buffers;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(1);
    private @Nullable ByteBuffer tail; // the last chunk, if it is a copy
    private long size;

    WriteQueue(LoopBuffers buffers) {
        this.buffers = buffers;
    }

    boolean isEmpty() {
        return size == 0;
    }

    long size() {
        return size;
    }

    void clear() {
        chunks.clear();
        tail = null;
        size = 0;
    }

    /** Keeps a copy of what remains of {@code data}, which is empty after that. */
    void add(ByteBuffer data) {
        int n = data.remaining();
        if (n == 0) {
            return;
        }
        ByteBuffer last = tail;
        if (last == null || last.capacity() - last.limit() < n) {
            last = ByteBuffer.allocate(Math.max(n, LEAST_COPY)).limit(0);
            tail = last;
            chunks.add(new Chunk(last, false));
        }
        int end = last.limit();
        last.limit(end + n);
        last.put(end, data, data.position(), n);
        data.position(data.limit());
        size += n;
    }

    /** Keeps {@code data} itself. */
    void lend(ByteBuffer data) {
        if (data.hasRemaining()) {
            chunks.add(new Chunk(data, true));
            tail = null;
            size += data.remaining();
        }
    }

    /** Replaces what was lent by copies. */
    void reclaim() {
        if (chunks.stream().noneMatch(Chunk::lent)) {
            return;
        }
        Chunk[] old = chunks.toArray(Chunk[]::new);
        clear();
        for (Chunk chunk : old) {
            add(chunk.data);
        }
    }

    /** Sends what the system takes now, within limits. */
    void writeTo(GatheringByteChannel channel) throws IOException {
        for (int call = 0; call < MOST_CALLS && size > 0; call++) {
            if (!writeOnce(channel)) {
                return;
            }
        }
    }

    /** Returns whether the system took all that it was offered. */
    private boolean writeOnce(GatheringByteChannel channel) throws IOException {
        int n = 0;
        long offered = 0;
        for (Chunk chunk : chunks) {
            int bytes = chunk.data.remaining();
            if (n == LoopBuffers.MOST_PIECES || (n > 0 && offered + bytes > MOST_BYTES)) {
                break;
            }
            buffers.pieces[n++] = chunk.data;
            offered += bytes;
        }
        long written;
        try {
            if (n == 1) {
                ByteBuffer data = buffers.pieces[0];
                offered = data.isDirect() ? offered : Math.min(offered, MOST_BYTES);
                written = writeSlice(channel, data);
            } else {
                written = channel.write(buffers.pieces, 0, n);
            }
        } finally {
            Arrays.fill(buffers.pieces, 0, n, null);
        }
        size -= written;
        while (!chunks.isEmpty() && !chunks.getFirst().data.hasRemaining()) {
            chunks.removeFirst();
        }
        if (chunks.isEmpty()) {
            tail = null;
        }
        return written == offered;
    }

    /** Sends what the system takes of {@code data}, without a limit. */
    static void writeAll(WritableByteChannel channel, ByteBuffer data) throws IOException {
        if (data.isDirect() || data.remaining() <= MOST_BYTES) {
            channel.write(data);
            return;
        }
        while (data.hasRemaining() && writeSlice(channel, data) == MOST_BYTES) {
            // The system has room for more.
        }
    }

    private static int writeSlice(WritableByteChannel channel, ByteBuffer data) throws IOException {
        int end = data.limit();
        if (data.isDirect() || end - data.position() <= MOST_BYTES) {
            return channel.write(data);
        }
        try {
            return channel.write(data.limit(data.position() + MOST_BYTES));
        } finally {
            data.limit(end);
        }
    }
}
