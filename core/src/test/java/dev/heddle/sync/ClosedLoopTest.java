package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** When a loop is closed, the tasks that wait on primitives are unwound, and none hangs. */
class ClosedLoopTest extends SyncFixture {

    private Task<Void> waiting(String name, Runnable wait) {
        return loop.createTask(
                () -> {
                    try {
                        wait.run();
                    } finally {
                        log.add(name);
                    }
                });
    }

    @Test
    void tasksThatWaitAreUnwound() {
        var lock = new Lock();
        var condition = new Condition();
        var queue = new Queue<Integer>();
        var channel = MemoryChannel.<Integer>open(0);
        List<Task<?>> tasks = new ArrayList<>();
        tasks.add(waiting("lock", () -> lock.with(() -> sleep(1000))));
        tasks.add(waiting("second", lock::acquire));
        tasks.add(waiting("condition", () -> condition.with(condition::await)));
        tasks.add(waiting("event", () -> new Event().await()));
        tasks.add(waiting("semaphore", () -> new Semaphore(0).acquire()));
        tasks.add(waiting("barrier", () -> new Barrier(2).await()));
        tasks.add(waiting("queue", queue::get));
        tasks.add(waiting("limiter", () -> new CapacityLimiter(0).acquire()));
        tasks.add(waiting("sender", () -> channel.sender().send(1)));
        run(() -> sleep(1));

        loop.close();

        assertThat(tasks).allMatch(Task::cancelled);
        assertThat(log).hasSize(tasks.size());
        assertThat(errors).hasSize(tasks.size()); // "Task was destroyed but it is pending!"
        errors.clear();
    }

    @Test
    void waiterOfAConditionEndsAlsoIfItCannotHaveTheLockAnyMore() {
        var condition = new Condition();
        Task<Void> waiter =
                waiting(
                        "waiter",
                        () -> {
                            condition.acquire();
                            condition.await();
                        });
        run(
                () -> {
                    sleep(0);
                    condition.acquire(); // for good
                });

        loop.close();

        assertThat(waiter.cancelled()).isTrue();
        assertThat(log).containsExactly("waiter");
        assertThat(errors).hasSize(1);
        errors.clear();
    }

    @Test
    void signalledWaiterOfAConditionEndsToo() {
        var condition = new Condition();
        Task<Void> waiter =
                waiting(
                        "waiter",
                        () -> {
                            condition.acquire();
                            condition.await();
                        });
        run(
                () -> {
                    sleep(0);
                    condition.acquire();
                    condition.signal();
                    createTask(() -> {}).await();
                });

        loop.close();

        assertThat(waiter.cancelled()).isTrue();
        assertThat(condition.statistics().lock().tasksWaiting()).isZero();
        errors.clear();
    }
}
