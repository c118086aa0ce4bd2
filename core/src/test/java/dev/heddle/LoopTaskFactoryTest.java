package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What makes the tasks of a loop. */
class LoopTaskFactoryTest extends LoopFixture {

    private static final class MyTask<T> extends Task<T> {

        private final TaskOptions options;

        MyTask(EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
            super(loop, coroutine, options);
            this.options = options;
        }
    }

    private static final TaskFactory FACTORY =
            new TaskFactory() {
                @Override
                public <T> Task<T> create(
                        EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                    return new MyTask<>(loop, coroutine, options);
                }
            };

    @Test
    void tasksAreOfTheFactorysType() {
        loop.setTaskFactory(FACTORY);

        Task<String> task = loop.createTask(() -> "mine");

        assertThat(loop.getTaskFactory()).isSameAs(FACTORY);
        assertThat(task).isInstanceOf(MyTask.class);
        assertThat(loop.runUntilComplete(task)).isEqualTo("mine");
        assertThat(run(() -> Asyncio.currentTask() instanceof MyTask)).isTrue();
    }

    @Test
    void factoryGetsTheOptions() {
        loop.setTaskFactory(FACTORY);
        var options = new TaskOptions("named", new Context(), false);

        Task<Object> task = loop.createTask(() -> "mine", options);

        assertThat(((MyTask<Object>) task).options).isEqualTo(options);
        assertThat(task.getName()).isEqualTo("named");
        loop.runUntilComplete(task);
    }

    @Test
    void nullRestoresTheDefault() {
        TaskFactory original = loop.getTaskFactory();
        loop.setTaskFactory(FACTORY);

        loop.setTaskFactory(null);

        assertThat(loop.getTaskFactory()).isSameAs(original);
        Task<String> task = loop.createTask(() -> "plain");
        assertThat(task).isExactlyInstanceOf(Task.class);
        loop.runUntilComplete(task);
    }

    @Test
    void builderTakesAFactory() {
        EventLoop other = open(EventLoop.builder().taskFactory(FACTORY));

        Task<String> task = other.createTask(() -> "mine");

        assertThat(task).isInstanceOf(MyTask.class);
        other.runUntilComplete(task);
    }

    @Test
    void factoryThatFailsLeavesNothingBehind() {
        var error = new IllegalArgumentException("no task");
        loop.setTaskFactory(
                new TaskFactory() {
                    @Override
                    public <T> Task<T> create(
                            EventLoop where, Coroutine<T> coroutine, TaskOptions options) {
                        throw error;
                    }
                });

        assertThatThrownBy(() -> loop.createTask(() -> 1)).isSameAs(error);

        assertThat(loop.allTasks()).isEmpty();
        turns(1);
    }

    @Test
    void coroutineOfARefusedTaskIsNotStarted() {
        var started = new AtomicBoolean();
        List<Throwable> errors = new ArrayList<>();
        loop.close();

        try {
            Asyncio.setEventLoop(loop);
            Asyncio.ensureFuture(() -> started.getAndSet(true));
        } catch (IllegalStateException e) {
            errors.add(e);
        } finally {
            Asyncio.setEventLoop(null);
        }

        assertThat(errors).singleElement().asString().contains("Event loop is closed");
        assertThat(loop.allTasks()).isEmpty();
        assertThat(started).isFalse();
    }
}
