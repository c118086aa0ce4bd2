/**
 * What an event loop waits with: {@link dev.heddle.reactor.Reactor} for I/O and {@link
 * dev.heddle.reactor.Clock} for time. Both can be replaced, by a simulated network and by virtual
 * time.
 */
@NullMarked
package dev.heddle.reactor;

import org.jspecify.annotations.NullMarked;
