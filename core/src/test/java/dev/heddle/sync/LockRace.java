package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.Task;

import java.util.SplittableRandom;

/** One task at a time is inside, in the order in which they came. */
final class LockRace extends Race {

    private final Lock lock;
    private final Arrivals arrivals = new Arrivals();
    private int inside;

    LockRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        lock = new Lock(random.nextBoolean(), queues);
    }

    @Override
    void operate() {
        arrivals.inOrder(lock::acquire);
        try {
            ensure(++inside == 1, "%d tasks inside", inside);
            Task<?> holder = lock.statistics().holder();
            ensure(holder == Asyncio.currentTask(), "%s holds the lock", holder);
            pause();
        } finally {
            inside--;
            lock.release();
        }
    }

    @Override
    void ended() {
        var free = new Lock.Statistics(null, 0);
        ensure(lock.statistics().equals(free), "%s is not free", lock);
    }
}
