package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.NoSuchElementException;

/**
 * A variable with a value for each task: what a thread-local is to threads, except that a task
 * starts with its creator's values. Make one as a static final field.
 *
 * <p>Source: PEP 567, {@code contextvars.ContextVar}.
 *
 * @param <T> the type of the value
 */
public final class ContextVar<T extends @Nullable Object> {

    private final String name;
    private final boolean hasDefault;
    private final @Nullable T defaultValue;

    private ContextVar(String name, boolean hasDefault, @Nullable T defaultValue) {
        this.name = java.util.Objects.requireNonNull(name, "name");
        this.hasDefault = hasDefault;
        this.defaultValue = defaultValue;
    }

    /** Makes a variable without a default: {@link #get()} throws until it is set. */
    public static <T extends @Nullable Object> ContextVar<T> of(String name) {
        return new ContextVar<>(name, false, null);
    }

    /** Makes a variable with a default value, which may be null. */
    public static <T extends @Nullable Object> ContextVar<T> of(String name, T defaultValue) {
        return new ContextVar<>(name, true, defaultValue);
    }

    /** Returns the name, which is there for people to read. */
    public String name() {
        return name;
    }

    /**
     * Returns the value in the caller's context, or else the default.
     *
     * @throws NoSuchElementException if there is neither (Python: LookupError)
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // null only if T allows it
    public T get() {
        Bindings bindings = Context.current().bindings();
        if (bindings.has(this)) {
            return (T) bindings.get(this);
        }
        if (hasDefault) {
            return defaultValue;
        }
        throw new NoSuchElementException("No value for context variable '" + name + "' here");
    }

    /** Returns the value in the caller's context, or else {@code fallback}. */
    @SuppressWarnings({"unchecked", "NullAway"}) // null only if T allows it
    public T get(T fallback) {
        Bindings bindings = Context.current().bindings();
        return bindings.has(this) ? (T) bindings.get(this) : fallback;
    }

    /**
     * Sets the value in the caller's context.
     *
     * @return a token that brings the value before back, by {@link #reset} or by try-with-resources
     */
    public Token<T> set(T value) {
        Context context = Context.current();
        Bindings before = context.bindings();
        context.bindings(before.with(this, value));
        return new Token<>(this, context, before.has(this), before.get(this));
    }

    /**
     * Brings back the value from before the {@link #set} that made {@code token}.
     *
     * @throws IllegalArgumentException if the token is of another variable or context
     * @throws IllegalStateException if the token was used before
     */
    public void reset(Token<T> token) {
        if (token.variable != this) {
            throw new IllegalArgumentException(
                    "The token is of " + token.variable + ", and this is " + this);
        }
        Context context = Context.current();
        if (token.context != context) {
            throw new IllegalArgumentException(
                    "The token of " + this + " was made in another context");
        }
        if (token.used) {
            throw new IllegalStateException("The token of " + this + " was used already");
        }
        token.used = true;
        Bindings now = context.bindings();
        context.bindings(token.wasSet ? now.with(this, token.before) : now.without(this));
    }

    @Override
    public String toString() {
        return "ContextVar(" + name + ")";
    }

    /**
     * What {@link ContextVar#set} gives back to undo it.
     *
     * @param <T> the type of the variable's value
     */
    public static final class Token<T extends @Nullable Object> implements AutoCloseable {

        private final ContextVar<T> variable;
        private final Context context;
        private final boolean wasSet;
        private final @Nullable Object before;
        private boolean used;

        Token(ContextVar<T> variable, Context context, boolean wasSet, @Nullable Object before) {
            this.variable = variable;
            this.context = context;
            this.wasSet = wasSet;
            this.before = before;
        }

        /** Returns the variable that was set. */
        public ContextVar<T> variable() {
            return variable;
        }

        /** Returns the value before; empty if the variable was not set, or was null. */
        @SuppressWarnings("unchecked")
        public java.util.Optional<T> oldValue() {
            return java.util.Optional.ofNullable((T) before);
        }

        /** Resets the variable, as {@link ContextVar#reset} does. */
        @Override
        public void close() {
            variable.reset(this);
        }
    }
}
