package dev.heddle.sync;

import dev.heddle.CancelledError;
import dev.heddle.Coroutine;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;
import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Lets tasks that hold a lock wait until others, which hold it in turn, say that something has
 * changed.
 *
 * <p>A task that is signalled stands in the queue of the lock from then on: it runs once, when the
 * lock is its own. It may find that the change is undone meanwhile, so wait in a loop, or use
 * {@link #waitFor}.
 *
 * <p>Fairness: signals go to those who wait longest. Cancelling: a waiting {@code await} throws,
 * but not before it has the lock again, however often the task is cancelled, and also in a
 * cancelled scope; the last {@link CancelledError} is thrown. If it was signalled before, the
 * signal goes on to the next. Only where its loop is closed a task does not get the lock back.
 *
 * <p>Source: {@code asyncio.Condition}. Its {@code wait} is {@code await} and its {@code notify} is
 * {@code signal}, since all Java objects have other methods of these names.
 */
public final class Condition extends Primitive {

    /**
     * What a condition is doing.
     *
     * @param tasksWaiting how many tasks wait for a signal
     * @param lock what its lock is doing
     */
    public record Statistics(int tasksWaiting, Lock.Statistics lock) {}

    private final WaitQueue waiters;
    private final Lock lock;

    /** Makes one with a lock of its own. */
    public Condition() {
        this(new Lock());
    }

    /** Makes one with a lock, which several conditions may share. */
    public Condition(Lock lock) {
        this(lock, WaitQueue::new);
    }

    Condition(Lock lock, WaitQueue.Maker queues) {
        this.lock = Objects.requireNonNull(lock, "lock");
        this.waiters = queues.make(this);
    }

    // ---------------------------------------------------------------- the lock

    /** Acquires the lock; see {@link Lock#acquire}. */
    public void acquire() {
        lock.acquire();
    }

    /** Releases the lock; see {@link Lock#release}. */
    public void release() {
        lock.release();
    }

    /** Acquires the lock, and returns what releases it in the end of a try block. */
    public Held hold() {
        return lock.hold();
    }

    /** Runs {@code body} with the lock held. */
    public <T extends @Nullable Object> T with(Coroutine<T> body) {
        return lock.with(body);
    }

    /** Same as {@link #with(Coroutine)}. */
    public void with(VoidCoroutine body) {
        lock.with(body);
    }

    /** Tells whether the lock is locked. */
    public boolean locked() {
        return lock.locked();
    }

    // ---------------------------------------------------------------- waiting

    /**
     * Releases the lock, waits for a signal, and acquires the lock again.
     *
     * @throws CancelledError if the task is cancelled while it waits; it has the lock also then
     * @throws IllegalStateException if the lock is not held, the caller is not a task, or the
     *     condition is bound to a different loop
     */
    public void await() {
        Task<?> task = callingTask("Condition.await");
        lock.checkHeld("Condition.await");
        bind();
        lock.bind();
        lock.release();
        var waiter = new Waiter(waiters);
        Throwable error = null;
        try {
            waiters.park(waiter);
        } catch (Throwable e) {
            error = e;
        }
        if (waiter.isWoken()) { // by the lock's queue: a signal has moved it there
            lock.take(task);
        } else if (error != null) {
            error = lock.acquireShielded(task, error);
        }
        if (error != null) {
            if (waiter.isWoken()) {
                waiters.passOn();
            }
            throw Sneaky.sneakyThrow(error);
        }
    }

    /**
     * Waits until {@code predicate} is true, which it evaluates with the lock held: at once, and
     * after each signal. Without a wait it does not need the lock.
     *
     * @throws CancelledError as {@link #await}
     * @throws IllegalStateException as {@link #await}
     */
    public void waitFor(BooleanSupplier predicate) {
        while (!predicate.getAsBoolean()) {
            await();
        }
    }

    // ---------------------------------------------------------------- signalling

    /** Lets one task go on; same as {@link #signal(int)} with 1. */
    public void signal() {
        signal(1);
    }

    /**
     * Lets up to {@code n} tasks go on, once the lock is released. Never waits.
     *
     * @throws IllegalArgumentException if {@code n} is negative
     * @throws IllegalStateException if the lock is not held
     */
    public void signal(int n) {
        check("Condition.signal");
        if (n < 0) {
            throw new IllegalArgumentException("Cannot signal a negative number of tasks: " + n);
        }
        lock.checkHeld("Condition.signal");
        for (int i = 0; i < n && waiters.moveNextTo(lock.waiters()) != null; i++) {}
    }

    /** Lets all tasks go on that wait now; see {@link #signal(int)}. */
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    @Override
    void passOn(WaitQueue queue) {
        signal();
    }

    /** Returns how many tasks wait for a signal, and what the lock is doing. */
    public Statistics statistics() {
        check("Condition.statistics");
        return new Statistics(waiters.waiting(), lock.statistics());
    }

    @Override
    public String toString() {
        return "Condition(%d waiting, %s)".formatted(waiters.waiting(), lock);
    }
}
