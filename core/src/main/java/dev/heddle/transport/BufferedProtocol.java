package dev.heddle.transport;

import java.nio.ByteBuffer;

/**
 * A protocol that says where the bytes shall go. Source: {@code asyncio.BufferedProtocol}.
 *
 * <p>{@code getBuffer} and {@code bufferUpdated} are called in pairs, except that the connection
 * may end between them.
 */
public non-sealed interface BufferedProtocol extends StreamingProtocol {

    /**
     * Returns where to put what comes next, at its position, up to its limit. It must have room,
     * and nobody else may use it until {@link #bufferUpdated}.
     *
     * @param sizeHint how much may come, or -1 if that is not known; not a promise
     */
    ByteBuffer getBuffer(int sizeHint) throws Exception;

    /** {@code n} bytes, at least one, were put there; the buffer's position is behind them. */
    void bufferUpdated(int n) throws Exception;
}
