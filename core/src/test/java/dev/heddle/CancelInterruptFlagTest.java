package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A task in a wait that cannot be interrupted gets its cancel at the next one, and no interrupt is
 * left behind on its thread.
 */
class CancelInterruptFlagTest extends LoopFixture {

    private final Future<Void> never = loop.createFuture();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> log = new ArrayList<>();

    /** Cancels a task while it is in {@code lock.lock()}; it goes on with {@code next}. */
    private Task<Void> cancelledInLock(VoidCoroutine next) {
        lock.lock();
        return run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        lock.lock();
                                        lock.unlock();
                                        next.await();
                                    });
                    while (!task.strand.isBlocked()) {
                        sleep(0);
                    }
                    task.cancel("enough");
                    for (int i = 0; i < 5; i++) {
                        sleep(0);
                    }
                    assertThat(task.strand.isBlocked()).isTrue();
                    loop.callSoon(lock::unlock);
                    Asyncio.wait(List.of(task));
                    return task;
                });
    }

    private VoidCoroutine cancelledIn(VoidCoroutine wait) {
        return () -> {
            assertThatExceptionOfType(CancelledError.class)
                    .isThrownBy(wait::await)
                    .withMessage("enough");
            log.add("interrupted: " + Thread.currentThread().isInterrupted());
            assertThatCode(() -> Thread.sleep(1)).doesNotThrowAnyException();
        };
    }

    private void assertCleanEnd(Task<Void> task) {
        assertThat(task.exception()).isNull();
        assertThat(log).containsExactly("interrupted: false");
    }

    @Test
    void cancelComesAtAnAwaitOfAFuture() {
        assertCleanEnd(cancelledInLock(cancelledIn(never::await)));

        assertThat(never.cancelled()).isTrue();
    }

    @Test
    void cancelComesAtAnAwaitOfATask() {
        assertCleanEnd(cancelledInLock(cancelledIn(() -> createTask(() -> sleep(100)).await())));
    }

    @Test
    void cancelComesAtASleep() {
        assertCleanEnd(cancelledInLock(cancelledIn(() -> sleep(100))));
    }

    @Test
    void cancelComesAtASleepOfZero() {
        assertCleanEnd(cancelledInLock(cancelledIn(() -> sleep(0))));
    }

    @Test
    void cancelComesAtTheNextInterruptibleCall() {
        Task<Void> task = cancelledInLock(() -> Thread.sleep(1_000_000));

        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void awaitOfWhatIsDoneIsNoWait() {
        Future<String> done = loop.createFuture();
        done.setResult("there");

        Task<Void> task =
                cancelledInLock(
                        () -> {
                            log.add(done.await());
                            sleep(0);
                        });

        assertThat(log).containsExactly("there");
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void requestThatIsTakenBackTakesTheInterruptBack() {
        Task<Void> task =
                cancelledInLock(
                        () -> {
                            currentTask().uncancel();
                            log.add("interrupted: " + Thread.currentThread().isInterrupted());
                            Thread.sleep(1);
                            sleep(0);
                        });

        assertCleanEnd(task);
    }
}
