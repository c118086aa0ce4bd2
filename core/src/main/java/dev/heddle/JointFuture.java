package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;

/** A future that ends when others have ended, and knows them, for call graphs. */
final class JointFuture<T extends @Nullable Object> extends Future<T> {

    private final String what;
    private Collection<? extends Future<?>> parts;

    /**
     * Makes a pending one.
     *
     * @param what its name in texts
     * @param parts the others; not copied, and may change
     */
    JointFuture(EventLoop loop, String what, Collection<? extends Future<?>> parts) {
        super(loop);
        this.what = what;
        this.parts = parts;
    }

    @Override
    Collection<? extends Future<?>> parts() {
        return parts;
    }

    /** Lets go of the others, so that whoever keeps this future does not keep them. */
    void forgetParts() {
        parts = List.of();
    }

    @Override
    public String toString() {
        return "%s of %d (%s)".formatted(what, parts.size(), describeState());
    }
}
