package dev.heddle.process;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hands each signal of the JVM to all who want it. The JVM has one handler for each signal, of
 * which this is one while somebody does; the one before is put back after the last.
 */
@SuppressWarnings("sunapi")
final class SignalHub {

    private static final String POSSIBLE =
            "ABRT, ALRM, CHLD, CONT, HUP, INT, IO, PIPE, PWR, TERM, TSTP, TTIN, TTOU, USR1, USR2,"
                    + " WINCH";

    private static final Map<String, SignalHub> INSTALLED = new HashMap<>(); // guarded by itself

    private final Signal signal;
    private final SignalHandler handler = arrived -> deliver();
    private final SignalHandler before;

    /** What runs on a thread of the JVM for each signal; must not wait. */
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private SignalHub(Signal signal) {
        this.signal = signal;
        this.before = Signal.handle(signal, handler);
    }

    /** Checks that a signal can be handled by name, and returns it without SIG. */
    static Signal signal(String name) {
        try {
            return new Signal(SignalNames.shortName(name));
        } catch (IllegalArgumentException e) {
            throw refusal(name, e);
        }
    }

    private static IllegalArgumentException refusal(String name, IllegalArgumentException cause) {
        return new IllegalArgumentException(
                ("The signal '%s' does not exist here, or a Java program cannot handle it. On Linux"
                                + " it can handle %s; with the JVM's option -Xrs not HUP, INT and"
                                + " TERM.")
                        .formatted(name, POSSIBLE),
                cause);
    }

    static void add(String name, Runnable listener) {
        Signal signal = signal(name);
        synchronized (INSTALLED) {
            SignalHub hub = INSTALLED.get(signal.getName());
            if (hub == null) {
                try {
                    hub = new SignalHub(signal);
                } catch (IllegalArgumentException e) {
                    throw refusal(name, e);
                }
                INSTALLED.put(signal.getName(), hub);
            }
            hub.listeners.add(listener);
        }
    }

    static void remove(String name, Runnable listener) {
        synchronized (INSTALLED) {
            SignalHub hub = INSTALLED.get(signal(name).getName());
            if (hub != null && hub.listeners.remove(listener) && hub.listeners.isEmpty()) {
                INSTALLED.remove(hub.signal.getName());
                hub.putBack();
            }
        }
    }

    private void putBack() {
        SignalHandler current = Signal.handle(signal, before);
        if (current != handler) {
            Signal.handle(signal, current); // somebody has replaced ours, and keeps his
        }
    }

    private void deliver() {
        listeners.forEach(Runnable::run);
    }
}
