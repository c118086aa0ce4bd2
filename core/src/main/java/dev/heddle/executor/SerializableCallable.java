package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A job that can be sent to another JVM. A lambda given to {@link
 * ProcessPoolExecutor#submit(SerializableCallable)} is one without a cast.
 *
 * @param <T> the type of the result, which must be serialisable too
 */
@FunctionalInterface
public interface SerializableCallable<T extends @Nullable Object>
        extends Callable<T>, Serializable {}
