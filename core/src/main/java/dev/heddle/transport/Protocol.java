package dev.heddle.transport;

import java.nio.ByteBuffer;

/**
 * A protocol that is handed what has come. An exception that a method throws goes to the loop's
 * exception handler, and ends the connection.
 *
 * <p>Source: {@code asyncio.Protocol}.
 */
public non-sealed interface Protocol extends StreamingProtocol {

    /**
     * Bytes have come, at least one.
     *
     * @param data valid only during this call, as its memory is used again: copy what is needed
     *     later. Handing it to {@link WriteTransport#write} is fine.
     */
    void dataReceived(ByteBuffer data) throws Exception;
}
