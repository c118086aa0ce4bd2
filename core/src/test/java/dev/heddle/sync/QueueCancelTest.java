package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A cancelled put has put nothing, and a cancelled get has got nothing. */
class QueueCancelTest extends SyncFixture {

    private final Queue<String> queue = new Queue<>(1);

    private Task<Void> putting(String item) {
        return createTask(() -> queue.put(item));
    }

    private Task<String> getting() {
        return createTask(() -> queue.get());
    }

    @Test
    void getterCancelledAfterItWasWokenLeavesTheItemToTheNext() {
        run(
                () -> {
                    Task<String> first = getting();
                    Task<String> second = getting();
                    sleep(0);

                    queue.putNowait("a");
                    first.cancel();

                    assertThat(second.await()).isEqualTo("a");
                    assertThat(first.cancelled()).isTrue();
                });
    }

    @Test
    void itemOfACancelledGetterIsStillThere() {
        run(
                () -> {
                    Task<String> only = getting();
                    sleep(0);

                    queue.putNowait("a");
                    only.cancel();
                    settle();

                    assertThat(queue.getNowait()).isEqualTo("a");
                    assertThat(queue.statistics().getting()).isZero();
                });
    }

    @Test
    void putterCancelledAfterItWasWokenHasPutNothingAndLetsTheNextGoOn() {
        run(
                () -> {
                    queue.put("a");
                    Task<Void> first = putting("b");
                    Task<Void> second = putting("c");
                    sleep(0);

                    queue.getNowait();
                    first.cancel();
                    second.await();

                    assertThat(first.cancelled()).isTrue();
                    assertThat(queue.getNowait()).isEqualTo("c");
                    assertThat(queue.empty()).isTrue();
                });
    }

    @Test
    void cancelledWaitersAreForgotten() {
        run(
                () -> {
                    Task<String> getter = getting();
                    sleep(0);
                    getter.cancel();
                    settle();
                    assertThat(queue.statistics().getting()).isZero();

                    queue.put("a");
                    Task<Void> putter = putting("b");
                    sleep(0);
                    putter.cancel();
                    settle();
                    assertThat(queue.statistics().putting()).isZero();
                    assertThat(queue.getNowait()).isEqualTo("a");
                    assertThat(queue.empty()).isTrue();
                });
    }

    @Test
    void cancelledJoinLeavesTheQueueAsItIs() {
        run(
                () -> {
                    queue.put("a");
                    Task<Void> join = createTask(() -> queue.join());
                    sleep(0);

                    join.cancel();
                    settle();
                    queue.taskDone();

                    assertThat(join.cancelled()).isTrue();
                    assertThat(queue.statistics().unfinished()).isZero();
                });
    }

    @Test
    void timeLimitAtTheMomentOfThePutLosesNoItem() {
        run(
                () -> {
                    var got = new ArrayList<String>();
                    for (int i = 0; i < 50; i++) {
                        String item = "item " + i;
                        loop.callLater(1, () -> queue.putNowait(item));
                        try {
                            got.add(waitFor(() -> queue.get(), 1));
                        } catch (TimeoutException e) {
                            got.add(queue.get());
                        }
                    }

                    assertThat(got).hasSize(50).doesNotHaveDuplicates();
                    assertThat(queue.empty()).isTrue();
                });
    }

    @Test
    void timeLimitEndsTheWait() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(() -> queue.get(), 2));

                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(queue.statistics().getting()).isZero();
                });
    }

    @Test
    void manyCancelledGettersBetweenOthersAreLeftOut() {
        run(
                () -> {
                    List<Task<String>> getters = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        getters.add(getting());
                    }
                    sleep(0);
                    for (int i = 0; i < 100; i++) {
                        if (i % 10 != 7) {
                            getters.get(i).cancel();
                        }
                    }

                    for (int i = 7; i < 100; i += 10) {
                        queue.put("item " + i);
                    }
                    settle();

                    for (int i = 7; i < 100; i += 10) {
                        assertThat(getters.get(i).result()).isEqualTo("item " + i);
                    }
                });
    }
}
