package dev.heddle.testing;

import dev.heddle.stream.StreamOptions;
import dev.heddle.stream.StreamReaderProtocol;

/** Connections in memory, for tests of what is written on top of streams. To be used in tasks. */
public final class MemoryStreams {

    private MemoryStreams() {}

    /**
     * Returns a connection whose buffers are like those of a system: what one end writes is there
     * at the other one in the next turn of the loop.
     */
    public static StreamPair pair() {
        return pair(MemoryOptions.DEFAULT);
    }

    /**
     * Returns a connection that carries one byte at a time: a write returns when the reader at the
     * other end has received the last one, and each byte comes alone. Finds code that relies on
     * messages to come in one piece, or on room that is not promised.
     *
     * <p>Source: {@code trio.testing.lockstep_stream_pair}; here the reader's own buffer takes
     * bytes that nobody asks for yet.
     */
    public static StreamPair lockstepPair() {
        return pair(MemoryOptions.LOCKSTEP);
    }

    /** Returns a connection with other buffers. */
    public static StreamPair pair(MemoryOptions options) {
        return pair(options, StreamOptions.DEFAULT);
    }

    /** Returns a connection with other buffers, and other limits of its streams. */
    public static StreamPair pair(MemoryOptions options, StreamOptions streams) {
        var left = new StreamReaderProtocol(streams);
        var right = new StreamReaderProtocol(streams);
        MemoryTransport.connect(left, right, options);
        return new StreamPair(left.connection(), right.connection());
    }
}
