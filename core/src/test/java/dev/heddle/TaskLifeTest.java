package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.ensureFuture;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How a task begins and ends, and what it tells of itself. */
class TaskLifeTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    @Test
    void bodyStartsInTheNextTurn() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            log.add("body");
                            return "value";
                        });

        assertThat(log).isEmpty();
        assertThat(task.done()).isFalse();
        turns(1);

        assertThat(log).containsExactly("body");
        assertThat(task.result()).isEqualTo("value");
    }

    @Test
    void tasksStartInTheOrderInWhichTheyWereMadeAmongCallbacks() {
        loop.callSoon(() -> log.add("callback 1"));
        loop.createTask(() -> log.add("task 1"));
        loop.callSoon(() -> log.add("callback 2"));
        loop.createTask(() -> log.add("task 2"));

        turns(1);

        assertThat(log).containsExactly("callback 1", "task 1", "callback 2", "task 2");
    }

    @Test
    void errorOfTheBodyIsTheTasksErrorAsTheSameObject() {
        var error = new IOException("disk");

        Task<Void> task =
                loop.createTask(
                        () -> {
                            throw error;
                        });
        turns(1);

        assertThat(task.exception()).isSameAs(error);
        assertThat(task.cancelled()).isFalse();
        assertThatExceptionOfType(IOException.class).isThrownBy(task::result).isSameAs(error);
    }

    @Test
    void throwableThatIsNoExceptionIsATasksErrorToo() {
        var error = new AssertionError("wrong");

        Task<Void> task =
                loop.createTask(
                        () -> {
                            throw error;
                        });
        turns(1);

        assertThat(task.exception()).isSameAs(error);
    }

    @Test
    void nullIsAResult() {
        Task<Void> task = loop.createTask(() -> sleep(0));

        turns(2);

        assertThat(task.done()).isTrue();
        assertThat(task.result()).isNull();
    }

    @Test
    void namesCountUpAndCanBeSet() {
        Task<Void> first = loop.createTask(() -> {});
        Task<Void> named = loop.createTask(() -> null, TaskOptions.DEFAULT.withName("weaver"));
        Task<Void> second = loop.createTask(() -> {});

        assertThat(number(second)).isGreaterThan(number(first));
        assertThat(named.getName()).isEqualTo("weaver");
        named.setName("spinner");
        assertThat(named.getName()).isEqualTo("spinner");
        assertThatNullPointerException().isThrownBy(() -> named.setName(null));
        turns(1);
    }

    private static int number(Task<?> task) {
        assertThat(task.getName()).startsWith("Task-");
        return Integer.parseInt(task.getName().substring("Task-".length()));
    }

    @Test
    void nameIsThatOfTheThread() {
        var names = new ArrayList<String>();
        loop.createTask(
                () -> {
                    names.add(Thread.currentThread().getName());
                    currentTask().setName("spinner");
                    names.add(Thread.currentThread().getName());
                    return null;
                },
                TaskOptions.DEFAULT.withName("weaver"));

        turns(1);

        assertThat(names).containsExactly("weaver", "spinner");
    }

    @Test
    void coroutineIsThereUntilTheTaskIsDone() {
        Coroutine<Integer> coroutine = () -> 1;
        Task<Integer> task = loop.createTask(coroutine);
        Task<Integer> cancelled = loop.createTask(coroutine);
        assertThat(task.getCoro()).isSameAs(coroutine);

        cancelled.cancel();
        turns(1);

        assertThat(task.getCoro()).isNull();
        assertThat(cancelled.getCoro()).isNull();
    }

    @Test
    void outcomeOfATaskCannotBeSet() {
        Task<Integer> task = loop.createTask(() -> 1);

        assertThatIllegalStateException().isThrownBy(() -> task.setResult(2));
        assertThatIllegalStateException().isThrownBy(() -> task.setException(new Exception()));
        turns(1);
        assertThatIllegalStateException().isThrownBy(() -> task.setResult(2));

        assertThat(task.result()).isEqualTo(1);
    }

    @Test
    void allTasksAreThosePendingInTheOrderOfMaking() {
        run(
                () -> {
                    Task<Void> first = createTask(() -> sleep(2));
                    Task<Void> second = createTask(() -> sleep(1));
                    Task<Void> third = createTask(() -> sleep(3));

                    assertThat(Asyncio.allTasks())
                            .isEqualTo(List.of(currentTask(), first, second, third));
                    sleep(1.5);
                    assertThat(Asyncio.allTasks()).isEqualTo(List.of(currentTask(), first, third));
                    sleep(2);
                    assertThat(Asyncio.allTasks()).isEqualTo(List.of(currentTask()));
                });

        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void ensureFutureTakesWhatIsThereAndStartsTheRest() {
        Future<Integer> future = loop.createFuture();
        Awaitable<Integer> custom = () -> 3;

        run(
                () -> {
                    Coroutine<Integer> coroutine = () -> 2;
                    Task<Integer> task = createTask(coroutine);

                    assertThat(ensureFuture(future)).isSameAs(future);
                    assertThat(ensureFuture(task)).isSameAs(task);
                    assertThat(ensureFuture(coroutine)).isInstanceOf(Task.class).isNotSameAs(task);
                    assertThat(ensureFuture(custom).await()).isEqualTo(3);
                    assertThat(ensureFuture(() -> sleep(1)).await()).isNull();
                    assertThatNullPointerException()
                            .isThrownBy(() -> ensureFuture((Awaitable<?>) null));
                });
    }

    @Test
    void createTaskNeedsARunningLoop() {
        assertThatIllegalStateException()
                .isThrownBy(() -> createTask(() -> 1))
                .withMessageContaining("no running event loop");
    }

    @Test
    void closedLoopMakesNoTasks() {
        loop.close();

        assertThatIllegalStateException()
                .isThrownBy(() -> loop.createTask(() -> log.add("body")))
                .withMessageContaining("Event loop is closed");

        assertThat(log).isEmpty();
        assertThat(loop.allTasks()).isEmpty();
    }

    @Test
    void oneCoroutineCanBeRunManyTimes() {
        Coroutine<Integer> counting =
                () -> {
                    sleep(1);
                    log.add("run");
                    return log.size();
                };

        List<Integer> results =
                run(
                        () -> {
                            Task<Integer> a = createTask(counting);
                            Task<Integer> b = createTask(counting);
                            return List.of(a.await(), b.await(), counting.await());
                        });

        assertThat(results).containsExactly(1, 2, 3);
    }
}
