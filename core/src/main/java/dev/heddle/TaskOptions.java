package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * How a task is made. Immutable; start from {@link #DEFAULT} and change a copy.
 *
 * <p>Source: the keyword arguments of {@code create_task}.
 *
 * @param name the task's name, or null for {@code Task-N}
 * @param context the context to run in, shared with whoever else runs in it; null for a copy of the
 *     creator's
 * @param eagerStart true: the body runs at once, up to where it first suspends; false: in the next
 *     turn; null: as the loop's task factory does
 */
public record TaskOptions(
        @Nullable String name, @Nullable Context context, @Nullable Boolean eagerStart) {

    /** No name, a copy of the creator's context, start as the loop's task factory does. */
    public static final TaskOptions DEFAULT = new TaskOptions(null, null, null);

    /** Returns a copy with a name. */
    public TaskOptions withName(@Nullable String name) {
        return new TaskOptions(name, context, eagerStart);
    }

    /** Returns a copy with a context. */
    public TaskOptions withContext(@Nullable Context context) {
        return new TaskOptions(name, context, eagerStart);
    }

    /** Returns a copy that starts at once, or does not. */
    public TaskOptions withEagerStart(@Nullable Boolean eagerStart) {
        return new TaskOptions(name, context, eagerStart);
    }
}
