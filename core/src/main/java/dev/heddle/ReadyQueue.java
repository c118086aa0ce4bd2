package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What is ready to run, first in, first out, in two lanes: a plain one for the loop's own thread,
 * and a lock-free one for all others.
 *
 * <p>The foreign lane is emptied into the own one whenever the loop's thread adds or counts, so
 * that the order is that of arrival. A producer never blocks, parks or throws: it may be a virtual
 * thread that is pinned meanwhile, or a thread of the JDK.
 *
 * <p>Going to sleep without losing a wake-up: the loop first says that it is asleep and then looks
 * into the foreign lane once more; a producer first adds and then looks whether the loop is asleep.
 * Both are volatile, so at least one of the two sees the other. Of many producers, one wakes it.
 */
final class ReadyQueue {

    private static final VarHandle ASLEEP;

    static {
        try {
            ASLEEP =
                    MethodHandles.lookup().findVarHandle(ReadyQueue.class, "asleep", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ArrayDeque<ReadyItem> own = new ArrayDeque<>(256);
    private final ConcurrentLinkedQueue<ReadyItem> foreign = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("UnusedVariable") // through ASLEEP
    private volatile boolean asleep;

    /** Adds an item; by the loop's thread only. */
    void add(ReadyItem item) {
        if (!foreign.isEmpty()) {
            takeInForeign();
        }
        own.addLast(item);
    }

    /**
     * Adds an item; by any thread.
     *
     * @return true if the caller must wake the loop up
     */
    boolean addForeign(ReadyItem item) {
        foreign.add(item);
        return asleep && ASLEEP.compareAndSet(this, true, false);
    }

    /** Moves what other threads have added behind what is here; by the loop's thread only. */
    void takeInForeign() {
        for (ReadyItem item; (item = foreign.poll()) != null; ) {
            own.addLast(item);
        }
    }

    /** Removes an item that the loop's thread has added last, or not long ago. */
    void remove(ReadyItem item) {
        own.removeLastOccurrence(item);
    }

    void shuffleTasks(Shuffler shuffler) {
        shuffler.shuffleTasks(own);
    }

    /** Returns how many items are in the own lane. */
    int size() {
        return own.size();
    }

    boolean isEmpty() {
        return own.isEmpty() && foreign.isEmpty();
    }

    @Nullable ReadyItem poll() {
        return own.pollFirst();
    }

    /**
     * Announces that the loop's thread is going to wait.
     *
     * @return false if it must not, since something has arrived
     */
    boolean fallAsleep() {
        asleep = true;
        if (foreign.isEmpty()) {
            return true;
        }
        asleep = false;
        return false;
    }

    /** Announces that the loop's thread waits no longer. */
    void wakeUp() {
        asleep = false;
    }

    void clear() {
        own.clear();
        foreign.clear();
    }
}
