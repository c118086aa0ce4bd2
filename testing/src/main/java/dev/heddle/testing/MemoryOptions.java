package dev.heddle.testing;

/**
 * What a connection in memory is like. Immutable; start from {@link #DEFAULT} and change a copy.
 *
 * @param capacity how many bytes are on their way in one direction at most, as in the buffers of a
 *     system; what is written beyond that stays in the write buffer
 * @param chunk how many bytes a protocol gets at once at most
 */
public record MemoryOptions(int capacity, int chunk) {

    /** 64 KiB on the way, and at once. */
    public static final MemoryOptions DEFAULT = new MemoryOptions(64 * 1024, 64 * 1024);

    /** One byte at a time, which the peer gets before the next one is sent. */
    public static final MemoryOptions LOCKSTEP = new MemoryOptions(1, 1);

    /** Checks that both are positive. */
    public MemoryOptions {
        check(capacity, "capacity");
        check(chunk, "chunk");
    }

    private static void check(int bytes, String name) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    "%s must be at least 1 byte, and is %d".formatted(name, bytes));
        }
    }

    /** Returns a copy with so many bytes on their way at most. */
    public MemoryOptions withCapacity(int bytes) {
        return new MemoryOptions(bytes, chunk);
    }

    /** Returns a copy that hands on so many bytes at once at most. */
    public MemoryOptions withChunk(int bytes) {
        return new MemoryOptions(capacity, bytes);
    }
}
