package dev.heddle.executor;

import java.io.Serializable;

/** A {@link SerializableCallable} without a result. */
@FunctionalInterface
public interface SerializableRunnable extends Runnable, Serializable {}
