package dev.heddle.transport;

import dev.heddle.EventLoop;

import org.jspecify.annotations.Nullable;

/**
 * What all transports have in common.
 *
 * <p>States: open → closing → closed. {@link BaseProtocol#connectionLost} is called once, as the
 * last call of the protocol, when it is closed.
 *
 * <p>All methods are for the loop's thread only.
 *
 * <p>Source: {@code asyncio.BaseTransport}.
 */
public interface BaseTransport {

    /** Returns the loop that it belongs to. */
    EventLoop getLoop();

    /** Returns what {@code key} stands for, or null if this transport has no such thing. */
    <T> @Nullable T getExtraInfo(ExtraInfo<T> key);

    /** Tells whether it is closing or closed. */
    boolean isClosing();

    /**
     * Begins to close: what was written is sent first, nothing is received any more, and then
     * {@code connectionLost(null)} is called. Returns at once. Idempotent.
     */
    void close();

    /**
     * Closes at once: what was written and not yet sent is dropped, and {@code
     * connectionLost(null)} is called soon. Idempotent.
     */
    void abort();

    /** Returns the protocol. */
    BaseProtocol getProtocol();
}
