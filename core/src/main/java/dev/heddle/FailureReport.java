package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Cleaner;

/**
 * Sees to it that a failure which nobody retrieves is reported: when its future is collected as
 * garbage, or at the latest when the loop is closed. A {@link CancelledError} is no failure.
 *
 * <p>States: open → retrieved | reported. It must not refer to its future, which could otherwise
 * never be collected.
 */
final class FailureReport implements Runnable {

    static final Cleaner CLEANER =
            Cleaner.create(
                    r -> {
                        Thread t = new Thread(r, "heddle-cleaner");
                        t.setDaemon(true);
                        return t;
                    });

    private final EventLoop loop;
    private final String message;
    private final Bindings bindings;
    private final @Nullable Throwable sourceStack;

    /** Null from when it is retrieved or reported on: it may refer to the future, see above. */
    private volatile @Nullable Throwable exception;

    private FailureReport(Future<?> future, Throwable exception) {
        this.loop = future.loop;
        this.message =
                future instanceof Task<?> task
                        ? "Task exception was never retrieved: " + task.getName()
                        : "Future exception was never retrieved";
        this.exception = exception;
        this.bindings = loop.currentBindings();
        this.sourceStack = loop.creationStack(future);
    }

    /** Makes the report of a future that has just failed. */
    static FailureReport of(Future<?> future, Throwable exception) {
        var report = new FailureReport(future, exception);
        if (exception instanceof CancelledError) {
            report.exception = null;
        } else {
            future.loop.unretrieved.add(report);
            CLEANER.register(future, report);
        }
        return report;
    }

    /** Notes that somebody has seen the failure; on any thread. */
    void retrieved() {
        if (exception != null) {
            exception = null;
            loop.unretrieved.remove(this);
        }
    }

    /** Called when the future was collected, on the cleaner's thread. */
    @Override
    public void run() {
        if (exception != null) {
            loop.resume(
                    new ReadyItem() {
                        @Override
                        void proceed() {
                            report();
                        }
                    });
        }
    }

    /** Reports the failure, unless it was retrieved or reported before. */
    void report() {
        Throwable e = exception;
        if (e != null) {
            retrieved();
            loop.invoke(
                    () ->
                            loop.callExceptionHandler(
                                    ErrorContext.of(message, e).withSource(sourceStack)),
                    bindings,
                    null);
        }
    }
}
