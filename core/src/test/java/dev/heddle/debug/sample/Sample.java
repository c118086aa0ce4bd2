package dev.heddle.debug.sample;

import dev.heddle.Asyncio;
import dev.heddle.Future;
import dev.heddle.generator.Generator;

/** A program to look at, outside of Heddle's own packages; its frames count as a user's. */
public final class Sample {

    private Sample() {}

    /** Waits for a future, two calls deep. */
    public static void outer(Future<?> future) {
        inner(future);
    }

    private static void inner(Future<?> future) {
        future.await();
    }

    /** Sleeps for an hour. */
    public static void nap() {
        Asyncio.sleep(3600);
    }

    /** Waits for two naps. */
    public static void twoNaps() {
        Asyncio.gather(Sample::nap, Sample::nap);
    }

    /** Waits in the body of a generator. */
    public static void useGenerator(Future<?> future) {
        for (String line : Generator.<String>produce(y -> body(y, future))) {
            throw new AssertionError(line);
        }
    }

    private static void body(Object y, Future<?> future) {
        future.await();
    }
}
