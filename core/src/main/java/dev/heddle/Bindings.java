package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * An immutable map from context variables to values, which copies itself on a write.
 *
 * <p>To copy a context is then to copy a reference, and that happens with each callback and task. A
 * program has a handful of context variables, so a search through an array is the fastest map.
 */
final class Bindings {

    static final Bindings EMPTY = new Bindings(new Object[0]);

    /** Variables at even places, each followed by its value. */
    private final @Nullable Object[] table;

    private Bindings(@Nullable Object[] table) {
        this.table = table;
    }

    private int indexOf(ContextVar<?> variable) {
        for (int i = 0; i < table.length; i += 2) {
            if (table[i] == variable) {
                return i;
            }
        }
        return -1;
    }

    boolean has(ContextVar<?> variable) {
        return indexOf(variable) >= 0;
    }

    /** Returns the value, or null if there is none. */
    @Nullable Object get(ContextVar<?> variable) {
        int i = indexOf(variable);
        return i < 0 ? null : table[i + 1];
    }

    Bindings with(ContextVar<?> variable, @Nullable Object value) {
        int i = indexOf(variable);
        int end = table.length;
        var copy = new @Nullable Object[i < 0 ? end + 2 : end];
        System.arraycopy(table, 0, copy, 0, end);
        int place = i < 0 ? end : i;
        copy[place] = variable;
        copy[place + 1] = value;
        return new Bindings(copy);
    }

    Bindings without(ContextVar<?> variable) {
        int i = indexOf(variable);
        if (i < 0) {
            return this;
        }
        if (table.length == 2) {
            return EMPTY;
        }
        var copy = new @Nullable Object[table.length - 2];
        System.arraycopy(table, 0, copy, 0, i);
        System.arraycopy(table, i + 2, copy, i, table.length - i - 2);
        return new Bindings(copy);
    }

    int size() {
        return table.length / 2;
    }

    ContextVar<?> variableAt(int i) {
        return (ContextVar<?>) java.util.Objects.requireNonNull(table[2 * i]);
    }

    @Nullable Object valueAt(int i) {
        return table[2 * i + 1];
    }
}
