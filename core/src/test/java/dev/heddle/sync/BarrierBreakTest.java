package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** A barrier is reset, or aborted and repaired. */
class BarrierBreakTest extends SyncFixture {

    private final Barrier barrier = new Barrier(3);

    private Task<Integer> waiting() {
        return createTask(() -> barrier.await());
    }

    private static void assertBroken(Task<?> task) {
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(task::await);
    }

    private void assertWorks() {
        assertThat(barrier.broken()).isFalse();
        assertThat(gather(barrier, waiting(), waiting())).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void abortBreaksForThoseWhoWaitAndThoseWhoCome() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    Task<Integer> b = waiting();
                    sleep(0);

                    barrier.abort();

                    assertThat(barrier.broken()).isTrue();
                    assertThat(barrier.nWaiting()).isZero();
                    assertBroken(a);
                    assertBroken(b);
                    assertBroken(waiting());
                });
    }

    @Test
    void resetRepairs() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    sleep(0);
                    barrier.abort();
                    assertBroken(a);

                    barrier.reset();

                    assertWorks();
                });
    }

    @Test
    void resetBreaksForThoseWhoWaitOnly() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    Task<Integer> b = waiting();
                    sleep(0);

                    barrier.reset();
                    Task<Integer> late = waiting();
                    assertBroken(a);
                    assertBroken(b);
                    settle();

                    assertThat(late.done()).isFalse();
                    assertThat(barrier.nWaiting()).isOne();
                    gather(barrier, waiting());
                    assertThat(late.await()).isZero();
                });
    }

    @Test
    void resetDoesNotTouchThoseWhoLeave() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    Task<Integer> b = waiting();
                    sleep(0);
                    barrier.await();

                    barrier.reset();

                    assertThat(gather(a, b)).containsExactly(0, 1);
                    assertWorks();
                });
    }

    @Test
    void abortDoesNotTouchThoseWhoLeave() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    Task<Integer> b = waiting();
                    sleep(0);
                    barrier.await();

                    barrier.abort();

                    assertThat(gather(a, b)).containsExactly(0, 1);
                    assertThat(barrier.broken()).isTrue();
                    barrier.reset();
                    assertWorks();
                });
    }

    @Test
    void resetOfAnEmptyOneDoesNothing() {
        run(
                () -> {
                    barrier.reset();

                    assertWorks();
                });
    }

    @Test
    void abortAndResetAtOnceEmptyIt() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    sleep(0);

                    barrier.abort();
                    barrier.reset();
                    Task<Integer> late = waiting();

                    assertBroken(a);
                    assertThat(gather(late, waiting(), waiting())).containsExactly(0, 1, 2);
                });
    }

    @Test
    void abortEndsTheWaitInFront() {
        run(
                () -> {
                    Task<Integer> a = waiting();
                    Task<Integer> b = waiting();
                    sleep(0);
                    Task<Integer> c = waiting();
                    Task<Integer> front = waiting();
                    sleep(0); // c has opened, a and b have not left yet
                    assertThat(barrier.statistics().tasksInFront()).isOne();

                    barrier.abort();

                    assertBroken(front);
                    assertThat(gather(a, b, c)).containsExactly(0, 1, 2);
                });
    }

    @Test
    void errorTellsTheStateOfTheBarrier() {
        run(
                () -> {
                    barrier.abort();

                    assertThatExceptionOfType(BrokenBarrierException.class)
                            .isThrownBy(barrier::await)
                            .withMessageContaining("until it is reset")
                            .withMessageContaining("BROKEN");
                });
    }
}
