package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * The results of several futures in one, in the order of the arguments.
 *
 * <p>Source: {@code asyncio.gather}.
 */
final class Gathering<T extends @Nullable Object> extends Future<List<T>> {

    private final List<Future<? extends T>> children; // an argument given twice stands here twice
    private final int distinct;
    private final boolean returnExceptions;
    private int finished;
    private boolean cancelRequested;

    private Gathering(
            EventLoop loop,
            List<Future<? extends T>> children,
            int distinct,
            boolean returnExceptions) {
        super(loop);
        this.children = children;
        this.distinct = distinct;
        this.returnExceptions = returnExceptions;
    }

    /**
     * @param returnExceptions whether an error is a result like others; T must then allow it
     */
    static <T extends @Nullable Object> Future<List<T>> of(
            List<? extends Awaitable<? extends T>> awaitables, boolean returnExceptions) {
        EventLoop loop = Asyncio.getRunningLoop();
        awaitables.forEach(a -> check(a, loop)); // before any of them is started
        List<Future<? extends T>> children = new ArrayList<>(awaitables.size());
        List<Future<? extends T>> distinct = new ArrayList<>(awaitables.size());
        Distinct.<T>futures(awaitables, children::add, distinct::add);
        var gathering = new Gathering<T>(loop, children, distinct.size(), returnExceptions);
        if (children.isEmpty()) {
            gathering.setResult(List.of());
        }
        List<Future<? extends T>> alreadyDone = new ArrayList<>();
        for (Future<? extends T> child : distinct) {
            if (child.done()) {
                alreadyDone.add(child);
            } else {
                child.addDoneCallback(gathering::onChildDone);
            }
        }
        alreadyDone.forEach(gathering::onChildDone);
        return gathering;
    }

    @Override
    Collection<? extends Future<?>> parts() {
        return children;
    }

    private static void check(Awaitable<?> awaitable, EventLoop loop) {
        Objects.requireNonNull(awaitable, "awaitable");
        if (awaitable instanceof Future<?> child && child.loop != loop) {
            throw new IllegalArgumentException(
                    "gather: %s belongs to %s, and this is %s".formatted(child, child.loop, loop));
        }
    }

    private void onChildDone(Future<?> child) {
        finished++;
        if (done()) {
            child.settle(); // this gathering has told of another failure already
            return;
        }
        Throwable error = returnExceptions ? null : errorOf(child);
        if (error != null) {
            finishFailed(error);
        } else if (finished == distinct) {
            if (cancelRequested) {
                // Even if no child is cancelled by it, who asked for it learns so.
                finishFailed(new CancelledError());
            } else {
                setResult(results());
            }
        }
    }

    private static @Nullable Throwable errorOf(Future<?> done) {
        if (done.cancelled()) {
            try {
                done.result();
            } catch (CancelledError e) {
                return e;
            }
        }
        return done.exception();
    }

    @SuppressWarnings("unchecked")
    private List<T> results() {
        List<T> results = new ArrayList<>(children.size());
        for (Future<? extends T> child : children) {
            Throwable error = errorOf(child);
            results.add(error == null ? child.result() : (T) error);
        }
        return results;
    }

    /** Cancels all children; false if this is done, or none of them could be cancelled. */
    @Override
    public boolean cancel(@Nullable Object message) {
        loop.checkThread("cancel");
        if (done()) {
            return false;
        }
        boolean any = false;
        for (Future<?> child : children) {
            any |= child.cancel(message);
        }
        cancelRequested |= any;
        return any;
    }

    @Override
    public String toString() {
        return "gather of " + children.size() + " (" + describeState() + ")";
    }
}
