package dev.heddle.sync;

import dev.heddle.Asyncio;
import dev.heddle.Task;

import java.util.SplittableRandom;

/** Consumers wait for tokens and producers signal each; nobody waits while there is a token. */
final class ConditionRace extends Race {

    private static final Lock.Statistics FREE = new Lock.Statistics(null, 0);

    private final Condition condition;
    private int tokens;
    private int inside;

    ConditionRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        condition = new Condition(new Lock(random.nextBoolean(), queues), queues);
    }

    @Override
    void operate() {
        try (var _ = condition.hold()) {
            enter();
            try {
                if (random.nextInt(5) < 3) {
                    consume();
                } else {
                    produce(random.nextInt(1, 3));
                    pause();
                }
            } finally {
                inside--;
            }
        }
    }

    private void enter() {
        ensure(++inside == 1, "%d tasks have the lock", inside);
        Task<?> holder = condition.statistics().lock().holder();
        ensure(holder == Asyncio.currentTask(), "%s holds the lock", holder);
    }

    private void consume() {
        while (tokens == 0) {
            inside--;
            try {
                condition.await();
            } finally {
                enter(); // also if it is cancelled
            }
        }
        tokens--;
    }

    private void produce(int n) {
        tokens += n;
        if (random.nextBoolean()) {
            condition.signal(n);
        } else {
            condition.signalAll();
        }
    }

    @Override
    void settled() {
        ensure(condition.statistics().lock().equals(FREE), "the lock is not free: %s", condition);
        ensure(tokens == 0, "%d tokens while consumers wait", tokens);
    }

    @Override
    void rescue() {
        condition.with(() -> produce(condition.statistics().tasksWaiting()));
    }

    @Override
    void ended() {
        var free = new Condition.Statistics(0, FREE);
        ensure(condition.statistics().equals(free), "%s is not free", condition);
    }
}
