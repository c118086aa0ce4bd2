package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.Instrument;
import dev.heddle.LoopLocal;
import dev.heddle.LoopProbe;
import dev.heddle.reactor.Clock;

import org.jspecify.annotations.Nullable;

/**
 * Measures which part of the time a loop is busy; used by its thread only.
 *
 * <p>It is installed when the ratio is first asked for, and goes when nobody has asked for a
 * minute, so that a loop that was looked at once does not pay for it for ever.
 */
final class LoopMeter implements Instrument {

    private static final long FORGOTTEN = 60_000_000_000L;

    private static final LoopLocal<LoopMeter> OF_LOOP =
            new LoopLocal<>(loop -> new LoopMeter(loop, Clock.system()));

    private final LoopProbe probe;
    private final Clock clock;
    private boolean installed;
    private long asked;
    private long idle; // since it was asked last
    private long pollBegan;

    LoopMeter(EventLoop loop, Clock clock) {
        this.probe = LoopProbe.of(loop);
        this.clock = clock;
    }

    /** Returns that of a loop. */
    static LoopMeter of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    /**
     * Returns the part of the time that the loop has spent otherwise than waiting for I/O and
     * timers, since it was asked last: 0 to 1; null for the first time.
     */
    @Nullable Double busyRatio() {
        long now = clock.nanoTime();
        Double ratio = null;
        if (installed && now > asked) {
            ratio = Math.clamp(1 - (double) idle / (now - asked), 0.0, 1.0);
        } else if (!installed) {
            installed = true;
            pollBegan = now;
            probe.addInstrument(this);
        }
        asked = now;
        idle = 0;
        return ratio;
    }

    @Override
    public void beforePoll(long timeoutNanos) {
        pollBegan = clock.nanoTime();
    }

    @Override
    public void afterPoll() {
        long now = clock.nanoTime();
        idle += now - pollBegan;
        if (now - asked > FORGOTTEN) {
            installed = false;
            probe.removeInstrument(this);
        }
    }
}
