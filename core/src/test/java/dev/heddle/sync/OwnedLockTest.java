package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

/** A lock that belongs to the task that has acquired it. */
class OwnedLockTest extends SyncFixture {

    private final Lock lock = Lock.owned();

    @Test
    void ownerCannotAcquireItAgain() {
        run(
                () -> {
                    lock.acquire();

                    assertThatIllegalStateException()
                            .isThrownBy(lock::acquire)
                            .withMessageContaining("would wait for itself for ever");
                    lock.release();
                });
    }

    @Test
    void otherTaskCannotReleaseIt() {
        run(
                () -> {
                    lock.acquire();
                    Task<Void> thief = createTask(lock::release, "thief");

                    assertThatIllegalStateException()
                            .isThrownBy(thief::await)
                            .withMessageContaining("Only the task that has acquired it");
                    assertThat(lock.locked()).isTrue();
                });
    }

    @Test
    void callbackCannotReleaseIt() {
        run(
                () -> {
                    lock.acquire();
                    loop.callSoon(lock::release);
                    sleep(0);

                    assertThat(lock.locked()).isTrue();
                    assertThat(errors).hasSize(1);
                    errors.clear();
                });
    }

    @Test
    void ownerReleasesAndTheNextOneOwnsIt() {
        run(
                () -> {
                    lock.acquire();
                    Task<Void> next = createTask(() -> lock.with(() -> sleep(1)), "next");
                    sleep(0);

                    lock.release();
                    sleep(0.5);

                    assertThat(lock.statistics().holder()).isSameAs(next);
                    assertThatIllegalStateException().isThrownBy(lock::release);
                    next.await();
                });
    }

    @Test
    void conditionCannotBeUsedByOtherTasksThanTheOwner() {
        run(
                () -> {
                    var condition = new Condition(lock);
                    lock.acquire();

                    assertThatIllegalStateException()
                            .isThrownBy(() -> createTask(() -> condition.signal()).await());
                    assertThatIllegalStateException()
                            .isThrownBy(() -> createTask(() -> condition.await()).await());
                });
    }
}
