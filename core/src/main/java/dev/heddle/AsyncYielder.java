package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * By which the body of an {@link AsyncGenerator} hands out its values.
 *
 * @param <Y> what it yields
 * @param <S> what can be sent to it
 */
public final class AsyncYielder<Y extends @Nullable Object, S extends @Nullable Object> {

    private final AsyncGeneratorBody<Y, S> body;

    AsyncYielder(AsyncGeneratorBody<Y, S> body) {
        this.body = body;
    }

    /**
     * Hands {@code value} to the task that has asked for it, and suspends the body until a task
     * asks for the next one.
     *
     * @return what that task sends, or null
     * @throws dev.heddle.generator.GeneratorExit if the generator is closed
     * @throws IllegalStateException if the caller is not the body's own task
     */
    public @Nullable S yield(Y value) {
        return body.yield(value);
    }
}
