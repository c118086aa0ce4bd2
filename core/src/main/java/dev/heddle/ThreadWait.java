package dev.heddle;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** How a thread that is not the loop's waits for a future. */
final class ThreadWait {

    private ThreadWait() {}

    /** Blocks the calling thread until {@code future} is done; a negative timeout is none. */
    static void until(Future<?> future, long timeout, TimeUnit unit)
            throws InterruptedException, TimeoutException {
        EventLoop loop = future.loop;
        var done = new CountDownLatch(1);
        Consumer<Future<?>> callback = f -> done.countDown();
        Runnable onClose = done::countDown;
        loop.callSoonThreadsafe(() -> future.addDoneCallback(callback));
        loop.onClose(onClose);
        boolean inTime = false;
        try {
            if (timeout < 0) {
                done.await();
                inTime = true;
            } else {
                inTime = done.await(timeout, unit);
            }
        } finally {
            loop.forgetOnClose(onClose);
            if (!inTime) {
                loop.resume( // which does not throw, should the loop be closed just now
                        new ReadyItem() {
                            @Override
                            void proceed() {
                                future.removeCallback(callback);
                            }
                        });
            }
        }
        if (!future.done() && loop.isClosed()) {
            throw new IllegalStateException(loop + " was closed before this was done: " + future);
        }
        if (!inTime) {
            throw new TimeoutException("Not done after " + timeout + " " + unit + ": " + future);
        }
    }
}
