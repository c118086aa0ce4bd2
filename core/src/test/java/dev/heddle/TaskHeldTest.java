package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A loop holds its tasks while they are pending, whoever has dropped them, and not after; those
 * still pending when it is closed are reported and unwound.
 */
class TaskHeldTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private static boolean isCollected(WeakReference<?> reference) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (reference.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        return reference.get() == null;
    }

    private void startAndForget() {
        loop.createTask(
                () -> {
                    // Nobody but the task itself refers to what it waits for.
                    Future<Void> own = loop.createFuture();
                    loop.callLater(1, () -> own.setResult(null));
                    own.await();
                    sleep(1);
                    log.add("finished");
                });
        turns(1);
    }

    @Test
    void forgottenTaskRunsToItsEnd() {
        startAndForget();
        System.gc();

        run(() -> sleep(3));

        assertThat(log).containsExactly("finished");
    }

    @Test
    void taskThatOnlyItsOwnFutureRefersToStaysAlive() {
        var future = new WeakReference<Future<?>>(suspendForEver());

        for (int i = 0; i < 5; i++) {
            System.gc();
        }

        Task<?> task = loop.allTasks().getFirst();
        assertThat(task.awaitedFuture()).isNotNull().isSameAs(future.get());
        task.cancel();
        turns(1);
    }

    private Future<?> suspendForEver() {
        Future<Void> future = loop.createFuture();
        loop.createTask(() -> future.await());
        turns(1);
        return future;
    }

    @Test
    void finishedTaskIsLetGo() {
        WeakReference<Task<Object>> reference = runToTheEnd();

        assertThat(isCollected(reference)).isTrue();
    }

    private WeakReference<Task<Object>> runToTheEnd() {
        Task<Object> task =
                loop.createTask(
                        () -> {
                            sleep(1);
                            return "end";
                        });
        loop.runUntilComplete(task);
        return new WeakReference<>(task);
    }

    @Test
    void finishedTaskLetsItsCoroutineGo() {
        Object[] captured = {new Object()};
        var reference = new WeakReference<>(captured[0]);
        Task<Integer> task = finishedTaskWith(captured[0]);
        captured[0] = null;

        assertThat(isCollected(reference)).isTrue();
        assertThat(task.done()).isTrue();
    }

    private Task<Integer> finishedTaskWith(Object captured) {
        Task<Integer> task = loop.createTask(() -> captured.hashCode() & 1);
        turns(1);
        return task;
    }

    @Test
    void pendingTaskIsReportedWhenTheLoopCloses() {
        Task<Void> task = loop.createTask(() -> loop.<Void>createFuture().await());
        turns(1);

        loop.close();

        ErrorContext error = takeError();
        assertThat(error.message()).isEqualTo("Task was destroyed but it is pending!");
        assertThat(error.task()).isSameAs(task);
        assertThat(error.exception()).isNull();
    }

    @Test
    void pendingTaskIsUnwoundWhenTheLoopCloses() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(100);
                            } finally {
                                log.add("cleaned up");
                            }
                        });
        turns(1);
        Task<Boolean> unstarted = loop.createTask(() -> log.add("never"));

        loop.close();

        assertThat(takeErrors()).hasSize(2);
        assertThat(log).containsExactly("cleaned up");
        assertThat(unstarted.cancelled()).isTrue();
        assertThat(task.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessageContaining("closed");
    }
}
