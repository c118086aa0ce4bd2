package dev.heddle.debug;

import dev.heddle.EventLoop;
import dev.heddle.reactor.Clock;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Reports a step of a loop that does not return, while it hangs: which task or callback, for how
 * long, where, and what to do about it. Debug mode's warning comes only when a step has returned.
 *
 * {@snippet :
 * try (var watched = Watchdog.watch(loop, Duration.ofSeconds(1))) {
 *     loop.runForever();
 * }
 * }
 *
 * <p>A step is reported once it has taken longer than the limit, and again after twice that time,
 * four times and so on. Times are those of the machine, whatever clock the loop has, and counted
 * from when the step was first noticed, up to a quarter of the limit late.
 *
 * <p>One daemon thread watches all loops of a JVM; it ends when there is none. A loop that is
 * watched pays a write a step; others pay nothing. Not noticed is a virtual thread, no task, that a
 * task has started and that blocks the loop on which it runs.
 */
public final class Watchdog {

    /** Ends the watch when it is closed; idempotent, by any thread. */
    public interface Watched extends AutoCloseable {

        @Override
        void close();
    }

    private static final long LONGEST_PAUSE = 1_000_000_000;
    private static final List<Watch> WATCHES = new CopyOnWriteArrayList<>();
    private static @Nullable Thread thread; // guarded by the class

    private Watchdog() {}

    /** Watches a loop, and logs a warning of each step that takes longer than {@code limit}. */
    public static Watched watch(EventLoop loop, Duration limit) {
        return watch(loop, limit, Watchdog::log);
    }

    /**
     * Watches a loop until what this returns is closed, or the loop is. May be called by any
     * thread.
     *
     * @param limit how long a step may take, a millisecond at least
     * @param report is told of a step that takes longer, on the watchdog's thread; what it throws
     *     is logged
     */
    public static Watched watch(
            EventLoop loop, Duration limit, Consumer<? super StuckStep> report) {
        var watch = new Watch(loop, limit, report);
        onLoop(loop, watch::install);
        add(watch);
        return () -> {
            if (WATCHES.remove(watch)) {
                watch.close();
                onLoop(loop, watch::uninstall);
            }
        };
    }

    /** Runs {@code action} on the thread of a loop; here if it does not run. */
    private static void onLoop(EventLoop loop, Runnable action) {
        if (EventLoop.runningOrNull() == loop || !loop.isRunning()) {
            action.run();
            return;
        }
        try {
            loop.callSoonThreadsafe(action);
        } catch (IllegalStateException closed) {
            // There is nothing to watch, or to end.
        }
    }

    private static synchronized void add(Watch watch) {
        WATCHES.add(watch);
        if (thread == null) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("heddle-watchdog")
                            .inheritInheritableThreadLocals(false)
                            .start(Watchdog::run);
        } else {
            LockSupport.unpark(thread); // it may have to look more often from now on
        }
    }

    private static void run() {
        Clock clock = Clock.system();
        while (!endIfIdle()) {
            long pause = LONGEST_PAUSE;
            for (Watch watch : WATCHES) {
                pause = Math.min(pause, watch.period());
                look(watch, clock.nanoTime());
            }
            LockSupport.parkNanos(pause);
        }
    }

    private static synchronized boolean endIfIdle() {
        WATCHES.removeIf(Watch::isOver);
        if (WATCHES.isEmpty()) {
            thread = null;
            return true;
        }
        return false;
    }

    private static void look(Watch watch, long now) {
        try {
            watch.look(now);
        } catch (RuntimeException | Error e) { // of the one that is told; others are watched on
            System.getLogger("dev.heddle")
                    .log(Level.ERROR, "Reporting a step of " + watch.loop() + " failed", e);
        }
    }

    private static void log(StuckStep stuck) {
        System.getLogger("dev.heddle").log(Level.WARNING, stuck.describe());
    }
}
