/**
 * Primitives by which tasks coordinate: locks, semaphores, queues and channels.
 *
 * <p>All of them belong to one loop and are not for threads: each is bound to the loop in which a
 * task first waits on it. They share one wait queue, so they share its rules:
 *
 * <ul>
 *   <li>Who waits longer goes first. A task that comes later queues behind those that wait, also
 *       when what it wants is free at the moment.
 *   <li>A task that finds what it wants, and nobody before it, takes it without suspending, also in
 *       a cancelled scope. What suspends can be cancelled, and then it has had no effect.
 *   <li>If a task is cancelled after it was woken and before it runs, the wake-up goes on to the
 *       next. None is lost.
 * </ul>
 *
 * <p>Methods that end in {@code Nowait} never suspend, and take what is there even if others wait
 * for it.
 *
 * <p>Names are asyncio's and trio's, except where {@link java.lang.Object} has taken them: {@code
 * wait} is {@code await} here, and {@code notify} is {@code signal}, as in {@link
 * java.util.concurrent.locks.Condition}.
 */
@NullMarked
package dev.heddle.sync;

import org.jspecify.annotations.NullMarked;
