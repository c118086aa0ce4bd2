package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.CountingReactor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Interrupts and unparks from outside do not wake a task that waits for something of the loop. */
class JdkInterruptTest extends LoopFixture {

    private final List<Object> seen = new ArrayList<>();

    @Test
    void interruptDoesNotWakeAWaitingTaskAndTheFlagIsKept() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    Task<Void> task =
                            loop.createTask(
                                    () -> {
                                        seen.add(future.await());
                                        seen.add(Thread.interrupted());
                                        seen.add(Thread.interrupted());
                                    });
                    sleep(0);

                    onOtherThread(() -> task.strand.thread().interrupt());
                    for (int i = 0; i < 5; i++) {
                        sleep(0);
                    }
                    assertThat(seen).isEmpty();
                    assertThat(task.strand.isWaiting()).isTrue();

                    future.setResult("done");
                    task.await();
                });

        assertThat(seen).containsExactly("done", true, false);
    }

    @Test
    void interruptedTaskSleepsItsWholeTimes() {
        run(
                () -> {
                    Thread.currentThread().interrupt();

                    sleep(5);
                    assertThat(loop.time()).isEqualTo(5);
                    sleep(0);
                    sleep(7);

                    assertThat(loop.time()).isEqualTo(12);
                    assertThat(Thread.interrupted()).isTrue();
                });
    }

    @Test
    void interruptOfASleeperLeavesItAsleep() {
        run(
                () -> {
                    Task<Void> sleeper =
                            loop.createTask(
                                    () -> {
                                        sleep(100);
                                        seen.add(loop.time());
                                        seen.add(Thread.interrupted());
                                    });
                    sleep(1);

                    onOtherThread(() -> sleeper.strand.thread().interrupt());

                    sleeper.await();
                });

        assertThat(seen).containsExactly(100.0, true);
    }

    @Test
    void callOfTheJdkAfterTheInterruptThrows() {
        run(
                () -> {
                    Thread.currentThread().interrupt();
                    sleep(1);
                    assertThatThrownBy(() -> Thread.sleep(1))
                            .isInstanceOf(InterruptedException.class);
                    assertThat(Thread.interrupted()).isFalse();
                });
    }

    @Test
    void interruptOfATaskInACallOfTheJdkThrowsThere() {
        run(
                () -> {
                    Task<Void> task =
                            loop.createTask(
                                    () -> {
                                        assertThatThrownBy(new Semaphore(0)::acquire)
                                                .isInstanceOf(InterruptedException.class);
                                    });
                    sleep(0);
                    assertThat(task.strand.isBlocked()).isTrue();

                    onOtherThread(() -> task.strand.thread().interrupt());

                    task.await();
                    assertThat(task.cancelling()).isZero();
                });
    }

    @Test
    void strayUnparkDoesNotWakeAWaitingTask() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    Task<Void> task = loop.createTask(() -> seen.add(future.await()) ? null : null);
                    sleep(0);

                    onOtherThread(() -> LockSupport.unpark(task.strand.thread()));
                    LockSupport.unpark(task.strand.thread());
                    loop.callSoon(() -> LockSupport.unpark(task.strand.thread()));
                    for (int i = 0; i < 5; i++) {
                        sleep(0);
                    }
                    assertThat(seen).isEmpty();

                    future.setResult("done");
                    task.await();
                });

        assertThat(seen).containsExactly("done");
    }

    @Test
    void strayUnparkOfABlockedTaskIsOnlyAHint() {
        run(
                () -> {
                    var gate = new Semaphore(0);
                    Task<Void> task =
                            loop.createTask(
                                    () -> {
                                        gate.acquire();
                                        seen.add("acquired");
                                    });
                    sleep(0);

                    for (int i = 0; i < 100; i++) {
                        onOtherThread(() -> LockSupport.unpark(task.strand.thread()));
                        sleep(0);
                    }
                    assertThat(seen).isEmpty();

                    gate.release();
                    task.await();
                });

        assertThat(seen).containsExactly("acquired");
    }

    @Test
    void loopStaysAsleepWhenAWaitingTaskIsInterruptedOrUnparked() {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().reactor(reactor));
        Future<String> future = counted.createFuture();
        Task<String> task = counted.createTask(() -> future.await());
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        reactor.awaitAsleep();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                    for (int i = 0; i < 100; i++) {
                                        task.strand.thread().interrupt();
                                        LockSupport.unpark(task.strand.thread());
                                    }
                                    counted.callSoonThreadsafe(() -> future.setResult("done"));
                                });

        assertThat(counted.runUntilComplete(task)).isEqualTo("done");

        assertThat(reactor.waits()).containsExactly(-1L);
        assertThat(reactor.wakeups()).isEqualTo(1);
        assertThat(other).satisfies(Thread::join);
    }
}
