package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Futures in the order in which they are done.
 *
 * <p>Two ways to go through them, both of which go on where the last one stopped:
 *
 * <ul>
 *   <li>as an {@link Iterable} of awaitables, which can be handed around: whichever is awaited
 *       first gets the first result;
 *   <li>{@link #futures()}, which suspends in {@code next()} and gives the original tasks and
 *       futures.
 * </ul>
 *
 * <p>Source: {@code asyncio.as_completed}.
 *
 * @param <T> the type of the results
 */
public final class AsCompleted<T extends @Nullable Object> implements Iterable<Awaitable<T>> {

    private final Set<Future<T>> todo = new LinkedHashSet<>();
    private final ArrayDeque<Object> finished = new ArrayDeque<>(); // futures, or TIME_OVER
    private final ArrayDeque<Future<@Nullable Void>> getters = new ArrayDeque<>();
    private final EventLoop loop;
    private @Nullable TimerHandle timer;
    private int left;

    private static final Object TIME_OVER = new Object();

    AsCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Long timeoutNanos) {
        loop = Asyncio.getRunningLoop();
        Distinct.<T>futures(awaitables, future -> {}, future -> todo.add(narrow(future)));
        left = todo.size();
        for (Future<T> future : todo) {
            future.addDoneCallback(this::onDone);
        }
        if (timeoutNanos != null && left > 0) {
            timer =
                    loop.callAtNanos(
                            loop.after(timeoutNanos), this::onTimeout, loop.currentBindings());
        }
    }

    @SuppressWarnings("unchecked") // a future of results is only read
    private static <T extends @Nullable Object> Future<T> narrow(Future<? extends T> future) {
        return (Future<T>) future;
    }

    private void onDone(Future<T> future) {
        if (todo.remove(future)) {
            put(future);
            if (todo.isEmpty() && timer != null) {
                timer.cancel();
            }
        }
    }

    private void onTimeout() {
        int late = todo.size();
        todo.clear();
        for (int i = 0; i < late; i++) {
            put(TIME_OVER);
        }
    }

    private void put(Object item) {
        finished.add(item);
        wakeOneGetter();
    }

    private void wakeOneGetter() {
        for (Future<@Nullable Void> getter; (getter = getters.poll()) != null; ) {
            if (!getter.done()) {
                getter.setResult(null);
                return;
            }
        }
    }

    /** Suspends until the next one is done. */
    @SuppressWarnings("unchecked")
    private Future<T> take() {
        while (finished.isEmpty()) {
            var getter = new JointFuture<@Nullable Void>(loop, "asCompleted", todo);
            getters.add(getter);
            try {
                getter.await();
            } catch (Throwable e) {
                getters.remove(getter);
                if (!getter.cancelled() && getter.done() && !finished.isEmpty()) {
                    wakeOneGetter(); // it was woken, and is cancelled: the wake-up goes on
                }
                throw e;
            }
        }
        Object item = finished.remove();
        if (item == TIME_OVER) {
            throw Sneaky.sneakyThrow(
                    new TimeoutException("asCompleted: the time is over, and some are pending"));
        }
        return (Future<T>) item;
    }

    private void countDown() {
        if (left == 0) {
            throw new NoSuchElementException("asCompleted: there is no further one");
        }
        left--;
    }

    /**
     * Returns awaitables, each of which gives the next result when it is awaited. If the time is
     * over, {@code await} throws a {@link TimeoutException}.
     */
    @Override
    public Iterator<Awaitable<T>> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public Awaitable<T> next() {
                countDown();
                return () -> take().result();
            }
        };
    }

    /**
     * Returns the original tasks and futures as they are done, and a task for each coroutine.
     * {@code next()} suspends; if the time is over, it throws a {@link TimeoutException}.
     */
    public Iterable<Future<T>> futures() {
        return () ->
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return left > 0;
                    }

                    @Override
                    public Future<T> next() {
                        countDown();
                        return take();
                    }
                };
    }
}
