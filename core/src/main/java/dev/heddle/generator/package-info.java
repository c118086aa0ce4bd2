/**
 * Generators: PEP 342 ({@code send}, {@code throw}, {@code close}) and PEP 380 ({@code yield from})
 * in full.
 *
 * <p>A {@link dev.heddle.generator.Generator} is the outer side, for callers. Its inner side is a
 * {@code Execution}: the body on a one-shot continuation of the JVM, which the body sees as its
 * {@link dev.heddle.generator.Yielder}. To resume is to put what is sent or thrown into the
 * execution's slot and to run its continuation on the caller's stack; to yield is to put the value
 * into the slot and to leave that stack. That is one switch each way, about 100 ns together, and
 * nothing is allocated.
 *
 * <p>When a generator yields from another one, neither runs on top of the other. The one that is
 * driven from outside keeps a {@code Chain} of all that yield from one another, and resumes the
 * innermost of them directly. So a value costs the same at any depth, and the exceptions, the order
 * of closing and the end of each are one loop, {@code Chain.drive}. Everything else that can be
 * yielded from (a {@link dev.heddle.generator.Delegate}, an iterator) is talked to by the text of
 * PEP 380 itself, {@code Execution.talkThrough}.
 *
 * <p>The rules on which the tests insist:
 *
 * <ul>
 *   <li>an exception that leaves the body finishes the generator, and StopIteration leaves it as a
 *       RuntimeException (PEP 479);
 *   <li>closing goes inside out; one that ignores it is left alone and its outer one is told;
 *   <li>whoever executes cannot be resumed: neither a generator nor any that yields from it;
 *   <li>moving a block of a body into a generator of its own changes nothing.
 * </ul>
 */
@NullMarked
package dev.heddle.generator;

import org.jspecify.annotations.NullMarked;
