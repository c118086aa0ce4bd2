package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
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
            assertThat(++inside).as("tasks inside").isOne();
            assertThat(lock.statistics().holder()).isSameAs(Asyncio.currentTask());
            pause();
        } finally {
            inside--;
            lock.release();
        }
    }

    @Override
    void ended() {
        assertThat(lock.statistics()).isEqualTo(new Lock.Statistics(null, 0));
    }
}
