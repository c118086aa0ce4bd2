package dev.heddle.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** What was put is got, once and in the right order; nobody waits without need. */
final class QueueRace extends Race {

    private record Item(int rank, int number) {}

    private final Queue<Item> queue;
    private final boolean lastFirst;

    /** What is in the queue, in the order in which it was put. */
    private final List<Item> model = new ArrayList<>();

    private final Arrivals getters = new Arrivals();
    private final Arrivals putters = new Arrivals();
    private int made;
    private int unfinished;
    private boolean shutDown;

    private QueueRace(SplittableRandom random, Queue<Item> queue) {
        super(random);
        this.queue = queue;
        this.lastFirst = queue instanceof LifoQueue;
    }

    static Race fifo(SplittableRandom random, WaitQueue.Maker queues) {
        return new QueueRace(random, new Queue<>(random.nextInt(4), new Store.Fifo<>(), queues));
    }

    static Race lifo(SplittableRandom random, WaitQueue.Maker queues) {
        return new QueueRace(random, new LifoQueue<>(random.nextInt(4), queues));
    }

    static Race priority(SplittableRandom random, WaitQueue.Maker queues) {
        return new QueueRace(
                random,
                new PriorityQueue<>(
                        random.nextInt(4), Comparator.comparingInt(Item::rank), queues));
    }

    @Override
    void operate() {
        try {
            switch (random.nextInt(8)) {
                case 0 -> nudge();
                case 1 -> queue.join();
                case 2, 3, 4 -> {
                    Item item = item();
                    putters.inOrder(() -> queue.put(item));
                    notePut(item);
                }
                default -> {
                    noteGot(getters.inOrder(queue::get));
                    pause();
                }
            }
        } catch (QueueShutDownException e) {
            ensure(shutDown, "it is not shut down: %s", queue);
        }
    }

    private Item item() {
        // A rank for the priority queue; the other two order by time.
        return new Item(queue instanceof PriorityQueue ? random.nextInt(3) : 0, made++);
    }

    private void notePut(Item item) {
        ensure(!shutDown, "%s was put after the shutdown", item);
        model.add(item);
        unfinished++;
    }

    private void noteGot(Item item) {
        ensure(!model.isEmpty(), "%s was not there", item);
        Item expected =
                lastFirst
                        ? model.getLast()
                        : Collections.min(
                                model, Comparator.comparingInt(Item::rank)); // the first of equals
        ensure(item.equals(expected), "%s, and not %s", item, expected);
        model.remove(item);
        queue.taskDone();
        unfinished--;
    }

    @Override
    void nudge() {
        try {
            switch (random.nextInt(16)) {
                case 0 -> shutDown(random.nextBoolean());
                case 1, 2, 3, 4, 5, 6, 7 -> {
                    Item item = item();
                    queue.putNowait(item);
                    notePut(item);
                }
                default -> noteGot(queue.getNowait());
            }
        } catch (QueueFullException | QueueEmptyException e) {
            // As good as any other end.
        } catch (QueueShutDownException e) {
            ensure(shutDown, "it is not shut down: %s", queue);
        }
    }

    private void shutDown(boolean immediate) {
        shutDown = true;
        queue.shutdown(immediate);
        if (immediate) {
            unfinished -= model.size();
            model.clear();
        }
    }

    @Override
    void check() {
        ensure(queue.qsize() == model.size(), "%s does not hold %s", queue, model);
        int counted = queue.statistics().unfinished();
        ensure(counted == unfinished, "%d unfinished, not %d", counted, unfinished);
    }

    @Override
    void settled() {
        Queue.Statistics now = queue.statistics();
        if (now.getting() > 0) {
            ensure(now.size() == 0 && !shutDown, "a task waits to get: %s", now);
        }
        if (now.putting() > 0) {
            ensure(queue.full() && !shutDown, "a task waits to put: %s", now);
        }
        if (now.getting() == 0 && now.putting() == 0) {
            ensure(unfinished > 0, "a task waits to join: %s", now);
        }
    }

    @Override
    void rescue() {
        if (queue.empty()) {
            Item item = item();
            queue.putNowait(item);
            notePut(item);
        } else {
            noteGot(queue.getNowait());
        }
    }

    @Override
    void ended() {
        while (!queue.empty()) {
            noteGot(queue.getNowait());
        }
        ensure(model.isEmpty(), "lost: %s", model);
        var empty = new Queue.Statistics(0, queue.maxsize(), 0, 0, 0, shutDown);
        ensure(queue.statistics().equals(empty), "%s is not empty", queue);
    }
}
