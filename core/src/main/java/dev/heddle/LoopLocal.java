package dev.heddle;

import java.util.Objects;
import java.util.function.Function;

/**
 * A value that each loop has its own of: a buffer that all its connections share, a cache.
 *
 * {@snippet :
 * private static final LoopLocal<Cache> CACHE = new LoopLocal<>(loop -> new Cache());
 * }
 *
 * <p>It is made when the loop is first asked for it, and dropped with the loop. A value that is
 * {@link AutoCloseable} is closed when the loop is; it must not wait in there.
 *
 * <p>Source: trio's {@code RunVar}.
 *
 * @param <T> the type of the value
 */
public final class LoopLocal<T> {

    private final Function<EventLoop, T> initial;

    /**
     * Makes one.
     *
     * @param initial makes the value for a loop, on its thread
     */
    public LoopLocal(Function<EventLoop, T> initial) {
        this.initial = Objects.requireNonNull(initial, "initial");
    }

    /** Returns the running loop's value. */
    public T get() {
        return get(Asyncio.getRunningLoop());
    }

    /** Returns the value of {@code loop}, by its thread only. */
    @SuppressWarnings("unchecked") // put there below
    public T get(EventLoop loop) {
        loop.checkThread("LoopLocal.get");
        Object value = loop.locals.get(this);
        if (value == null) {
            loop.checkOpen();
            value = Objects.requireNonNull(initial.apply(loop), "initial value");
            loop.locals.put(this, value);
        }
        return (T) value;
    }
}
