/**
 * Executors for {@link dev.heddle.EventLoop#runInExecutor} and {@link dev.heddle.Asyncio#toThread}:
 * virtual threads that stay off the loop, and a pool of other JVMs.
 */
@NullMarked
package dev.heddle.executor;

import org.jspecify.annotations.NullMarked;
