package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.internal.Jdk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** A virtual thread that a task starts inherits its scheduler, and so runs on the loop too. */
class JdkInheritTest extends LoopFixture {

    private static Thread carrier() {
        return Jdk.get().currentCarrier();
    }

    private static <T> T inVirtualThread(Callable<T> body) throws Exception {
        var result = new CompletableFuture<T>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        result.complete(body.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        return result.join();
    }

    @Test
    void itRunsOnTheLoopsThread() {
        Thread own = Thread.currentThread();

        run(
                () -> {
                    assertThat(inVirtualThread(JdkInheritTest::carrier)).isSameAs(own);
                    assertThat(inVirtualThread(() -> inVirtualThread(JdkInheritTest::carrier)))
                            .isSameAs(own);
                    assertThat(inVirtualThread(EventLoop::runningOrNull)).isSameAs(loop);
                });
    }

    @Test
    void itIsNotTheTaskAndCannotWaitForWhatIsTheLoops() {
        run(
                () -> {
                    assertThat(inVirtualThread(() -> currentTask() == null)).isTrue();
                    Future<String> future = loop.createFuture();
                    List<Callable<Object>> waits =
                            List.of(
                                    () -> future.await(),
                                    () -> sleep(1, "slept"),
                                    () -> Asyncio.toThread(() -> "ran"));
                    for (Callable<Object> wait : waits) {
                        assertThatThrownBy(() -> inVirtualThread(wait))
                                .hasCauseInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("is not a task of it");
                    }
                    future.setResult("unharmed");
                    assertThat(future.await()).isEqualTo("unharmed");
                });
    }

    @Test
    void itMayUseWhatDoesNotWait() {
        List<String> seen = new ArrayList<>();

        run(
                () -> {
                    Task<String> task =
                            inVirtualThread(
                                    () -> {
                                        loop.callSoon(() -> seen.add("callback"));
                                        return loop.createTask(() -> sleep(1, "task"));
                                    });
                    seen.add(task.await());
                });

        assertThat(seen).containsExactly("callback", "task");
    }

    @Test
    void theBookOfCurrentTasksStaysRightWhenItInterleavesWithTasks() {
        run(
                () -> {
                    List<Thread> threads = new ArrayList<>();
                    List<Task<Void>> tasks = new ArrayList<>();
                    var wrong = new AtomicReference<Object>();
                    for (int i = 0; i < 20; i++) {
                        threads.add(
                                Thread.startVirtualThread(
                                        () -> {
                                            for (int j = 0; j < 50; j++) {
                                                if (currentTask() != null) {
                                                    wrong.set(currentTask());
                                                }
                                                Thread.yield();
                                            }
                                        }));
                        tasks.add(
                                loop.createTask(
                                        () -> {
                                            Task<?> own = currentTask();
                                            for (int j = 0; j < 50; j++) {
                                                Thread.yield();
                                                if (currentTask() != own) {
                                                    wrong.set(own);
                                                }
                                                sleep(0);
                                                if (currentTask() != own) {
                                                    wrong.set(own);
                                                }
                                            }
                                        }));
                    }
                    for (Task<Void> task : tasks) {
                        task.await();
                    }
                    for (Thread thread : threads) {
                        thread.join();
                    }
                    assertThat(wrong).hasValue(null);
                });
    }

    @Test
    void executorOfVirtualThreadsThatATaskMakesRunsOnTheLoop() {
        Thread own = Thread.currentThread();

        run(
                () -> {
                    Task<?> task = currentTask();
                    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                        List<java.util.concurrent.Future<Thread>> carriers = new ArrayList<>();
                        for (int i = 0; i < 20; i++) {
                            carriers.add(
                                    executor.submit(
                                            () -> {
                                                Thread.sleep(1);
                                                return carrier();
                                            }));
                        }
                        for (var carrier : carriers) {
                            assertThat(carrier.get()).isSameAs(own);
                        }
                    }
                    assertThat(currentTask()).isSameAs(task);
                });
    }

    @Test
    void itOutlivesTheTaskThatHasStartedIt() {
        var gate = new Semaphore(0);
        var thread = new AtomicReference<Thread>();
        run(() -> thread.set(Thread.startVirtualThread(() -> gate.acquireUninterruptibly())));

        run(
                () -> {
                    loop.callSoon(gate::release);
                    thread.get().join();
                });

        assertThat(thread.get().isAlive()).isFalse();
    }

    @Test
    void threadThatWasReadyWhenTheLoopWasClosedEndsElsewhere() throws InterruptedException {
        Thread[] started = new Thread[1];
        var carrier = new CompletableFuture<String>();
        run(
                () -> {
                    started[0] =
                            Thread.startVirtualThread(() -> carrier.complete(carrier().getName()));
                    loop.stop();
                });
        loop.close();

        started[0].join(); // hangs if its continuation was lost

        assertThat(carrier).isCompleted();
    }

    @Test
    void executorsOfTheLoopAreOffIt() {
        Thread own = Thread.currentThread();

        run(
                () -> {
                    assertThat(loop.runInExecutor(null, JdkInheritTest::carrier).await())
                            .isNotSameAs(own);
                    assertThat(Asyncio.toThread(() -> Thread.currentThread().isVirtual()))
                            .isFalse();
                });
    }
}
