package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;

/** What can be seen of a task from outside: its text, its stack, and which one runs. */
class TaskStateTextTest extends LoopFixture {

    private static final TaskOptions NAMED = TaskOptions.DEFAULT.withName("weaver");

    private final Future<String> future = loop.createFuture();

    @Test
    void textFollowsTheLifeOfATask() {
        Task<String> task = loop.createTask(() -> future.await(), NAMED);
        assertThat(task).hasToString("Task(weaver, pending)");

        turns(1);
        assertThat(task).hasToString("Task(weaver, pending, waiting for Future(pending))");

        future.setResult("cloth");
        turns(1);
        assertThat(task).hasToString("Task(weaver, finished: cloth)");
    }

    @Test
    void textTellsOfACancel() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            try {
                                return future.await();
                            } catch (CancelledError e) {
                                sleep(5);
                                throw e;
                            }
                        },
                        NAMED);
        turns(1);

        task.cancel();
        turns(1);
        assertThat(task).hasToString("Task(weaver, cancelling, waiting for sleep until 5.0)");

        run(() -> sleep(6));
        assertThat(task).hasToString("Task(weaver, cancelled)");
    }

    @Test
    void textTellsOfAnError() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            throw new IllegalArgumentException("knot");
                        },
                        NAMED);

        turns(1);

        assertThat(task)
                .hasToString("Task(weaver, failed: java.lang.IllegalArgumentException: knot)");
        assertThat(task.exception()).isNotNull();
    }

    @Test
    void textOfTasksThatWaitForEachOtherEnds() {
        var tasks = new ArrayList<Task<String>>();
        Coroutine<String> first = () -> tasks.get(1).await();
        Coroutine<String> second = () -> tasks.get(0).await();
        tasks.add(loop.createTask(first, NAMED));
        tasks.add(loop.createTask(second, TaskOptions.DEFAULT.withName("spinner")));
        turns(1);

        assertThat(tasks.get(0)).hasToString("Task(weaver, pending, waiting for spinner)");
        assertThat(tasks.get(1)).hasToString("Task(spinner, pending, waiting for weaver)");

        loop.close();
        assertThat(takeErrors()).hasSize(2); // pending for ever, until then
    }

    @Test
    void textTellsThatAGatheringHoldsATask() {
        Task<Object> task = loop.createTask(() -> gather(future, future), NAMED);

        turns(1);

        assertThat(task).hasToString("Task(weaver, pending, waiting for gather of 2 (pending))");
        task.cancel();
        turns(2);
    }

    @Test
    void textTellsThatTheTaskIsBlocked() {
        var latch = new CountDownLatch(1);
        VoidCoroutine blocking = latch::await;
        Task<Void> task = loop.createTask(blocking.asCoroutine(), NAMED);

        turns(1);

        assertThat(task).hasToString("Task(weaver, pending, blocked in the JDK)");
        latch.countDown();
        loop.runUntilComplete(task);
    }

    @Test
    void currentTaskIsTheOneThatRunsAlsoAfterEachSwitch() {
        var seen = new ArrayList<Boolean>();
        Coroutine<Void> pingPong =
                () -> {
                    Task<?> self = currentTask();
                    for (int i = 0; i < 10; i++) {
                        sleep(i % 2);
                        seen.add(currentTask() == self);
                    }
                    return null;
                };

        run(
                () -> {
                    Task<Void> a = createTask(pingPong);
                    Task<Void> b = createTask(pingPong);
                    gather(a, b);
                    assertThat(currentTask()).isNotIn(a, b);
                });

        assertThat(seen).hasSize(20).containsOnly(true);
    }

    @Test
    void callbackHasNoCurrentTask() {
        var seen = new ArrayList<Task<?>>();
        loop.callSoon(() -> seen.add(currentTask()));
        loop.createTask(() -> sleep(0));

        turns(2);

        assertThat(seen).hasSize(1).containsOnlyNulls();
    }

    @Test
    void currentTaskNeedsARunningLoop() {
        assertThatIllegalStateException()
                .isThrownBy(Asyncio::currentTask)
                .withMessageContaining("no running event loop");
        assertThat(loop.currentTask()).isNull();
    }
}
