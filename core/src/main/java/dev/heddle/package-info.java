/**
 * asyncio for the JVM: one event loop on the reactor pattern, futures and tasks, and coroutines
 * written as plain sequential Java.
 *
 * <p>{@link dev.heddle.Asyncio} is the door: import its static methods and write {@code run(() ->
 * ...)}. The pieces behind it, from the bottom up:
 *
 * <ul>
 *   <li>{@link dev.heddle.EventLoop} runs callbacks and tasks, one at a time, on one thread;
 *   <li>{@link dev.heddle.Future} is the promise of a result;
 *   <li>{@link dev.heddle.Task} is a future that runs a coroutine on a virtual thread which the
 *       loop schedules;
 *   <li>{@link dev.heddle.Runner} opens and closes a loop around a program.
 * </ul>
 *
 * <p>A task switches to another only where it suspends: in {@code await}, {@code sleep} and what is
 * built on them, or in a blocking call of the JDK. Between two such places nothing else of its loop
 * runs.
 */
@NullMarked
package dev.heddle;

import org.jspecify.annotations.NullMarked;
