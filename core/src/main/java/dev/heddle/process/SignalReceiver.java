package dev.heddle.process;

import dev.heddle.Context;
import dev.heddle.EventLoop;
import dev.heddle.sync.Event;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The signals that come, for a task to walk over: {@code next()} suspends it until there is one.
 * From {@link Signals#receive}.
 *
 * <p>Each signal waits at most once: one that comes again before it was taken is the same, as the
 * system does it. The iteration ends when this is closed. Several tasks may wait; each signal goes
 * to one of them.
 *
 * <p>Source: {@code trio.open_signal_receiver}.
 */
@SuppressWarnings("IterableAndIterator") // there is one sequence of signals, not one for each walk
public final class SignalReceiver implements Iterable<String>, Iterator<String>, AutoCloseable {

    private final EventLoop loop;
    private final List<String> names;
    private final List<Runnable> listeners;
    private final Set<String> onTheWay = ConcurrentHashMap.newKeySet(); // to the loop's thread
    private final LinkedHashSet<String> pending = new LinkedHashSet<>();
    private final Event change = new Event();
    private boolean closed;

    SignalReceiver(EventLoop loop, List<String> names) {
        this.loop = loop;
        this.names = names;
        Context context = Context.copyCurrent();
        this.listeners =
                names.stream().<Runnable>map(name -> () -> signalled(name, context)).toList();
        int added = 0;
        try {
            for (; added < names.size(); added++) {
                SignalHub.add(names.get(added), listeners.get(added));
            }
        } catch (Throwable e) {
            while (--added >= 0) {
                SignalHub.remove(names.get(added), listeners.get(added));
            }
            throw e;
        }
        LoopSignals.of(loop).add(this);
    }

    private void signalled(String name, Context context) {
        if (onTheWay.add(name)) {
            LoopSignals.callSoon(loop, () -> arrived(name), context);
        }
    }

    private void arrived(String name) {
        onTheWay.remove(name);
        if (!closed) {
            pending.add(name);
            change.set();
        }
    }

    /** Waits until there is a signal; false once this is closed. */
    @Override
    public boolean hasNext() {
        while (pending.isEmpty() && !closed) {
            change.clear();
            change.await();
        }
        return !closed;
    }

    /**
     * Waits for the next signal, and returns its name without SIG.
     *
     * @throws NoSuchElementException once this is closed
     */
    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The receiver of signals is closed");
        }
        return pending.removeFirst();
    }

    @Override
    public Iterator<String> iterator() {
        return this;
    }

    /** Hears of no signal any more; who waits goes on. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            LoopSignals.of(loop).remove(this);
            stop();
            change.set();
        }
    }

    /** The part that is possible in a closed loop. */
    void stop() {
        closed = true;
        pending.clear();
        for (int i = 0; i < names.size(); i++) {
            SignalHub.remove(names.get(i), listeners.get(i));
        }
    }

    @Override
    public String toString() {
        return "SignalReceiver(%s, %s)".formatted(names, closed ? "closed" : pending);
    }
}
