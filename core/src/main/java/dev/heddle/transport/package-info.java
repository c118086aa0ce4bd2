/**
 * Transports, which move bytes, and protocols, which say what they mean: TCP, UNIX and UDP sockets,
 * pipes, TLS over any of them, and servers.
 *
 * <p>A transport calls its protocol on the loop's thread, one call after the other; a protocol's
 * methods are plain callbacks, and may not wait. {@link dev.heddle.stream} has the same connections
 * in direct style.
 *
 * <p>The entrance is {@link dev.heddle.transport.Transports}.
 *
 * <p>Source: PEP 3156, asyncio's transports and protocols.
 */
@NullMarked
package dev.heddle.transport;

import org.jspecify.annotations.NullMarked;
