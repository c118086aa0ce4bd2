package dev.heddle.transport;

/**
 * A connection that was made, both sides of it.
 *
 * @param transport how bytes move
 * @param protocol what they mean
 * @param <P> the type of the protocol
 */
public record Connected<P extends StreamingProtocol>(Transport transport, P protocol) {}
