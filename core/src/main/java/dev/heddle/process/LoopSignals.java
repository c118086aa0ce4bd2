package dev.heddle.process;

import dev.heddle.Context;
import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a loop wants to hear of signals, and until when: at the latest until it is closed. */
final class LoopSignals implements AutoCloseable {

    private static final LoopLocal<LoopSignals> OF_LOOP = new LoopLocal<>(LoopSignals::new);

    private final EventLoop loop;
    private final Map<String, Runnable> handlers = new HashMap<>();
    private final Set<SignalReceiver> receivers = new HashSet<>();

    private LoopSignals(EventLoop loop) {
        this.loop = loop;
    }

    static LoopSignals of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    /** Runs {@code job} on the loop; called by another thread. */
    static void callSoon(EventLoop loop, Runnable job, Context context) {
        try {
            loop.callSoonThreadsafe(job, context);
        } catch (IllegalStateException e) {
            // The loop has just been closed.
        }
    }

    void add(String name, Runnable callback) {
        Context context = Context.copyCurrent();
        var listener = new Runnable() { // an identity of its own, by which it is found again
                    @Override
                    public void run() {
                        callSoon(loop, this::callBack, context);
                    }

                    private void callBack() {
                        if (handlers.get(name) == this) { // not removed meanwhile
                            callback.run();
                        }
                    }
                };
        SignalHub.add(name, listener); // before the other goes, so that the JVM gets none
        Runnable old = handlers.put(name, listener);
        if (old != null) {
            SignalHub.remove(name, old);
        }
    }

    boolean remove(String name) {
        Runnable listener = handlers.remove(name);
        if (listener == null) {
            return false;
        }
        SignalHub.remove(name, listener);
        return true;
    }

    void add(SignalReceiver receiver) {
        receivers.add(receiver);
    }

    void remove(SignalReceiver receiver) {
        receivers.remove(receiver);
    }

    @Override
    public void close() {
        List.copyOf(handlers.keySet()).forEach(this::remove);
        List.copyOf(receivers).forEach(SignalReceiver::stop);
    }
}
