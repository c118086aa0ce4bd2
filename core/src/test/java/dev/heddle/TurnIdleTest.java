package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.reactor.CountingReactor;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop that has nothing to do waits in one call, and is woken once. */
class TurnIdleTest extends LoopFixture {

    private final CountingReactor reactor = new CountingReactor();
    private final EventLoop counted = open(EventLoop.builder().name("counted").reactor(reactor));

    /** Runs {@code job} on another thread once the loop has gone to wait. */
    private Thread onceAsleep(Runnable job) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                reactor.awaitAsleep();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            job.run();
                        });
    }

    @Test
    void idleLoopWaitsOnceWithoutLimitUntilAForeignThreadWakesIt() {
        Thread other = onceAsleep(() -> counted.callSoonThreadsafe(counted::stop));

        counted.runForever();

        assertThat(reactor.timeouts()).containsExactly(-1L);
        assertThat(reactor.wakeups()).isEqualTo(1);
        assertThat(other).satisfies(Thread::join);
    }

    @Test
    void idleLoopWithATimerWaitsOnceUntilItsDeadline() {
        counted.callLater(0.02, counted::stop);

        counted.runForever();

        // None if this machine is so slow that the timer was due before the loop ran.
        assertThat(reactor.waits()).hasSizeLessThanOrEqualTo(1);
        assertThat(reactor.waits()).allSatisfy(w -> assertThat(w).isBetween(1L, 20_000_000L));
    }

    @Test
    void timerFarAwayIsWaitedForInSteps() {
        counted.callLater(Duration.ofDays(400), () -> {});
        counted.callLater(Double.POSITIVE_INFINITY, () -> {});
        Thread other = onceAsleep(() -> counted.callSoonThreadsafe(counted::stop));

        counted.runForever();

        assertThat(reactor.waits()).containsExactly(Duration.ofHours(24).toNanos());
        assertThat(other).satisfies(Thread::join);
    }

    @Test
    void timerOfTheFarPastIsDueAtOnce() {
        counted.callAt(Double.NEGATIVE_INFINITY, counted::stop);

        counted.runForever();

        assertThat(reactor.waits()).isEmpty();
    }

    @Test
    void cancelledTimersDoNotWakeTheLoop() {
        counted.callLater(0.001, () -> {}).cancel();
        counted.callLater(0.002, () -> {}).cancel();
        Thread other = onceAsleep(() -> counted.callSoonThreadsafe(counted::stop));

        counted.runForever();

        assertThat(reactor.timeouts()).containsExactly(-1L);
        assertThat(other).satisfies(Thread::join);
    }

    @Test
    void shortSleepsAreRoundedUpAndDoNotSpin() {
        counted.runUntilComplete(
                () -> {
                    for (double seconds : new double[] {1e-2, 1e-3, 1e-4, 1e-7, 1e-10}) {
                        long before = counted.clock().nanoTime();
                        sleep(seconds);
                        long slept = counted.clock().nanoTime() - before;
                        assertThat(slept).isGreaterThanOrEqualTo(Math.round(seconds * 1e9));
                    }
                });

        assertThat(reactor.timeouts()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void submissionsWhileAwakeWakeNobody() {
        var ran = new AtomicInteger();
        counted.callSoon(
                () -> {
                    onOtherThread(
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    counted.callSoonThreadsafe(ran::incrementAndGet);
                                }
                                counted.callSoonThreadsafe(counted::stop);
                            });
                });

        counted.runForever();

        assertThat(ran).hasValue(1000);
        assertThat(reactor.wakeups()).isZero();
        assertThat(reactor.waits()).isEmpty();
    }

    @Test
    void ofManyProducersOneWakesASleepingLoop() throws InterruptedException {
        var ran = new AtomicInteger();
        var allSubmitted = new CountDownLatch(8);
        reactor.holdPollsUntil(allSubmitted);
        List<Thread> producers = new ArrayList<>();
        for (int p = 0; p < 8; p++) {
            producers.add(
                    onceAsleep(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    counted.callSoonThreadsafe(ran::incrementAndGet);
                                }
                                counted.callSoonThreadsafe(
                                        () -> {
                                            if (ran.get() == 800) {
                                                counted.stop();
                                            }
                                        });
                                allSubmitted.countDown();
                            }));
        }

        counted.runForever();

        assertThat(ran).hasValue(800);
        assertThat(reactor.wakeups()).isEqualTo(1);
        assertThat(reactor.timeouts()).containsExactly(-1L);
        for (Thread producer : producers) {
            producer.join();
        }
    }

    @Test
    void wakeUpsAreNeverLost() {
        var ran = new AtomicInteger();
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < 5000; i++) {
                                        var taken = new CountDownLatch(1);
                                        counted.callSoonThreadsafe(
                                                () -> {
                                                    ran.incrementAndGet();
                                                    taken.countDown();
                                                });
                                        awaitUninterruptibly(taken);
                                    }
                                    counted.callSoonThreadsafe(counted::stop);
                                });

        counted.runForever();

        assertThat(ran).hasValue(5000);
        assertThat(reactor.wakeups()).isLessThanOrEqualTo(5001);
        assertThat(other).satisfies(Thread::join);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
