package dev.heddle;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Where tasks go on whose loop was closed while a call of the JDK blocked them.
 *
 * <p>A continuation that is refused is lost: its thread never ends, and whoever waits for a lock
 * that it holds waits for ever. So it runs here, once it can, up to its end; each wait for
 * something of the loop throws.
 */
final class LateComers {

    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("heddle-late-comers").factory());

    private LateComers() {}

    static void run(EventLoop loop, ReadyItem item) {
        if (!(item instanceof Handle)) {
            THREAD.execute(() -> loop.runLate(item));
        }
    }

    /** Takes what slipped into the queue while the loop was being closed. */
    static void runAll(EventLoop loop) {
        THREAD.execute(
                () -> {
                    loop.turn.ready.takeInForeign();
                    for (ReadyItem item; (item = loop.turn.ready.poll()) != null; ) {
                        if (!(item instanceof Handle)) {
                            loop.runLate(item);
                        }
                    }
                });
    }
}
