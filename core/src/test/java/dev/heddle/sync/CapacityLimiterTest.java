package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Borrowers hold tokens, of which there is a limited number. */
class CapacityLimiterTest extends SyncFixture {

    private final CapacityLimiter limiter = new CapacityLimiter(2);

    private Task<Void> borrowing(Object borrower) {
        return createTask(
                () -> {
                    limiter.acquireOnBehalfOf(borrower);
                    log.add(borrower.toString());
                });
    }

    @Test
    void asManyTasksAsThereAreTokensAreInside() {
        run(
                () ->
                        taskGroup(
                                group -> {
                                    for (int i = 0; i < 6; i++) {
                                        group.createTask(() -> limiter.with(() -> sleep(1)));
                                    }
                                }));

        assertThat(loop.time()).isEqualTo(3);
        assertThat(limiter.borrowedTokens()).isZero();
    }

    @Test
    void borrowersAreServedInOrder() {
        run(
                () -> {
                    limiter.acquireOnBehalfOf("x");
                    limiter.acquireOnBehalfOf("y");
                    borrowing("a");
                    borrowing("b");
                    sleep(0);

                    limiter.releaseOnBehalfOf("x");
                    borrowing("late");
                    settle();
                    assertThat(log).containsExactly("a");
                    limiter.releaseOnBehalfOf("y");
                    settle();
                    assertThat(log).containsExactly("a", "b");
                    limiter.releaseOnBehalfOf("a");
                    settle();
                    assertThat(log).containsExactly("a", "b", "late");
                });
    }

    @Test
    void borrowerHoldsOneTokenAtMost() {
        run(
                () -> {
                    limiter.acquire();
                    limiter.acquireOnBehalfOf("x");

                    assertThatIllegalStateException()
                            .isThrownBy(limiter::acquire)
                            .withMessageContaining("holds a token of CapacityLimiter(2 of 2");
                    assertThatIllegalStateException()
                            .isThrownBy(() -> limiter.acquireOnBehalfOf("x"));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> limiter.acquireOnBehalfOfNowait("x"));
                });
    }

    @Test
    void twoTasksThatWaitForTheSameBorrowerGetOneToken() {
        run(
                () -> {
                    limiter.totalTokens(1);
                    limiter.acquire();
                    Task<Void> first = borrowing("x");
                    Task<Void> second = borrowing("x");
                    Task<Void> third = borrowing("y");
                    sleep(0);

                    limiter.totalTokens(3);
                    settle();

                    assertThat(first.done()).isTrue();
                    assertThatIllegalStateException().isThrownBy(second::result);
                    assertThat(third.done()).isTrue();
                });
    }

    @Test
    void releaseWithoutATokenIsAnError() {
        run(
                () -> {
                    limiter.acquireOnBehalfOf("x");

                    assertThatIllegalStateException()
                            .isThrownBy(limiter::release)
                            .withMessageContaining("holds no token");
                    assertThatIllegalStateException()
                            .isThrownBy(() -> limiter.releaseOnBehalfOf("y"));
                    limiter.releaseOnBehalfOf("x");
                });
    }

    @Test
    void nowaitThrowsInsteadOfWaitingAndDoesNotOvertake() {
        run(
                () -> {
                    limiter.acquireNowait();
                    limiter.acquireOnBehalfOfNowait("x");
                    assertThatExceptionOfType(WouldBlockException.class)
                            .isThrownBy(() -> limiter.acquireOnBehalfOfNowait("y"));
                    borrowing("waiting");
                    sleep(0);

                    limiter.releaseOnBehalfOf("x");

                    assertThatExceptionOfType(WouldBlockException.class)
                            .isThrownBy(() -> limiter.acquireOnBehalfOfNowait("y"));
                    settle();
                    assertThat(log).containsExactly("waiting");
                });
    }

    @Test
    void moreTokensLetMoreGoOn() {
        run(
                () -> {
                    limiter.totalTokens(0);
                    borrowing("a");
                    borrowing("b");
                    borrowing("c");
                    settle();
                    assertThat(log).isEmpty();

                    limiter.totalTokens(2);
                    settle();

                    assertThat(log).containsExactly("a", "b");
                    assertThat(limiter.totalTokens()).isEqualTo(2);
                    limiter.totalTokens(CapacityLimiter.UNLIMITED);
                    settle();
                    assertThat(log).containsExactly("a", "b", "c");
                    assertThat(limiter.toString()).contains("3 of unlimited");
                });
    }

    @Test
    void fewerTokensTakeEffectWhenEnoughAreBack() {
        run(
                () -> {
                    limiter.acquireOnBehalfOf("x");
                    limiter.acquireOnBehalfOf("y");
                    limiter.totalTokens(1);
                    borrowing("a");
                    settle();
                    assertThat(limiter.availableTokens()).isZero();

                    limiter.releaseOnBehalfOf("x");
                    settle();
                    assertThat(log).isEmpty();

                    limiter.releaseOnBehalfOf("y");
                    settle();
                    assertThat(log).containsExactly("a");
                });
    }

    @Test
    void tokenTakenAwayOnTheWayIsNotLent() {
        run(
                () -> {
                    limiter.acquireOnBehalfOf("x");
                    limiter.acquireOnBehalfOf("y");
                    Task<Void> waiter = borrowing("a");
                    sleep(0);

                    limiter.releaseOnBehalfOf("x"); // wakes it
                    limiter.totalTokens(1);
                    settle();

                    assertThat(limiter.borrowedTokens()).isOne();
                    assertThat(waiter.done()).isFalse();
                    limiter.releaseOnBehalfOf("y");
                    waiter.await();
                });
    }

    @Test
    void cancelledWaiterLeavesTheTokenToTheNext() {
        run(
                () -> {
                    limiter.totalTokens(1);
                    limiter.acquire();
                    Task<Void> first = borrowing("a");
                    Task<Void> second = borrowing("b");
                    sleep(0);

                    limiter.release();
                    first.cancel();
                    second.await();

                    assertThat(limiter.statistics().borrowers()).containsExactly("b");
                });
    }

    @Test
    void statisticsTellWhoHoldsWhat() {
        run(
                () -> {
                    try (var _ = limiter.hold()) {
                        limiter.acquireOnBehalfOf("x");
                        Task<Void> waiter = borrowing("y");
                        sleep(0);

                        assertThat(limiter.statistics())
                                .isEqualTo(
                                        new CapacityLimiter.Statistics(
                                                2, 2, List.of(currentTask(), "x"), 1));
                        limiter.releaseOnBehalfOf("x");
                        waiter.await();
                    }

                    assertThat(limiter.availableTokens()).isOne();
                });
    }

    @Test
    void negativeNumberIsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CapacityLimiter(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.totalTokens(-1));
        assertThat(limiter.totalTokens()).isEqualTo(2);
    }
}
