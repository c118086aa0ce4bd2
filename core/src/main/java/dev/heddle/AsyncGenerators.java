package dev.heddle;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The async generators of a loop that have started and not ended. Source: {@code _asyncgens} of
 * asyncio's loop, and the hooks {@code firstiter} and {@code finalizer} of PEP 525.
 */
final class AsyncGenerators {

    private final EventLoop loop;
    private final Set<AsyncGeneratorBody<?, ?>> open = new LinkedHashSet<>();
    private boolean shutDown;

    AsyncGenerators(EventLoop loop) {
        this.loop = loop;
    }

    void add(AsyncGeneratorBody<?, ?> generator) {
        if (shutDown) {
            ErrorReporter.logger()
                    .log(
                            Level.WARNING,
                            "An async generator was started after shutdownAsyncgens of "
                                    + loop
                                    + "; nobody will close it.");
        }
        open.add(generator);
    }

    void remove(AsyncGeneratorBody<?, ?> generator) {
        open.remove(generator);
    }

    /** Closes all, at the same time, and reports those that fail; in a task. */
    void shutdown() {
        shutDown = true;
        if (open.isEmpty()) {
            return;
        }
        List<Task<Boolean>> closings = new ArrayList<>();
        for (AsyncGeneratorBody<?, ?> generator : List.copyOf(open)) {
            closings.add(loop.createTask(() -> closeAndReport(generator)));
        }
        Asyncio.gatherAll(closings, true); // one may cancel itself, and must not end the others
    }

    void closeInTask(AsyncGeneratorBody<?, ?> generator) {
        loop.createTask(() -> closeAndReport(generator));
    }

    private boolean closeAndReport(AsyncGeneratorBody<?, ?> generator) {
        try {
            generator.close();
        } catch (CancelledError | KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            loop.callExceptionHandler(
                    ErrorContext.of(
                            "an error occurred during closing of asynchronous generator: "
                                    + generator,
                            e));
        }
        return true;
    }

    /** Puts the tasks of all among the pending ones, to be unwound. */
    void giveBack() {
        open.forEach(AsyncGeneratorBody::giveBack);
    }
}
