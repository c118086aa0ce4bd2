/**
 * Tests of programs that run on an event loop, with JUnit: each test is a task of a loop of its
 * own, in virtual time, in an order that a seed decides on, and nothing may be left behind.
 *
 * {@snippet :
 * @AsyncTest
 * void sleepsForAnHourInNoTime(VirtualClock clock) {
 *     sleep(3600);
 *     assertEquals(3_600_000_000_000L, clock.nanoTime());
 * }
 * }
 *
 * <p>{@link dev.heddle.testing.HeddleExtension} tells what the annotations do. {@link
 * dev.heddle.testing.Testing} has the methods to call in tests. {@link dev.heddle.testing.net} is a
 * network that exists only in the test.
 */
@NullMarked
package dev.heddle.testing;

import org.jspecify.annotations.NullMarked;
