package dev.heddle.transport;

/**
 * A datagram endpoint that was made, both sides of it.
 *
 * @param transport how datagrams move
 * @param protocol what they mean
 * @param <P> the type of the protocol
 */
public record Endpoint<P extends DatagramProtocol>(DatagramTransport transport, P protocol) {}
