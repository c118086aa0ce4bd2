package dev.heddle.sync;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Comparator;

/** Where a {@link Queue} keeps its items, and in which order it gives them out. */
interface Store<T> {

    /** Adds an item; if it throws, nothing has changed. */
    void add(T item);

    /** Removes and returns the next item; there is one. */
    T take();

    int size();

    void clear();

    /** First in, first out. */
    final class Fifo<T> implements Store<T> {

        private final ArrayDeque<T> items = new ArrayDeque<>();

        @Override
        public void add(T item) {
            items.addLast(item);
        }

        @Override
        public T take() {
            return items.removeFirst();
        }

        @Override
        public int size() {
            return items.size();
        }

        @Override
        public void clear() {
            items.clear();
        }
    }

    /** Last in, first out. */
    final class Lifo<T> implements Store<T> {

        private final ArrayDeque<T> items = new ArrayDeque<>();

        @Override
        public void add(T item) {
            items.addLast(item);
        }

        @Override
        public T take() {
            return items.removeLast();
        }

        @Override
        public int size() {
            return items.size();
        }

        @Override
        public void clear() {
            items.clear();
        }
    }

    /** Lowest first, and of equal ones the first in. */
    final class Heap<T> implements Store<T> {

        private record Entry<T>(T item, long number) {}

        private final Comparator<? super T> order;
        private final java.util.PriorityQueue<Entry<T>> items;
        private long added;

        /** Makes one; the order is the natural one for null. */
        @SuppressWarnings("unchecked") // an item that is not Comparable is refused when it is added
        Heap(@Nullable Comparator<? super T> comparator) {
            order =
                    comparator != null
                            ? comparator
                            : (a, b) -> ((Comparable<? super T>) a).compareTo(b);
            items =
                    new java.util.PriorityQueue<>(
                            Comparator.<Entry<T>, T>comparing(Entry::item, order)
                                    .thenComparingLong(Entry::number));
        }

        @Override
        @SuppressWarnings({"CheckReturnValue", "SelfComparison"})
        public void add(T item) {
            order.compare(item, item); // so that the first one is checked, too
            items.add(new Entry<>(item, added++));
        }

        @Override
        public T take() {
            return items.remove().item();
        }

        @Override
        public int size() {
            return items.size();
        }

        @Override
        public void clear() {
            items.clear();
        }
    }
}
