package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The two lanes of the ready queue, and how its owner goes to sleep. */
@Timeout(60)
class ReadyQueueTest {

    private final ReadyQueue queue = new ReadyQueue();

    private static final class Item extends ReadyItem {

        private final int producer;
        private final int number;

        Item(int producer, int number) {
            this.producer = producer;
            this.number = number;
        }

        @Override
        void proceed() {}
    }

    private static Item item(int number) {
        return new Item(0, number);
    }

    private List<Integer> drain() {
        queue.takeInForeign();
        var numbers = new ArrayList<Integer>();
        for (ReadyItem item; (item = queue.poll()) != null; ) {
            numbers.add(((Item) item).number);
        }
        return numbers;
    }

    @Test
    void ownItemsComeOutInTheOrderInWhichTheyWentIn() {
        for (int i = 0; i < 1000; i++) {
            queue.add(item(i));
        }

        assertThat(queue.size()).isEqualTo(1000);
        assertThat(drain()).hasSize(1000).isSorted();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void lanesMergeInTheOrderOfArrival() {
        queue.add(item(1));
        queue.addForeign(item(2));
        queue.add(item(3));
        queue.addForeign(item(4));
        queue.addForeign(item(5));
        queue.add(item(6));
        queue.addForeign(item(7));

        assertThat(drain()).containsExactly(1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void foreignItemIsNotCountedBeforeItIsTakenIn() {
        queue.add(item(1));
        queue.addForeign(item(2));

        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.isEmpty()).isFalse();

        queue.takeInForeign();

        assertThat(queue.size()).isEqualTo(2);
    }

    @Test
    void awakeOwnerNeedsNoWakeUp() {
        assertThat(queue.addForeign(item(1))).isFalse();
    }

    @Test
    void sleepingOwnerNeedsOneWakeUp() {
        assertThat(queue.fallAsleep()).isTrue();

        assertThat(queue.addForeign(item(1))).isTrue();
        assertThat(queue.addForeign(item(2))).isFalse();
    }

    @Test
    void ownerThatWokeByItselfNeedsNone() {
        queue.fallAsleep();
        queue.wakeUp();

        assertThat(queue.addForeign(item(1))).isFalse();
    }

    @Test
    void ownerDoesNotFallAsleepOverAForeignItem() {
        queue.addForeign(item(1));

        assertThat(queue.fallAsleep()).isFalse();
        assertThat(queue.addForeign(item(2))).isFalse();
    }

    @Test
    void clearEmptiesBothLanes() {
        queue.add(item(1));
        queue.addForeign(item(2));

        queue.clear();

        assertThat(queue.isEmpty()).isTrue();
        assertThat(drain()).isEmpty();
    }

    @Test
    void ownerThatSleepsBetweenItemsMissesNone() throws InterruptedException {
        int producers = 4;
        int each = 20_000;
        var wakeUps = new Semaphore(0);
        var sent = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < each; i++) {
                                            if (queue.addForeign(new Item(producer, i))) {
                                                sent.incrementAndGet();
                                                wakeUps.release();
                                            }
                                        }
                                    }));
        }

        int[] next = new int[producers];
        int slept = 0;
        for (int left = producers * each; left > 0; ) {
            if (queue.isEmpty() && queue.fallAsleep()) {
                slept++;
                wakeUps.acquire(); // a lost wake-up would hang here
                queue.wakeUp();
            }
            queue.takeInForeign();
            for (ReadyItem taken; (taken = queue.poll()) != null; left--) {
                var item = (Item) taken;
                assertThat(item.number).isEqualTo(next[item.producer]++);
            }
        }

        assertThat(queue.isEmpty()).isTrue();
        assertThat(sent).hasValue(slept); // one wake-up for each sleep
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
