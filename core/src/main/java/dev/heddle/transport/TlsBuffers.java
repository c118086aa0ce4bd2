package dev.heddle.transport;

import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The buffers that the TLS connections of a loop take for the time of one event, so that an idle
 * connection has none. On the heap, since that is where the JDK's engine works.
 *
 * <p>Who takes one has it alone until he gives it back: in TLS over TLS, and where a protocol feeds
 * another connection, several are in use inside each other.
 */
final class TlsBuffers {

    /** Bytes: four records of any sort, for reads, writes and deciphered data. */
    static final int LARGE = 4 * 17 * 1024;

    /** Bytes: one record of any sort, for the part of it that has come. */
    static final int SMALL = 19 * 1024;

    private static final int MOST_KEPT = 16;

    private static final LoopLocal<TlsBuffers> OF_LOOP = new LoopLocal<>(loop -> new TlsBuffers());

    private final ArrayDeque<ByteBuffer> large = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> small = new ArrayDeque<>();

    private TlsBuffers() {}

    static TlsBuffers of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    ByteBuffer takeLarge() {
        ByteBuffer kept = large.poll();
        return kept == null ? ByteBuffer.allocate(LARGE) : kept;
    }

    ByteBuffer takeSmall() {
        ByteBuffer kept = small.poll();
        return kept == null ? ByteBuffer.allocate(SMALL) : kept;
    }

    /** Takes a buffer back; one of another size is dropped. */
    void give(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return;
        }
        ArrayDeque<ByteBuffer> pool =
                buffer.capacity() == LARGE ? large : buffer.capacity() == SMALL ? small : null;
        if (pool != null && pool.size() < MOST_KEPT) {
            pool.push(buffer.clear());
        }
    }
}
