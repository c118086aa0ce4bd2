package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Timers by deadline, and equal deadlines in the order in which they were made: a binary heap.
 *
 * <p>A cancelled timer stays until it comes to the head, or until more than half of more than a
 * hundred are cancelled; so cancelling costs nothing, and memory stays bounded.
 *
 * <p>A {@link Shuffler}, if there is one, ranks equal deadlines instead.
 */
final class TimerQueue {

    private static final int PURGE_ABOVE = 100;

    private TimerHandle[] heap = new TimerHandle[64];
    private int size;
    private int cancelled;
    private int made;
    private final @Nullable Shuffler shuffler;

    TimerQueue() {
        this(null);
    }

    TimerQueue(@Nullable Shuffler shuffler) {
        this.shuffler = shuffler;
    }

    void add(TimerHandle timer) {
        timer.order = shuffler == null ? made++ : shuffler.rank();
        timer.scheduled = true;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        siftUp(size++, timer);
    }

    /** Counts a timer that was cancelled while it stands here. */
    void noteCancelled() {
        cancelled++;
        if (size > PURGE_ABOVE && cancelled > size / 2) {
            purge();
        }
    }

    /** Returns the timer that is due first, or null if there is none. */
    @Nullable TimerHandle first() {
        while (size > 0 && heap[0].cancelled()) {
            removeFirst();
            cancelled--;
        }
        return size == 0 ? null : heap[0];
    }

    /** Removes the timer that {@link #first} returned. */
    void removeFirst() {
        heap[0].scheduled = false;
        TimerHandle last = heap[--size];
        clear(size);
        if (size > 0) {
            siftDown(0, last);
        }
    }

    int size() {
        return size;
    }

    /** Returns the timers that are not cancelled, the first one first. */
    List<TimerHandle> pending() {
        var timers = new ArrayList<TimerHandle>();
        for (int i = 0; i < size; i++) {
            if (!heap[i].cancelled()) {
                timers.add(heap[i]);
            }
        }
        timers.sort((a, b) -> a.before(b) ? -1 : b.before(a) ? 1 : 0);
        return timers;
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].scheduled = false;
        }
        heap = new TimerHandle[64];
        size = 0;
        cancelled = 0;
    }

    private void purge() {
        int live = 0;
        for (int i = 0; i < size; i++) {
            TimerHandle timer = heap[i];
            if (timer.cancelled()) {
                timer.scheduled = false;
            } else {
                heap[live++] = timer;
            }
        }
        for (int i = live; i < size; i++) {
            clear(i);
        }
        size = live;
        cancelled = 0;
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i, heap[i]);
        }
    }

    @SuppressWarnings("NullAway") // beyond size there is nothing
    private void clear(int i) {
        heap[i] = null;
    }

    private void siftUp(int hole, TimerHandle timer) {
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!timer.before(heap[parent])) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = timer;
    }

    private void siftDown(int hole, TimerHandle timer) {
        int half = size >>> 1;
        while (hole < half) {
            int child = 2 * hole + 1;
            if (child + 1 < size && heap[child + 1].before(heap[child])) {
                child++;
            }
            if (!heap[child].before(timer)) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = timer;
    }
}
