package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Virtual threads that are made in a task, and nevertheless do not run on its loop. */
@Timeout(60)
class VirtualThreadsTest {

    @Test
    void jobOfATaskRunsOffTheLoop() {
        try (ExecutorService threads = VirtualThreads.offLoop()) {
            Asyncio.run(
                    () -> {
                        var loop = new AtomicReference<EventLoop>();
                        var thread = new AtomicReference<Thread>();

                        threads.submit(
                                        () -> {
                                            thread.set(Thread.currentThread());
                                            loop.set(EventLoop.runningOrNull());
                                        })
                                .get();

                        assertThat(thread.get().isVirtual()).isTrue();
                        assertThat(loop.get()).isNull();
                    });
        }
    }

    @Test
    void executorOfTheJdkMadeInATaskRunsOnTheLoop() {
        // Why ours is needed. If this fails, a JDK has stopped to inherit schedulers.
        Asyncio.run(
                () -> {
                    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        EventLoop where = threads.submit(EventLoop::runningOrNull).get();

                        assertThat(where).isSameAs(Asyncio.getRunningLoop());
                    }
                });
    }

    @Test
    void jobThatComputesDoesNotBlockTheLoop() {
        Asyncio.run(
                () -> {
                    var answer = new Semaphore(0);
                    try (ExecutorService threads = VirtualThreads.offLoop()) {
                        var spinning = new CountDownLatch(1);
                        threads.execute(
                                () -> {
                                    spinning.countDown();
                                    while (!answer.tryAcquire()) {
                                        Thread.onSpinWait(); // holds its carrier
                                    }
                                });
                        spinning.await();

                        Asyncio.getRunningLoop().callSoon(answer::release);
                    } // waits for the job, which ends only if the loop has gone on
                });
    }

    @Test
    void threadOfThreadOfATaskStaysOffTheLoop() {
        try (ExecutorService threads = VirtualThreads.offLoop()) {
            EventLoop where =
                    Asyncio.run(
                            () ->
                                    threads.submit(
                                                    () -> {
                                                        var seen = new AtomicReference<EventLoop>();
                                                        Thread.startVirtualThread(
                                                                        () ->
                                                                                seen.set(
                                                                                        EventLoop
                                                                                                .runningOrNull()))
                                                                .join();
                                                        return seen.get();
                                                    })
                                            .get());

            assertThat(where).isNull();
        }
    }

    @Test
    void closeInATaskSuspendsItUntilTheJobsHaveEnded() {
        Asyncio.run(
                () -> {
                    var gate = new Semaphore(0);
                    var threads = VirtualThreads.offLoop();
                    var job =
                            threads.submit(
                                    () -> {
                                        gate.acquireUninterruptibly();
                                        return "ended";
                                    });
                    Asyncio.getRunningLoop().callSoon(gate::release);

                    threads.close();

                    assertThat(job.resultNow()).isEqualTo("ended");
                });
    }
}
