package dev.heddle.sync;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** Receives until an exception says that there is nothing more. */
final class Receiving<T> implements Iterator<T> {

    private final Supplier<T> source;
    private final Class<? extends RuntimeException> end;
    private @Nullable T next;
    private boolean ended;

    Receiving(Supplier<T> source, Class<? extends RuntimeException> end) {
        this.source = source;
        this.end = end;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            try {
                next = source.get();
            } catch (RuntimeException e) {
                if (!end.isInstance(e)) {
                    throw e;
                }
                ended = true;
            }
        }
        return next != null;
    }

    @Override
    public T next() {
        T item = hasNext() ? next : null;
        if (item == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return item;
    }
}
