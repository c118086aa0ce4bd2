package dev.heddle.transport;

import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory that all transports of a loop share, one after the other, so that an idle connection
 * has none.
 */
final class LoopBuffers {

    /** Most bytes of one read; enough for bulk, as the system's buffers are not much larger. */
    static final int READ_SIZE = 256 * 1024;

    /** Most pieces of one gathered write: IOV_MAX of Linux and macOS. */
    static final int MOST_PIECES = 1024;

    private static final LoopLocal<LoopBuffers> OF_LOOP =
            new LoopLocal<>(loop -> new LoopBuffers());

    private final ByteBuffer input = ByteBuffer.allocateDirect(READ_SIZE);

    /** The pieces of a gathered write; all null between two. */
    final ByteBuffer[] pieces = new ByteBuffer[MOST_PIECES];

    private LoopBuffers() {}

    static LoopBuffers of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    /** Returns the buffer to read into, empty, whatever the last user has done to it. */
    ByteBuffer input() {
        return input.clear().order(ByteOrder.BIG_ENDIAN);
    }
}
