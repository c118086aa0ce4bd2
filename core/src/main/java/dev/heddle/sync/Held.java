package dev.heddle.sync;

/**
 * Something acquired that is to be released: {@code try (var _ = lock.hold()) { ... }}.
 *
 * <p>Closing it releases once for each time it is closed, as a call of {@code release} would.
 */
@FunctionalInterface
public interface Held extends AutoCloseable {

    /** Releases. Never waits. */
    @Override
    void close();
}
