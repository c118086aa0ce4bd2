package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The items of a {@link Flow.Publisher}, for a task to walk over: {@code next()} suspends it until
 * there is one. From {@link Asyncio#flow}.
 *
 * {@snippet :
 * try (var items = flow(publisher, 16)) {
 *     for (String item : items) {
 *         ...
 *     }
 * }
 * }
 *
 * <p>It subscribes when it is first asked, and then asks the publisher for as many items as it may
 * buffer, and for more as they are taken. The publisher may signal from any thread. Its error is
 * thrown, as the object it is, behind the items that came before.
 *
 * <p>The subscription is cancelled by {@link #close()}, at the latest when the task that asked
 * first ends. One task at a time may wait.
 *
 * @param <T> the type of the items
 */
@SuppressWarnings("IterableAndIterator") // a subscription can be walked over once
public final class FlowIterator<T> implements Iterator<T>, Iterable<T>, AutoCloseable {

    private static final Object NOTHING = new Object();

    /** What stands for no subscription, once there shall be none any more. */
    private static final Flow.Subscription CANCELLED =
            new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {}
            };

    /** The last signal. */
    private record End(@Nullable Throwable error) {}

    private final Flow.Publisher<? extends T> publisher;
    private final int bufferSize;

    // Of any thread: the publisher signals on one after the other.
    private final ConcurrentLinkedQueue<Object> signals = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription =
            new AtomicReference<>();
    private final AtomicLong outstanding = new AtomicLong();
    private final AtomicBoolean wakeUpQueued = new AtomicBoolean();

    // Of the loop's thread.
    private @Nullable EventLoop loop;
    private @Nullable Wait wait;
    private Object lookahead = NOTHING;
    private int taken; // since items were last requested
    private boolean over;

    private final ReadyItem wakeUp =
            new ReadyItem() {
                @Override
                void proceed() {
                    wakeUpQueued.set(false);
                    wake();
                }
            };

    private final Runnable onLoopClosed = this::cancelOrReport;

    FlowIterator(Flow.Publisher<? extends T> publisher, int bufferSize) {
        if (bufferSize < 1) {
            throw new IllegalArgumentException("bufferSize must be positive, and is " + bufferSize);
        }
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.bufferSize = bufferSize;
    }

    private final class Wait extends Suspension {

        @Override
        protected boolean callOff() {
            wait = null;
            return true;
        }
    }

    // ---------------------------------------------------------------- in the task

    /** Suspends the calling task until there is an item, or there will be none any more. */
    @Override
    public boolean hasNext() {
        checkMayAsk();
        while (lookahead == NOTHING && !over) {
            Object signal = signals.poll();
            if (signal == null) {
                var w = new Wait();
                wait = w;
                w.suspend();
            } else {
                accept(signal);
            }
        }
        return lookahead != NOTHING;
    }

    private void checkMayAsk() {
        EventLoop here = Asyncio.getRunningLoop();
        Task<?> task = here.currentTaskFor("flow");
        if (loop == null) {
            subscribe(task);
        } else if (loop != here) {
            throw new IllegalStateException(
                    "The items of a publisher go to %s, and this is %s".formatted(loop, here));
        }
        if (wait != null) {
            throw new IllegalStateException(
                    "%s waits already for the next item; this is %s"
                            .formatted(Objects.requireNonNull(wait).task(), task));
        }
    }

    private void subscribe(Task<?> task) {
        loop = task.loop;
        if (over) {
            return;
        }
        task.addDoneCallback(t -> close());
        task.loop.onClose(onLoopClosed);
        try {
            publisher.subscribe(new Receiver());
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void accept(Object signal) {
        if (signal instanceof End end) {
            end();
            if (end.error() != null) {
                throw Sneaky.sneakyThrow(end.error());
            }
            return;
        }
        lookahead = signal;
        taken++;
        if (taken > bufferSize / 2) {
            int n = taken;
            taken = 0;
            try {
                request(Objects.requireNonNull(subscription.get()), n);
            } catch (Throwable e) {
                close();
                throw e;
            }
        }
    }

    /** Returns the next item, and suspends the calling task until it is there. */
    @Override
    @SuppressWarnings("unchecked") // it was an item
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The publisher has no further item");
        }
        Object item = lookahead;
        lookahead = NOTHING;
        return (T) item;
    }

    /** Returns this: a for statement can walk over it, once. */
    @Override
    public Iterator<T> iterator() {
        return this;
    }

    /** Cancels the subscription, and drops what is buffered. Idempotent. */
    @Override
    public void close() {
        if (loop != null) {
            loop.checkThread("close of a subscription");
        }
        if (!over) {
            cancel();
            end();
            wake();
        }
        lookahead = NOTHING;
        signals.clear();
    }

    private void end() {
        over = true;
        subscription.set(CANCELLED);
        if (loop != null) {
            loop.forgetOnClose(onLoopClosed);
        }
    }

    private void wake() {
        Wait w = wait;
        wait = null;
        if (w != null) {
            w.wake();
        }
    }

    // ---------------------------------------------------------------- on any thread

    private void cancel() {
        Flow.Subscription s = subscription.getAndSet(CANCELLED);
        if (s != null) {
            s.cancel();
        }
    }

    private void cancelOrReport() {
        try {
            cancel();
        } catch (RuntimeException e) {
            Objects.requireNonNull(loop)
                    .callExceptionHandler(ErrorContext.of("The cancel of a subscription threw", e));
        }
    }

    private void request(Flow.Subscription s, int n) {
        outstanding.addAndGet(n);
        s.request(n);
    }

    private void signal(Object signal) {
        if (subscription.get() == CANCELLED) {
            return;
        }
        EventLoop l = Objects.requireNonNull(loop);
        signals.add(signal);
        if (l.onThread()) {
            wake();
        } else if (wakeUpQueued.compareAndSet(false, true)) {
            l.resume(wakeUp);
        }
    }

    /** What the publisher sees. Its methods return at once. */
    private final class Receiver implements Flow.Subscriber<T> {

        @Override
        public void onSubscribe(Flow.Subscription s) {
            Objects.requireNonNull(s, "subscription");
            if (subscription.compareAndSet(null, s)) {
                request(s, bufferSize);
            } else {
                s.cancel(); // it is a second one, or nobody wants it any more
            }
        }

        @Override
        public void onNext(T item) {
            Objects.requireNonNull(item, "item");
            if (outstanding.decrementAndGet() >= 0) {
                signal(item);
                return;
            }
            Flow.Subscription s = subscription.get();
            end(
                    new IllegalStateException(
                            "The publisher has sent more items than were requested: " + publisher));
            if (s != null) {
                s.cancel();
            }
        }

        @Override
        public void onError(Throwable error) {
            end(Objects.requireNonNull(error, "error"));
        }

        @Override
        public void onComplete() {
            end(null);
        }

        private void end(@Nullable Throwable error) {
            signal(new End(error));
            subscription.set(CANCELLED);
        }
    }

    @Override
    public String toString() {
        return "FlowIterator(" + publisher + ")";
    }
}
