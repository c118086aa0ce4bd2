package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.CancelScope;
import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** Who gets into a section that a semaphore guards, and when. */
class SemaphoreTest extends SyncFixture {

    private int inside;
    private int most;

    private Task<Void> acquiring(Semaphore semaphore, String name) {
        return createTask(
                () -> {
                    semaphore.acquire();
                    log.add(name);
                },
                name);
    }

    @Test
    void asManyTasksAsTheValueAreInside() {
        var semaphore = new Semaphore(3);
        run(
                () ->
                        taskGroup(
                                group -> {
                                    for (int i = 0; i < 10; i++) {
                                        group.createTask(() -> semaphore.with(this::stay));
                                    }
                                }));

        assertThat(most).isEqualTo(3);
        assertThat(loop.time()).isEqualTo(4);
        assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(3, 0));
    }

    private void stay() {
        most = Math.max(most, ++inside);
        sleep(1);
        inside--;
    }

    @Test
    void lockedMeansThatAnAcquireWouldWait() {
        var semaphore = new Semaphore(1);
        run(
                () -> {
                    assertThat(semaphore.locked()).isFalse();
                    semaphore.acquire();
                    assertThat(semaphore.locked()).isTrue();
                    Task<Void> waiter = acquiring(semaphore, "waiter");
                    sleep(0);

                    semaphore.release();

                    assertThat(semaphore.locked()).as("promised to the waiter").isTrue();
                    waiter.await();
                    semaphore.release();
                    assertThat(semaphore.locked()).isFalse();
                });
    }

    @Test
    void lateComerQueuesAlsoIfThereIsOneLeft() {
        var semaphore = new Semaphore(0);
        run(
                () -> {
                    acquiring(semaphore, "first");
                    sleep(0);
                    semaphore.release();
                    semaphore.release();

                    semaphore.acquire();
                    log.add("late");

                    assertThat(log).containsExactly("first", "late");
                    assertThat(semaphore.statistics().value()).isZero();
                });
    }

    @Test
    void severalReleasesWakeSeveralInOrder() {
        var semaphore = new Semaphore(0);
        run(
                () -> {
                    acquiring(semaphore, "a");
                    acquiring(semaphore, "b");
                    Task<Void> last = acquiring(semaphore, "c");
                    sleep(0);

                    semaphore.release();
                    semaphore.release();
                    settle();
                    assertThat(log).containsExactly("a", "b");

                    semaphore.release();
                    last.await();
                    assertThat(log).containsExactly("a", "b", "c");
                });
    }

    @Test
    void waiterCancelledAfterItWasWokenLetsTheNextGoOn() {
        var semaphore = new Semaphore(0);
        run(
                () -> {
                    Task<Void> first = acquiring(semaphore, "first");
                    Task<Void> second = acquiring(semaphore, "second");
                    sleep(0);

                    semaphore.release();
                    first.cancel();
                    second.await();

                    assertThat(first.cancelled()).isTrue();
                    assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(0, 0));
                });
    }

    @Test
    void waiterCancelledAfterItWasWokenGivesItsOneBack() {
        var semaphore = new Semaphore(0);
        run(
                () -> {
                    Task<Void> only = acquiring(semaphore, "only");
                    sleep(0);

                    semaphore.release();
                    only.cancel();
                    settle();

                    assertThat(semaphore.locked()).isFalse();
                    assertThat(semaphore.statistics()).isEqualTo(new Semaphore.Statistics(1, 0));
                });
    }

    @Test
    void cancelledWaiterIsLeftOut() {
        var semaphore = new Semaphore(0);
        run(
                () -> {
                    Task<Void> first = acquiring(semaphore, "first");
                    Task<Void> second = acquiring(semaphore, "second");
                    sleep(0);

                    first.cancel();
                    semaphore.release();
                    second.await();

                    assertThat(log).containsExactly("second");
                });
    }

    @Test
    void freeOneIsAcquiredInACancelledScope() {
        var semaphore = new Semaphore(1);
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s -> {
                                s.cancel();
                                try (var _ = semaphore.hold()) {
                                    log.add("acquired");
                                }
                            });

                    assertThat(log).containsExactly("acquired");
                    assertThat(semaphore.statistics().value()).isOne();
                });
    }

    @Test
    void valueMayRiseAboveTheInitialOne() {
        var semaphore = new Semaphore(); // 1
        semaphore.release();

        assertThat(semaphore.statistics().value()).isEqualTo(2);
    }

    @Test
    void boundedOneCannotBeReleasedTooOften() {
        var semaphore = new BoundedSemaphore(2);
        run(
                () -> {
                    semaphore.acquire();
                    semaphore.release();

                    assertThatIllegalStateException()
                            .isThrownBy(semaphore::release)
                            .withMessageContaining("called too often")
                            .withMessageContaining("BoundedSemaphore(2 free, 0 waiting)");
                    assertThat(semaphore.statistics().value()).isEqualTo(2);
                });
    }

    @Test
    void negativeValueIsAnError() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Semaphore(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new BoundedSemaphore(-1));
    }
}
