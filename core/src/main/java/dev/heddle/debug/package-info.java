/**
 * Looks into loops that run: who waits for what, where a loop hangs, and what it does.
 *
 * <ul>
 *   <li>{@link dev.heddle.debug.CallGraph}: the stack of a task and of those that wait for it; and
 *       all tasks of a loop as a tree, from any thread.
 *   <li>{@link dev.heddle.debug.Watchdog}: reports a step that does not return, while it hangs.
 *   <li>{@link dev.heddle.debug.Loops}: both the trees and the numbers of all loops, for tools that
 *       attach to a program which has done nothing to prepare.
 * </ul>
 *
 * <p>Nothing here costs anything as long as it is not used. What is told step by step goes to an
 * {@link dev.heddle.Instrument}.
 */
@NullMarked
package dev.heddle.debug;

import org.jspecify.annotations.NullMarked;
