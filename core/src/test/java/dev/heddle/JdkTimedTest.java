package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** Timed calls of the JDK, and contended monitors: threads of the JDK itself wake the task. */
class JdkTimedTest extends LoopFixture {

    private static final long MILLIS = 5;

    private static Named<JdkPlace.Action> timed(String name, JdkPlace.Action call) {
        return Named.of(name, call);
    }

    static Stream<Named<JdkPlace.Action>> timedCalls() {
        return Stream.of(
                timed("Thread.sleep", () -> Thread.sleep(MILLIS)),
                timed("Thread.sleep of a duration", () -> Thread.sleep(Duration.ofMillis(MILLIS))),
                timed("LockSupport.parkNanos", () -> LockSupport.parkNanos(MILLIS * 1_000_000)),
                timed(
                        "Object.wait",
                        () -> {
                            var monitor = new Object();
                            synchronized (monitor) {
                                monitor.wait(MILLIS);
                            }
                        }),
                timed(
                        "CompletableFuture.get",
                        () -> {
                            try {
                                new CompletableFuture<>().get(MILLIS, TimeUnit.MILLISECONDS);
                            } catch (TimeoutException e) {
                                return; // as it should
                            }
                            throw new AssertionError("no timeout");
                        }),
                timed(
                        "Semaphore.tryAcquire",
                        () -> new Semaphore(0).tryAcquire(MILLIS, TimeUnit.MILLISECONDS)),
                timed(
                        "CountDownLatch.await",
                        () -> new CountDownLatch(1).await(MILLIS, TimeUnit.MILLISECONDS)),
                timed(
                        "BlockingQueue.poll",
                        () -> new LinkedBlockingQueue<>().poll(MILLIS, TimeUnit.MILLISECONDS)),
                timed(
                        "Condition.await",
                        () -> {
                            var lock = new ReentrantLock();
                            lock.lock();
                            lock.newCondition().await(MILLIS, TimeUnit.MILLISECONDS);
                            lock.unlock();
                        }),
                timed(
                        "ServerSocket.accept",
                        () -> {
                            try (var server =
                                    new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                                server.setSoTimeout((int) MILLIS);
                                server.accept();
                            } catch (SocketTimeoutException e) {
                                return; // as it should
                            }
                            throw new AssertionError("no timeout");
                        }));
    }

    @ParameterizedTest
    @MethodSource("timedCalls")
    void timedCallSuspendsTheTaskOnlyAndEnds(JdkPlace.Action call) {
        run(
                () -> {
                    Task<Void> task = loop.createTask(call::run);
                    List<Boolean> blocked = new ArrayList<>();
                    loop.callSoon(() -> blocked.add(task.strand.isBlocked()));

                    task.await();

                    assertThat(blocked).containsExactly(true); // the loop went on meanwhile
                });
    }

    @Test
    void yieldOfTheJdkLetsOthersRun() {
        List<String> seen = new ArrayList<>();
        run(
                () -> {
                    loop.callSoon(() -> seen.add("callback"));
                    Thread.yield();
                    seen.add("task");
                });

        assertThat(seen).containsExactly("callback", "task");
    }

    @Test
    void sleepsOfManyTasksOverlap() {
        run(
                () -> {
                    var asleep = new CountDownLatch(100);
                    List<Task<Void>> tasks = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        tasks.add(
                                loop.createTask(
                                        () -> {
                                            asleep.countDown();
                                            asleep.await(); // hangs unless all come here
                                            Thread.sleep(1);
                                        }));
                    }
                    for (Task<Void> task : tasks) {
                        task.await();
                    }
                    assertThat(asleep.getCount()).isZero();
                });
    }

    @Test
    void monitorThatAPlatformThreadHoldsBlocksTheTaskOnly() {
        var monitor = new Object();
        var held = new CountDownLatch(1);
        var mayRelease = new CountDownLatch(1);
        Thread holder =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    synchronized (monitor) {
                                        held.countDown();
                                        try {
                                            mayRelease.await();
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    }
                                });

        run(
                () -> {
                    held.await();
                    Task<Void> task =
                            loop.createTask(
                                    () -> {
                                        synchronized (monitor) {
                                            assertThat(Thread.holdsLock(monitor)).isTrue();
                                        }
                                    });
                    for (int progress = 0; progress < 5; sleep(0)) {
                        progress += task.strand.isBlocked() ? 1 : 0;
                    }

                    mayRelease.countDown();

                    task.await();
                    holder.join();
                });
    }

    @Test
    void taskMaySuspendInsideOfAMonitorAndOthersWaitForIt() {
        var monitor = new Object();
        List<String> seen = new ArrayList<>();
        run(
                () -> {
                    Future<Void> mayRelease = loop.createFuture();
                    Task<Void> holder =
                            loop.createTask(
                                    () -> {
                                        synchronized (monitor) {
                                            mayRelease.await();
                                            seen.add("holder");
                                        }
                                    });
                    sleep(0);
                    List<Task<Void>> waiters = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        waiters.add(
                                loop.createTask(
                                        () -> {
                                            synchronized (monitor) {
                                                seen.add("waiter");
                                                sleep(0);
                                            }
                                        }));
                    }
                    for (int progress = 0; progress < 5; sleep(0)) {
                        progress += waiters.stream().allMatch(w -> w.strand.isBlocked()) ? 1 : 0;
                    }
                    assertThat(seen).isEmpty();

                    mayRelease.setResult(null);

                    holder.await();
                    for (Task<Void> waiter : waiters) {
                        waiter.await();
                    }
                });

        assertThat(seen).containsExactly("holder", "waiter", "waiter", "waiter");
    }
}
