package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The heap of timers: order, and what becomes of cancelled ones. */
class TimerQueueTest {

    private final TimerQueue queue = new TimerQueue();

    /** A timer that nothing runs. */
    private static final class Plain extends TimerHandle {

        private final int number;
        private boolean cancelled;

        Plain(long deadline, int number) {
            super(deadline);
            this.number = number;
        }

        @Override
        void proceed() {}

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }

        @Override
        public @Nullable Context getContext() {
            return null;
        }

        @Override
        public String toString() {
            return deadline + "#" + number;
        }
    }

    private List<Plain> add(int count, Random random, int deadlines) {
        var added = new ArrayList<Plain>();
        for (int i = 0; i < count; i++) {
            var timer = new Plain(random.nextInt(deadlines), i);
            queue.add(timer);
            added.add(timer);
        }
        return added;
    }

    private void cancel(Plain timer) {
        timer.cancel();
        if (timer.scheduled) {
            queue.noteCancelled();
        }
    }

    private List<TimerHandle> drain() {
        var order = new ArrayList<TimerHandle>();
        for (TimerHandle timer; (timer = queue.first()) != null; ) {
            queue.removeFirst();
            order.add(timer);
        }
        return order;
    }

    private static List<TimerHandle> live(List<Plain> timers) {
        Comparator<Plain> order = Comparator.comparingLong(t -> t.deadline);
        return timers.stream()
                .filter(t -> !t.cancelled)
                .sorted(order.thenComparingInt(t -> t.number))
                .<TimerHandle>map(t -> t)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void drainsInOrderOfDeadlineThenOfMaking(long seed) {
        List<Plain> timers = add(1000, new Random(seed), 50);

        assertThat(drain()).isEqualTo(live(timers));
        assertThat(queue.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyMixOfAddingCancellingAndTakingKeepsTheOrder(long seed) {
        var random = new Random(seed);
        List<Plain> model = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            int dice = random.nextInt(10);
            if (dice < 5) {
                var timer = new Plain(random.nextInt(100), i);
                queue.add(timer);
                model.add(timer);
            } else if (dice < 8 && !model.isEmpty()) {
                cancel(model.remove(random.nextInt(model.size())));
            } else if (!model.isEmpty()) {
                TimerHandle first = queue.first();
                assertThat(first).isSameAs(live(model).getFirst());
                queue.removeFirst();
                model.remove(first);
            }
        }

        assertThat(drain()).isEqualTo(live(model));
    }

    @Test
    void fewCancelledTimersStayExceptAtTheHead() {
        List<Plain> timers = add(100, new Random(1), 1000);
        List<TimerHandle> inOrder = live(timers);

        for (TimerHandle timer : inOrder.subList(10, 80)) {
            cancel((Plain) timer);
        }
        assertThat(queue.size()).isEqualTo(100);

        cancel((Plain) inOrder.get(0));
        cancel((Plain) inOrder.get(1));

        assertThat(queue.first()).isSameAs(inOrder.get(2));
        assertThat(queue.size()).isEqualTo(98);
    }

    @Test
    void manyCancelledTimersAreDroppedAtOnce() {
        List<Plain> timers = add(200, new Random(1), 1000);
        Collections.shuffle(timers, new Random(2));

        for (Plain timer : timers.subList(0, 100)) {
            cancel(timer);
        }
        assertThat(queue.size()).isEqualTo(200); // one half is not more than a half

        cancel(timers.get(100));

        assertThat(queue.size()).isEqualTo(99);
        assertThat(timers.subList(0, 101)).noneMatch(t -> t.scheduled);
        timers.sort(Comparator.comparingInt(t -> t.number));
        assertThat(drain()).isEqualTo(live(timers));
    }

    @Test
    void hundredTimersAreNeverPurged() {
        List<Plain> timers = add(100, new Random(1), 1000);
        TimerHandle head = live(timers).getFirst();

        timers.stream().filter(t -> t != head).forEach(this::cancel);

        assertThat(queue.size()).isEqualTo(100);
    }

    @Test
    void memoryStaysBoundedWhenEachTimerIsCancelled() {
        for (int i = 0; i < 100_000; i++) {
            var timer = new Plain(1_000_000 - i, i);
            queue.add(timer);
            cancel(timer);
            assertThat(queue.size()).isLessThanOrEqualTo(101);
        }

        assertThat(queue.first()).isNull();
        assertThat(queue.size()).isZero();
    }

    @Test
    void cancelAfterRemovalIsNotCounted() {
        List<Plain> timers = add(150, new Random(1), 1000);
        var taken = new ArrayList<Plain>();
        for (int i = 0; i < 40; i++) {
            taken.add((Plain) queue.first());
            queue.removeFirst();
        }

        taken.forEach(this::cancel);
        List<TimerHandle> left = live(timers);
        left.subList(1, 56).forEach(t -> cancel((Plain) t));

        assertThat(queue.size()).isEqualTo(110); // 55 of 110 are cancelled, 95 would have been too
        assertThat(drain()).isEqualTo(live(timers));
    }

    @Test
    void clearForgetsAll() {
        List<Plain> timers = add(300, new Random(1), 10);

        queue.clear();

        assertThat(queue.first()).isNull();
        assertThat(queue.size()).isZero();
        assertThat(timers).noneMatch(t -> t.scheduled);
    }
}
