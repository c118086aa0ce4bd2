package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Waits for one or several futures, and cancels none of them. Source: {@code asyncio.wait}. */
final class Waiting {

    private final EventLoop loop;
    private final ReturnWhen returnWhen;
    private final Future<@Nullable Void> waiter;
    private int left;

    private Waiting(
            EventLoop loop, ReturnWhen returnWhen, Collection<? extends Future<?>> futures) {
        this.loop = loop;
        this.returnWhen = returnWhen;
        this.left = futures.size();
        this.waiter = new JointFuture<>(loop, "wait", futures);
    }

    static <F extends Future<?>> Waited<F> wait(
            Collection<? extends F> futures, @Nullable Long timeoutNanos, ReturnWhen returnWhen) {
        Objects.requireNonNull(returnWhen, "returnWhen");
        Set<F> all = new LinkedHashSet<>(futures);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("wait: there is no future to wait for");
        }
        EventLoop loop = Asyncio.getRunningLoop();
        for (F future : all) {
            if (future.loop != loop) {
                throw new IllegalArgumentException(
                        "wait: %s belongs to %s, and this is %s"
                                .formatted(future, future.loop, loop));
            }
        }
        new Waiting(loop, returnWhen, all).run(all, timeoutNanos);
        Set<F> done = new LinkedHashSet<>();
        Set<F> pending = new LinkedHashSet<>();
        for (F future : all) {
            (future.done() ? done : pending).add(future);
        }
        return new Waited<>(done, pending);
    }

    /** Suspends the calling task until {@code future} is done, or the time is over. */
    static void until(Future<?> future, @Nullable Long timeoutNanos) {
        Set<Future<?>> one = Set.of(future);
        new Waiting(future.loop, ReturnWhen.ALL_COMPLETED, one).run(one, timeoutNanos);
    }

    private void run(Collection<? extends Future<?>> futures, @Nullable Long timeoutNanos) {
        TimerHandle timer =
                timeoutNanos == null
                        ? null
                        : loop.callAtNanos(
                                loop.after(timeoutNanos), this::release, loop.currentBindings());
        Consumer<Future<?>> callback = this::onDone;
        for (Future<?> future : futures) {
            future.addDoneCallback(callback);
        }
        try {
            waiter.await();
        } finally {
            if (timer != null) {
                timer.cancel();
            }
            for (Future<?> future : futures) {
                future.removeCallback(callback);
            }
        }
    }

    private void onDone(Future<?> future) {
        left--;
        if (left == 0
                || returnWhen == ReturnWhen.FIRST_COMPLETED
                || (returnWhen == ReturnWhen.FIRST_EXCEPTION && future.failure() != null)) {
            release();
        }
    }

    private void release() {
        if (!waiter.done()) {
            waiter.setResult(null);
        }
    }
}
