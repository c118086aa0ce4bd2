package dev.heddle.sync;

import java.util.SplittableRandom;

/** As many tasks as the value says are inside, in the order in which they came. */
final class SemaphoreRace extends Race {

    private final int value;
    private final Semaphore semaphore;
    private final Arrivals arrivals = new Arrivals();
    private int inside;

    SemaphoreRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        value = random.nextInt(1, 4);
        semaphore =
                random.nextBoolean()
                        ? new Semaphore(value, queues)
                        : new BoundedSemaphore(value, queues);
    }

    @Override
    void operate() {
        arrivals.inOrder(semaphore::acquire);
        inside++;
        try {
            pause();
        } finally {
            inside--;
            semaphore.release();
        }
    }

    @Override
    void check() {
        ensure(inside <= value, "%d tasks inside", inside);
        ensure(semaphore.statistics().value() == value - inside, "%d inside %s", inside, semaphore);
    }

    @Override
    void ended() {
        var free = new Semaphore.Statistics(value, 0);
        ensure(semaphore.statistics().equals(free), "%s is not free", semaphore);
        ensure(!semaphore.locked(), "%s is locked", semaphore);
    }
}
