/**
 * A network that exists only in memory and in virtual time. Programs that use transports, streams
 * or channels run on it unchanged: hosts, names, TCP and UDP, with delays and faults, all from one
 * seed.
 *
 * <p>Start with {@link dev.heddle.testing.net.SimulatedNetwork}.
 */
@NullMarked
package dev.heddle.testing.net;

import org.jspecify.annotations.NullMarked;
