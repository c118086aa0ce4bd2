/**
 * Child processes, as streams or as transport and protocol, and the signals of this process.
 *
 * <p>Nothing here blocks the loop, and no thread of ours stands behind a child: its pipes are
 * channels that the loop's reactor watches like sockets, and it is started on a virtual thread off
 * the loop, for some milliseconds. What remains is one thread of the JDK for each living child,
 * which waits for its end, and without which there is no {@link java.lang.Process}.
 */
@NullMarked
package dev.heddle.process;

import org.jspecify.annotations.NullMarked;
