package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The values that {@link ContextVar}s have for one task or callback.
 *
 * <p>Each task runs in a context of its own, copied from its creator's when it is made; each
 * callback runs in a copy too. A copy costs nothing to speak of, and what is set in it stays in it.
 * Code outside of a loop has the context of its thread.
 *
 * <p>Source: PEP 567, {@code contextvars.Context}.
 */
public final class Context {

    private static final ThreadLocal<Context> OFF_LOOP = ThreadLocal.withInitial(Context::new);

    private Bindings bindings;
    private boolean entered;

    /** Makes an empty context. */
    public Context() {
        this(Bindings.EMPTY);
    }

    Context(Bindings bindings) {
        this.bindings = bindings;
    }

    /** Returns the context in which the caller runs. */
    static Context current() {
        EventLoop loop = EventLoop.runningOrNull();
        return loop == null ? OFF_LOOP.get() : loop.context();
    }

    /** Returns a copy of the context in which the caller runs. Source: {@code copy_context}. */
    public static Context copyCurrent() {
        return new Context(current().bindings);
    }

    /** Returns a copy of this context. */
    public Context copy() {
        return new Context(bindings);
    }

    /**
     * Runs {@code action} in this context, on the calling thread, and returns its result. What it
     * sets stays in this context.
     *
     * @throws IllegalStateException if this context is being run already
     */
    public <T extends @Nullable Object> T run(Callable<T> action) {
        if (entered) {
            throw new IllegalStateException("This context is already entered: " + this);
        }
        EventLoop loop = EventLoop.runningOrNull();
        Context outer = loop == null ? OFF_LOOP.get() : loop.context();
        entered = true;
        enter(loop, this);
        try {
            return action.call();
        } catch (Exception e) {
            throw Sneaky.sneakyThrow(e);
        } finally {
            enter(loop, outer);
            entered = false;
        }
    }

    private static void enter(@Nullable EventLoop loop, Context context) {
        if (loop == null) {
            OFF_LOOP.set(context);
        } else {
            loop.enterContext(context);
        }
    }

    /** Returns the variables that are set here, with their values. */
    public Map<ContextVar<?>, @Nullable Object> asMap() {
        var map = new LinkedHashMap<ContextVar<?>, @Nullable Object>();
        for (int i = 0; i < bindings.size(); i++) {
            map.put(bindings.variableAt(i), bindings.valueAt(i));
        }
        return java.util.Collections.unmodifiableMap(map);
    }

    Bindings bindings() {
        return bindings;
    }

    void bindings(Bindings bindings) {
        this.bindings = bindings;
    }

    @Override
    public String toString() {
        return "Context" + asMap();
    }
}
