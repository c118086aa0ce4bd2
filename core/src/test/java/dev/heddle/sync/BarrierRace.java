package dev.heddle.sync;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Each round has each number once, and nobody waits without need. */
final class BarrierRace extends Race {

    private final int parties;
    private final Barrier barrier;

    /** The tasks that have left in this round: their numbers there, and of all that have come. */
    private final TreeMap<Integer, Integer> round = new TreeMap<>();

    private int come;
    private int waiting;
    private int breaks;

    BarrierRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        parties = random.nextInt(1, 4);
        barrier = new Barrier(parties, queues);
    }

    @Override
    void operate() {
        waiting++;
        try {
            int me = come++;
            leave(barrier.await(), me);
        } catch (BrokenBarrierException e) {
            ensure(breaks > 0, "it was not broken");
        } finally {
            waiting--;
        }
        pause();
    }

    /** The last one that comes is the first one that leaves, since it need not wait. */
    private void leave(int number, int me) {
        if (number == parties - 1) {
            round.clear();
        }
        ensure(number >= 0 && number < parties, "%d of %d", number, parties);
        ensure(round.put(number, me) == null, "%d again, in the round %s", number, round);
        ensure(round.containsKey(parties - 1), "the barrier opened too early: %s", round);
        Map.Entry<Integer, Integer> before = round.lowerEntry(number);
        Map.Entry<Integer, Integer> after = round.higherEntry(number);
        ensure(before == null || before.getValue() < me, "not in order: %s", round);
        ensure(after == null || after.getValue() > me, "not in order: %s", round);
    }

    @Override
    void nudge() {
        switch (random.nextInt(5)) {
            case 0 -> repair();
            case 1 -> {
                breaks++;
                barrier.abort();
            }
            default -> {}
        }
    }

    private void repair() {
        breaks++;
        barrier.reset();
    }

    @Override
    void settled() {
        Barrier.Statistics now = barrier.statistics();
        if (!now.broken()) {
            var expected = new Barrier.Statistics(parties, waiting, 0, false);
            ensure(now.equals(expected), "%s, not %s", now, expected);
        }
        ensure(waiting < parties, "%d wait for %d", waiting, parties);
    }

    @Override
    void rescue() {
        repair();
    }

    @Override
    void ended() {
        repair();
        var empty = new Barrier.Statistics(parties, 0, 0, false);
        ensure(barrier.statistics().equals(empty), "%s is not empty", barrier);
    }
}
