package dev.heddle.testing;

import dev.heddle.EventLoop;
import dev.heddle.IdleWatch;
import dev.heddle.LoopLocal;
import dev.heddle.LoopProbe;
import dev.heddle.Suspension;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What happens in a loop when nothing is ready: first those go on who wait for just that, then the
 * guard of the test has its say, and then the clock jumps.
 */
final class Idleness implements IdleWatch {

    static final LoopLocal<Idleness> OF = new LoopLocal<>(Idleness::new);

    private final Deque<Settling> settling = new ArrayDeque<>();
    private @Nullable IdleWatch guard;
    private final LoopProbe probe;
    private long lookedAt = -1;

    private Idleness(EventLoop loop) {
        probe = LoopProbe.of(loop);
        probe.onIdle(this);
    }

    void guard(@Nullable IdleWatch newGuard) {
        guard = newGuard;
    }

    void awaitQuiet() {
        var wait = new Settling();
        settling.add(wait);
        wait.suspend();
    }

    @Override
    public long onIdle(long nextDeadline, boolean outside) {
        if (!settling.isEmpty()) {
            if (!outside || lookedAt == probe.busyTurns()) { // a look at the channels found nothing
                for (Settling wait; (wait = settling.poll()) != null; ) {
                    wait.wake();
                }
            }
            lookedAt = probe.busyTurns();
            return 0;
        }
        return guard == null ? -1 : guard.onIdle(nextDeadline, outside);
    }

    /** The wait for all others to be blocked. */
    private final class Settling extends Suspension {

        @Override
        protected boolean callOff() {
            settling.remove(this);
            return true;
        }

        @Override
        public String toString() {
            return "all other tasks to be blocked";
        }
    }
}
