package dev.heddle;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Where tasks go on whose loop was closed while a call of the JDK blocked them.
 *
 * <p>A continuation that is refused is lost: its thread never ends, and whoever waits for a lock
 * that it holds waits for ever. So it runs here, once it can, up to its end; each wait for
 * something of the loop throws. The same holds for the virtual threads that a task has started.
 * Callbacks are dropped.
 *
 * <p>From the moment at which a loop is closed, its ready queue belongs to the one thread here.
 */
final class LateComers {

    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("heddle-late-comers").factory());

    private LateComers() {}

    /** Lets {@code item} go on; called by any thread, maybe one that must not wait. */
    static void run(EventLoop loop, ReadyItem item) {
        THREAD.execute(
                () -> {
                    if (goesOn(item)) {
                        loop.runLate(item);
                        runReady(loop);
                    }
                });
    }

    /** Takes over what stands in the queue of a loop that was closed. */
    static void runAll(EventLoop loop) {
        if (!loop.turn.ready.isEmpty()) {
            THREAD.execute(() -> runReady(loop));
        }
    }

    private static void runReady(EventLoop loop) {
        loop.turn.ready.takeInForeign();
        for (ReadyItem item; (item = loop.turn.ready.poll()) != null; ) {
            run(loop, item); // one by one, so that none can keep the thread to itself
        }
    }

    /** A task that waits for something of its loop was unwound already, and waits for ever. */
    private static boolean goesOn(ReadyItem item) {
        return !(item instanceof Handle)
                && !(item instanceof Strand strand && (strand.isNew() || strand.isWaiting()));
    }
}
