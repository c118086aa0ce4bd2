package dev.heddle.testing;

import dev.heddle.stream.Connection;

/**
 * Two ends of one connection.
 *
 * @param left one end
 * @param right the other one
 */
public record StreamPair(Connection left, Connection right) implements AutoCloseable {

    /** Closes both at once, and drops what was not read. Does not wait. */
    @Override
    public void close() {
        left.abort();
        right.abort();
    }
}
