package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One subscription to a publisher that a loop has: a task that runs the publisher's body.
 *
 * <p>All signals but the first come from that task, so that there is one at a time. The subscriber
 * requests and cancels from whatever thread it likes.
 *
 * <p>Source: the rules of Reactive Streams, sections 1 and 3, to which the numbers refer.
 */
final class FlowPublication<T> implements Flow.Subscription {

    /** After so many items without a wait, others get their turn. */
    private static final int MOST_IN_A_ROW = 128;

    private final EventLoop loop;
    private final FlowEmitter.Body<T> body;

    /** Null once it has had its last signal, or wants no more (3.13). */
    private volatile Flow.@Nullable Subscriber<? super T> subscriber;

    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;
    private volatile @Nullable IllegalArgumentException badRequest;

    // Of the loop's thread.
    private @Nullable Task<?> task;
    private @Nullable Wait wait;
    private int inARow;

    FlowPublication(
            EventLoop loop, FlowEmitter.Body<T> body, Flow.Subscriber<? super T> subscriber) {
        this.loop = loop;
        this.body = body;
        this.subscriber = subscriber;
    }

    private final class Wait extends Suspension {

        @Override
        protected boolean callOff() {
            wait = null;
            return true;
        }
    }

    /** Greets the subscriber, and starts the task; on any thread. */
    void begin(Flow.Subscriber<? super T> s) {
        try {
            s.onSubscribe(this);
        } catch (Throwable e) {
            cancelled = true; // 2.13
            subscriber = null;
            misbehaved("onSubscribe", e);
            return;
        }
        try {
            loop.callSoonThreadsafe(this::start);
        } catch (IllegalStateException closed) {
            signalError(closed);
        }
    }

    private void start() {
        if (!isStopped()) {
            task = loop.createTask(this::run);
            task.addDoneCallback(t -> signalError(new CancelledError())); // before it began
        } else if (badRequest != null) {
            signalError(badRequest);
        }
    }

    // ---------------------------------------------------------------- in the task

    private void run() {
        try {
            body.run(new FlowEmitter<>(this));
        } catch (Throwable thrown) {
            end(Objects.requireNonNull(task).cancelBehind(thrown));
            return;
        }
        IllegalArgumentException bad = badRequest;
        if (bad != null) {
            signalError(bad);
            return;
        }
        Flow.Subscriber<? super T> s = subscriber;
        subscriber = null;
        if (s != null) {
            tell("onComplete", s::onComplete);
        }
    }

    private void end(Throwable error) {
        boolean stopped = isStopped();
        IllegalArgumentException bad = badRequest;
        signalError(bad == null ? error : bad);
        if (error instanceof KeyboardInterrupt k) {
            throw k;
        }
        if (stopped && !(error instanceof CancelledError)) {
            loop.callExceptionHandler(
                    ErrorContext.of(
                            "A publisher failed after its subscription was cancelled", error));
        }
    }

    private void signalError(Throwable error) {
        Flow.Subscriber<? super T> s = subscriber;
        subscriber = null;
        if (s != null) {
            tell("onError", () -> s.onError(error));
        }
    }

    void emit(T item) {
        Objects.requireNonNull(item, "item"); // 1.9, 2.13
        if (loop.currentTask() != task) {
            throw new IllegalStateException(
                    "An item must be emitted in the publisher's own task, %s, and this is %s"
                            .formatted(task, loop.currentTask()));
        }
        awaitRequest();
        if (requested.get() != Long.MAX_VALUE) { // 3.17
            requested.decrementAndGet();
        }
        Flow.Subscriber<? super T> s = subscriber;
        if (s != null) {
            tell("onNext", () -> s.onNext(item));
        }
        if (++inARow >= MOST_IN_A_ROW) {
            inARow = 0;
            Asyncio.sleep(0);
        }
    }

    private void awaitRequest() {
        while (true) {
            if (isStopped()) {
                throw new CancelledError("The subscription is cancelled");
            }
            if (requested.get() > 0) {
                return;
            }
            inARow = 0;
            var w = new Wait();
            wait = w;
            w.suspend();
        }
    }

    /** Calls the subscriber, which must not throw; if it does it gets no more (2.13). */
    private void tell(String what, Runnable signal) {
        try {
            signal.run();
        } catch (CancelledError e) {
            throw e; // it has waited in our task, which is cancelled
        } catch (Throwable e) {
            cancelled = true;
            subscriber = null;
            misbehaved(what, e);
        }
    }

    private void misbehaved(String what, Throwable e) {
        ErrorContext context = ErrorContext.of("A subscriber's " + what + " threw", e);
        if (EventLoop.runningOrNull() == loop) {
            loop.callExceptionHandler(context);
        } else if (!loop.isClosed()) {
            loop.callSoonThreadsafe(() -> loop.callExceptionHandler(context));
        }
    }

    private boolean isStopped() {
        return cancelled || badRequest != null;
    }

    // ---------------------------------------------------------------- on any thread

    @Override
    public void request(long n) {
        if (subscriber == null || isStopped()) {
            return; // 3.6
        }
        if (n <= 0) { // 3.9
            badRequest =
                    new IllegalArgumentException(
                            "A subscriber must request a positive number, and this is " + n);
            stopSoon();
            return;
        }
        long before = requested.getAndAccumulate(n, FlowPublication::saturatedSum);
        if (before == 0) {
            loop.resume(
                    new ReadyItem() {
                        @Override
                        void proceed() {
                            wake();
                        }
                    });
        }
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public void cancel() {
        if (!isStopped()) {
            cancelled = true; // 3.5, 3.7
            subscriber = null;
            stopSoon();
        }
    }

    /** Ends the body where it waits. */
    private void stopSoon() {
        loop.resume(
                new ReadyItem() {
                    @Override
                    void proceed() {
                        Task<?> t = task;
                        if (t != null && !t.done()) {
                            t.cancel("The subscription is cancelled");
                        }
                    }
                });
    }

    private void wake() {
        Wait w = wait;
        wait = null;
        if (w != null) {
            w.wake();
        }
    }
}
