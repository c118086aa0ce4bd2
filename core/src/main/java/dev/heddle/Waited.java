package dev.heddle;

import java.util.Set;

/**
 * What {@link Asyncio#wait} found, each set in the order of its arguments.
 *
 * @param <F> the type of the futures
 * @param done the futures that are done
 * @param pending those that are not, and go on
 */
public record Waited<F extends Future<?>>(Set<F> done, Set<F> pending) {}
