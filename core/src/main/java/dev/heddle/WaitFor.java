package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeoutException;

/** Waits for an awaitable for some time, and cancels it then. Source: {@code asyncio.wait_for}. */
final class WaitFor {

    private WaitFor() {}

    static <T extends @Nullable Object> T run(Awaitable<T> awaitable, long nanos)
            throws TimeoutException {
        EventLoop loop = Asyncio.getRunningLoop();
        if (nanos > 0) {
            return Timeout.run(loop.after(nanos), t -> Asyncio.await(awaitable));
        }
        Task<?> task = loop.currentTaskFor("waitFor");
        if (!(awaitable instanceof Future<T> future)) {
            task.yieldOnce(); // so that calls like this in a loop starve nobody
            throw new TimeoutException("waitFor: no time was given, and nothing was started");
        }
        if (future.done()) {
            return future.result();
        }
        future.cancel();
        Waiting.until(future, null);
        try {
            return future.result();
        } catch (CancelledError e) {
            var timeout = new TimeoutException("waitFor: no time was given");
            timeout.initCause(e);
            throw timeout;
        }
    }
}
