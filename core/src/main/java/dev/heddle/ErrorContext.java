package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an error that no code was there to catch: what an {@link ExceptionHandler} gets.
 *
 * <p>Source: the {@code context} dictionary of {@code loop.call_exception_handler}.
 *
 * @param message what happened, in a sentence
 * @param exception the error, if there is one
 * @param future the future it belongs to
 * @param task the task it belongs to
 * @param handle the callback that failed
 * @param sourceStack in debug mode, where {@code future}, {@code task} or {@code handle} was made
 * @param inner the context of an error during whose handling this one happened
 */
public record ErrorContext(
        String message,
        @Nullable Throwable exception,
        @Nullable Future<?> future,
        @Nullable Task<?> task,
        @Nullable Handle handle,
        @Nullable Throwable sourceStack,
        @Nullable ErrorContext inner) {

    /** Makes one with a message and maybe an error. */
    public static ErrorContext of(String message, @Nullable Throwable exception) {
        return new ErrorContext(message, exception, null, null, null, null, null);
    }

    /** Returns a copy that names a future, or a task. */
    public ErrorContext with(Future<?> about) {
        return about instanceof Task<?> t
                ? new ErrorContext(message, exception, future, t, handle, sourceStack, inner)
                : new ErrorContext(message, exception, about, task, handle, sourceStack, inner);
    }

    /** Returns a copy that names a callback. */
    public ErrorContext with(Handle about) {
        return new ErrorContext(message, exception, future, task, about, sourceStack, inner);
    }

    /** Returns a copy with the stack where the object in question was made. */
    public ErrorContext withSource(@Nullable Throwable stack) {
        return new ErrorContext(message, exception, future, task, handle, stack, inner);
    }

    /** Returns a copy that points to the context in whose handling this error happened. */
    public ErrorContext withInner(ErrorContext context) {
        return new ErrorContext(message, exception, future, task, handle, sourceStack, context);
    }

    /** Returns everything but the stack traces, a line each. */
    public String describe() {
        var text = new StringBuilder(message);
        line(text, "task", task);
        line(text, "future", future);
        line(text, "handle", handle);
        if (inner != null) {
            line(text, "while handling", inner.describe().replace("\n", "\n  "));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append("\n  ").append(name).append(": ").append(textOf(value));
        }
    }

    /**
     * Returns the text of anything; a toString that fails must not make an error out of another.
     */
    static String textOf(Object value) {
        try {
            return value.toString();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            return "%s (its toString failed: %s)"
                    .formatted(value.getClass().getName(), e.getClass().getName());
        }
    }
}
