package dev.heddle.generator;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;

/** A plain iterator in the role of a delegate: it takes no values and no exceptions (PEP 380). */
record IteratorDelegate<Y extends @Nullable Object>(Iterator<? extends Y> iterator)
        implements Delegate<Y, Object, Object> {

    @Override
    public Y next() {
        if (iterator.hasNext()) {
            return iterator.next();
        }
        throw new StopIteration(null);
    }

    @Override
    public Y send(@Nullable Object value) {
        if (value == null) {
            return next();
        }
        throw new UnsupportedOperationException(
                "A value was sent to a generator that yields from a plain iterator, "
                        + iterator.getClass().getName()
                        + ", which cannot take any: "
                        + value);
    }

    @Override
    public void close() {
        if (iterator instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw Sneaky.sneakyThrow(e);
            }
        }
    }
}
