package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

/**
 * What all protocols have in common. The methods are called by the transport on the loop's thread,
 * and may not wait.
 *
 * <p>Source: {@code asyncio.BaseProtocol}.
 */
public interface BaseProtocol {

    /**
     * The transport is closed: the last call, made exactly once.
     *
     * @param error why, or null if it was closed by either side in order, or aborted here
     */
    default void connectionLost(@Nullable Throwable error) throws Exception {}

    /** The write buffer has grown above the high-water mark: write no more. */
    default void pauseWriting() throws Exception {}

    /** The write buffer is down to the low-water mark again. */
    default void resumeWriting() throws Exception {}
}
