package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** A timeout around calls of the JDK, those that an interrupt ends and those that it does not. */
class TimeoutBlockedTest extends LoopFixture {

    private final ReentrantLock lock = new ReentrantLock();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> log = new ArrayList<>();

    /**
     * Makes two seconds pass as soon as the calling task blocks: virtual time would wait for it.
     */
    private void letTimePass() {
        loop.callSoon(() -> clock.advance(Duration.ofSeconds(2)));
    }

    /** Takes the lock on a thread of its own, until {@link #release}. */
    private Thread lockElsewhere() throws InterruptedException {
        var held = new CountDownLatch(1);
        Thread holder =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    lock.lock();
                                    held.countDown();
                                    try {
                                        release.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    } finally {
                                        lock.unlock();
                                    }
                                });
        held.await();
        return holder;
    }

    private void lockAndUnlock() {
        lock.lock(); // until the holder is released, whoever interrupts
        lock.unlock();
    }

    @Test
    void blockedCallEndsWithATimeout() {
        run(
                () -> {
                    letTimePass();
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(1, () -> Thread.sleep(1_000_000)))
                            .havingCause()
                            .isInstanceOf(CancelledError.class)
                            .withCauseInstanceOf(InterruptedException.class);
                    letTimePass();
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(() -> new LinkedBlockingQueue<>().take(), 1));

                    assertThat(currentTask().cancelling()).isZero();
                    Thread.sleep(1);
                    sleep(1);
                });
    }

    @Test
    void outerTimeoutEndsABlockedCallInAnInnerOne() {
        run(
                () -> {
                    letTimePass();
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () ->
                                            timeout(
                                                    1,
                                                    () -> {
                                                        try {
                                                            timeout(9, () -> Thread.sleep(100_000));
                                                        } catch (TimeoutException e) {
                                                            log.add("inner");
                                                            throw e;
                                                        }
                                                    }));
                    sleep(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void cancelFromOutsideInABlockedCallIsNoTimeout() {
        run(
                () -> {
                    Task<Void> task = createTask(() -> timeout(9, () -> Thread.sleep(1_000_000)));
                    while (!task.strand.isBlocked()) {
                        sleep(0);
                    }

                    task.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::await)
                            .withMessage("outside");
                });
    }

    @Test
    void callThatCannotBeInterruptedEndsAsItWillAndLeavesNothingBehind() throws Exception {
        Thread holder = lockElsewhere();

        run(
                () -> {
                    loop.callLater(1.5, release::countDown);
                    letTimePass();
                    timeout(1, this::lockAndUnlock);
                    log.add("interrupted: " + Thread.currentThread().isInterrupted());
                    Thread.sleep(1);
                    sleep(0);
                    assertThat(currentTask().cancelling()).isZero();
                });

        assertThat(log).containsExactly("interrupted: false");
        holder.join();
    }

    @Test
    void norDoesItInTheCleanUpOfACancelledTask() throws Exception {
        Thread holder = lockElsewhere();
        Task<Void> task =
                loop.createTask(
                        () -> {
                            try {
                                sleep(100);
                            } finally {
                                loop.callLater(1.5, release::countDown);
                                letTimePass();
                                timeout(1, this::lockAndUnlock);
                                log.add("interrupted: " + Thread.currentThread().isInterrupted());
                                sleep(1);
                                log.add("cleaned up");
                            }
                        });
        turns(1);
        task.cancel();

        run(() -> Asyncio.wait(List.of(task)));

        assertThat(log).containsExactly("interrupted: false", "cleaned up");
        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
        holder.join();
    }
}
