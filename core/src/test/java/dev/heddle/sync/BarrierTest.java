package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

/** Tasks wait for one another. */
class BarrierTest extends SyncFixture {

    private final Barrier barrier = new Barrier(3);

    private Task<Integer> waiting(String name) {
        return createTask(
                () -> {
                    int number = barrier.await();
                    log.add(name);
                    return number;
                },
                name);
    }

    @Test
    void opensWhenAllHaveCome() {
        run(
                () -> {
                    Task<Integer> a = waiting("a");
                    Task<Integer> b = waiting("b");
                    settle();
                    assertThat(barrier.nWaiting()).isEqualTo(2);
                    assertThat(log).isEmpty();

                    int last = barrier.await();

                    assertThat(last).isEqualTo(2);
                    assertThat(barrier.nWaiting()).isZero();
                    assertThat(gather(a, b)).containsExactly(0, 1);
                });
    }

    @Test
    void theLastOneGoesOnWithoutSuspending() {
        run(
                () -> {
                    waiting("a");
                    waiting("b");
                    sleep(0);

                    barrier.await();

                    assertThat(log).isEmpty();
                    settle();
                    assertThat(log).containsExactly("a", "b");
                });
    }

    @Test
    void oneForASingleTaskIsAlwaysOpen() {
        var single = new Barrier(1);
        run(
                () -> {
                    assertThat(single.await()).isZero();
                    assertThat(single.await()).isZero();
                });
    }

    @Test
    void canBeUsedAgainAndAgain() {
        run(
                () -> {
                    List<Task<Integer>> tasks =
                            Stream.of("a", "b", "c", "d", "e", "f").map(this::waiting).toList();
                    settle();

                    assertThat(gather(tasks)).containsExactly(0, 1, 2, 0, 1, 2);
                    assertThat(log).containsExactly("c", "a", "b", "f", "d", "e");
                    assertThat(barrier.statistics())
                            .isEqualTo(new Barrier.Statistics(3, 0, 0, false));
                });
    }

    @Test
    void whoComesWhileOthersLeaveWaitsForTheNextRound() {
        run(
                () -> {
                    waiting("a");
                    waiting("b");
                    sleep(0);
                    barrier.await(); // a and b are leaving

                    Task<Integer> next = createTask(() -> barrier.await());
                    sleep(0);
                    assertThat(log).containsExactly("a", "b");
                    settle();

                    assertThat(barrier.nWaiting()).isOne();
                    gather(() -> barrier.await(), () -> barrier.await());
                    assertThat(next.await()).isZero();
                });
    }

    @Test
    void cancelledTaskIsMissing() {
        run(
                () -> {
                    Task<Integer> a = waiting("a");
                    Task<Integer> b = waiting("b");
                    sleep(0);

                    a.cancel();
                    settle();
                    assertThat(barrier.nWaiting()).isOne();
                    Task<Integer> c = waiting("c");
                    settle();
                    assertThat(log).isEmpty();

                    assertThat(barrier.await()).isEqualTo(2);
                    assertThat(gather(b, c)).as("each number once").containsExactly(0, 1);
                });
    }

    @Test
    void taskCancelledAfterTheOpeningDoesNotKeepTheOthersBack() {
        run(
                () -> {
                    Task<Integer> a = waiting("a");
                    Task<Integer> b = waiting("b");
                    sleep(0);
                    barrier.await();

                    a.cancel();
                    settle();

                    assertThat(a.cancelled()).isTrue();
                    assertThat(b.await()).isOne();
                    assertThat(barrier.statistics())
                            .isEqualTo(new Barrier.Statistics(3, 0, 0, false));
                });
    }

    @Test
    void cancelledTaskInFrontLetsTheOthersIn() {
        run(
                () -> {
                    waiting("a");
                    waiting("b");
                    sleep(0);
                    Task<Integer> c = waiting("c");
                    Task<Integer> d = waiting("d");
                    Task<Integer> e = waiting("e");
                    sleep(0); // c has opened; d and e stand in front
                    assertThat(c.done()).isTrue();
                    assertThat(barrier.statistics().tasksInFront()).isEqualTo(2);

                    d.cancel();
                    settle();

                    assertThat(d.cancelled()).isTrue();
                    assertThat(barrier.nWaiting()).isOne();
                    gather(() -> barrier.await(), () -> barrier.await());
                    assertThat(e.await()).isZero();
                });
    }

    @Test
    void fewerThanOnePartyIsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Barrier(-1));
    }

    @Test
    void tellsItsStateInWords() {
        assertThat(barrier.parties()).isEqualTo(3);
        assertThat(barrier).hasToString("Barrier(FILLING, 0 of 3 waiting)");
    }
}
