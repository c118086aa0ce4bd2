package dev.heddle;

import org.jspecify.annotations.Nullable;

/**
 * Makes the tasks of a loop.
 *
 * <p>Source: {@code loop.set_task_factory}.
 */
@FunctionalInterface
public interface TaskFactory {

    /** Makes a task of {@code loop} that runs {@code coroutine}. */
    <T extends @Nullable Object> Task<T> create(
            EventLoop loop, Coroutine<T> coroutine, TaskOptions options);

    /**
     * The factory of a loop that was given none: a task starts in the next turn, unless its options
     * say otherwise.
     */
    TaskFactory LAZY =
            new TaskFactory() {
                @Override
                public <T extends @Nullable Object> Task<T> create(
                        EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                    return new Task<>(loop, coroutine, options);
                }
            };

    /**
     * Starts each task at once and lets it run up to where it first suspends, unless its options
     * say otherwise. A task that never suspends is done when {@code createTask} returns. Source:
     * {@code asyncio.eager_task_factory}.
     */
    TaskFactory EAGER =
            new TaskFactory() {
                @Override
                public <T extends @Nullable Object> Task<T> create(
                        EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                    return new Task<>(
                            loop,
                            coroutine,
                            options.eagerStart() == null ? options.withEagerStart(true) : options);
                }
            };
}
