package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The two queues that give out their items in another order. */
class PriorityQueueTest extends SyncFixture {

    private static <T> List<T> drain(Queue<T> queue) {
        var items = new ArrayList<T>();
        while (!queue.empty()) {
            items.add(queue.getNowait());
        }
        return items;
    }

    @Test
    void lowestComesFirst() {
        var queue = new PriorityQueue<Integer>();
        List.of(3, 1, 2, 5, 4).forEach(queue::putNowait);

        assertThat(drain(queue)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void comparatorDecides() {
        var queue = new PriorityQueue<Integer>(0, Comparator.reverseOrder());
        List.of(3, 1, 2).forEach(queue::putNowait);

        assertThat(drain(queue)).containsExactly(3, 2, 1);
    }

    @Test
    void equalOnesComeInTheOrderInWhichTheyWerePut() {
        var queue = new PriorityQueue<String>(0, Comparator.comparingInt(String::length));
        List.of("bb", "a", "cc", "b", "aa", "c").forEach(queue::putNowait);

        assertThat(drain(queue)).containsExactly("a", "b", "c", "bb", "cc", "aa");
    }

    @Test
    void waitingGetterGetsTheLowestOfThoseThatWerePutBeforeItRuns() {
        run(
                () -> {
                    var queue = new PriorityQueue<Integer>();
                    Task<Integer> getter = createTask(() -> queue.get());
                    sleep(0);

                    queue.put(2);
                    queue.put(1);

                    assertThat(getter.await()).isOne();
                });
    }

    @Test
    void itemThatCannotBeComparedIsRefusedAndNothingIsLost() {
        var queue = new PriorityQueue<Object>(2);

        assertThatExceptionOfType(ClassCastException.class)
                .isThrownBy(() -> queue.putNowait(new Object()));
        queue.putNowait(1);
        assertThatExceptionOfType(ClassCastException.class)
                .isThrownBy(() -> queue.putNowait("text"));

        assertThat(queue.statistics()).isEqualTo(new Queue.Statistics(1, 2, 1, 0, 0, false));
        assertThat(drain(queue)).containsExactly(1);
    }

    @Test
    void putterOfAnItemThatCannotBeComparedLetsTheNextGoOn() {
        run(
                () -> {
                    var queue = new PriorityQueue<Object>(1);
                    queue.put(1);
                    Task<Void> bad = createTask(() -> queue.put(new Object()));
                    Task<Void> good = createTask(() -> queue.put(2));
                    sleep(0);

                    queue.get();
                    good.await();

                    assertThatExceptionOfType(ClassCastException.class).isThrownBy(bad::result);
                    assertThat(queue.get()).isEqualTo(2);
                });
    }

    @Test
    void lastInIsFirstOut() {
        var queue = new LifoQueue<Integer>();
        List.of(1, 2, 3).forEach(queue::putNowait);

        assertThat(drain(queue)).containsExactly(3, 2, 1);
    }

    @Test
    void sizeIsLimitedHereToo() {
        run(
                () -> {
                    var lifo = new LifoQueue<Integer>(1);
                    var priority = new PriorityQueue<Integer>(1);
                    lifo.put(1);
                    priority.put(1);

                    assertThatExceptionOfType(QueueFullException.class)
                            .isThrownBy(() -> lifo.putNowait(2));
                    assertThatExceptionOfType(QueueFullException.class)
                            .isThrownBy(() -> priority.putNowait(2));
                });
        assertThatIllegalArgumentException().isThrownBy(() -> new LifoQueue<>(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PriorityQueue<>(-1));
    }

    @Test
    void textNamesTheKind() {
        assertThat(new LifoQueue<>()).hasToString("LifoQueue(0 items, 0 getting, 0 putting)");
        assertThat(new PriorityQueue<>().toString()).startsWith("PriorityQueue(");
    }
}
