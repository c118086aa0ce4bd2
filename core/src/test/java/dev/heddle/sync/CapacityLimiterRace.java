package dev.heddle.sync;

import java.util.SplittableRandom;

/** No token too many is out, whatever their number is set to, and none lies about. */
final class CapacityLimiterRace extends Race {

    private final CapacityLimiter limiter;
    private final Arrivals arrivals = new Arrivals();
    private int inside;

    CapacityLimiterRace(SplittableRandom random, WaitQueue.Maker queues) {
        super(random);
        limiter = new CapacityLimiter(random.nextInt(1, 4), queues);
    }

    @Override
    void operate() {
        switch (random.nextInt(4)) {
            case 0 -> {
                var guest = new Object();
                arrivals.inOrder(() -> limiter.acquireOnBehalfOf(guest));
                inside(() -> limiter.releaseOnBehalfOf(guest));
            }
            case 1 -> {
                try {
                    limiter.acquireNowait();
                } catch (WouldBlockException e) {
                    return;
                }
                inside(limiter::release);
            }
            default -> {
                arrivals.inOrder(limiter::acquire);
                inside(limiter::release);
            }
        }
    }

    private void inside(Runnable release) {
        inside++;
        try {
            ensure(inside <= limiter.totalTokens(), "%d tokens are out: %s", inside, limiter);
            pause();
        } finally {
            inside--;
            release.run();
        }
    }

    @Override
    void nudge() {
        limiter.totalTokens(random.nextInt(4));
    }

    @Override
    void check() {
        ensure(limiter.borrowedTokens() == inside, "%d inside: %s", inside, limiter);
    }

    @Override
    void settled() {
        ensure(limiter.availableTokens() == 0, "tasks wait: %s", limiter);
    }

    @Override
    void rescue() {
        limiter.totalTokens(limiter.totalTokens() + 1);
    }

    @Override
    void ended() {
        CapacityLimiter.Statistics now = limiter.statistics();
        ensure(now.borrowers().isEmpty() && now.tasksWaiting() == 0, "%s is not free", now);
    }
}
