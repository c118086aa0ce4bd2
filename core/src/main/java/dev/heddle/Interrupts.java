package dev.heddle;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Ctrl-C and SIGTERM do while a {@link Runner} runs on the JVM's main thread.
 *
 * <pre>
 * WAITING ─► INTERRUPTED ─► CLOSED
 *       └─────────────────►
 * </pre>
 *
 * <p>The first one of either cancels the main task and puts the JVM's own handlers back, so that
 * the second one ends the JVM. Nothing is done about a signal that somebody else handles already.
 * Who begins to handle it later has it, and gives it back to us: if we are no longer WAITING then,
 * we pass it on to the JVM.
 */
@SuppressWarnings("sunapi")
final class Interrupts implements AutoCloseable {

    private enum State {
        WAITING,
        INTERRUPTED,
        CLOSED
    }

    /** How the JVM names its first thread. The thread's id differs from JDK to JDK. */
    private static final String MAIN_THREAD = "main";

    private static final int SIGNALLED = 128; // and the signal's number, as a shell reports it
    private static final Signal INTERRUPT = new Signal("INT");
    private static final Signal TERMINATE = new Signal("TERM");

    private final EventLoop loop;
    private final Task<?> task;
    private final SignalHandler handler = this::onSignal;

    // Guarded by this.
    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
    private State state = State.WAITING;
    private @Nullable Signal signal; // the one that came

    private Interrupts(EventLoop loop, Task<?> task) {
        this.loop = loop;
        this.task = task;
    }

    /** Lets Ctrl-C and SIGTERM cancel {@code task} until this is closed. */
    static Interrupts cancelling(EventLoop loop, Task<?> task) {
        var interrupts = new Interrupts(loop, task);
        if (Thread.currentThread().getName().equals(MAIN_THREAD)) {
            List.of(INTERRUPT, TERMINATE).forEach(interrupts::install);
        }
        return interrupts;
    }

    private synchronized void install(Signal which) {
        try {
            SignalHandler old = Signal.handle(which, handler);
            if (old == SignalHandler.SIG_DFL || isJvmDefault(old)) {
                before.put(which, old);
            } else {
                Signal.handle(which, old);
            }
        } catch (IllegalArgumentException e) {
            // This JVM runs with -Xrs, or the system has no such signal: it is not ours.
        }
    }

    /** The JVM reports its own handler as an object of the class that ends it. */
    private static boolean isJvmDefault(SignalHandler handler) {
        return handler.getClass().getName().startsWith("jdk.internal.misc.Signal")
                || handler.getClass().getName().startsWith("sun.misc.Signal")
                || handler.getClass().getName().startsWith("java.lang.Terminator");
    }

    private void onSignal(Signal which) {
        synchronized (this) {
            if (state != State.WAITING) {
                putBack();
                Signal.raise(which);
                return;
            }
            state = State.INTERRUPTED;
            signal = which;
            putBack();
        }
        try {
            loop.callSoonThreadsafe(() -> task.cancel());
        } catch (IllegalStateException closed) {
            // The loop has just ended by itself.
        }
    }

    /** Returns the error to throw instead of {@code cancelled}, or null if no signal came. */
    synchronized @Nullable Error error(CancelledError cancelled) {
        if (signal == null) {
            return null;
        }
        Error error = signal.equals(INTERRUPT) ? new KeyboardInterrupt() : new Terminated();
        error.initCause(cancelled);
        return error;
    }

    /**
     * Sees to it that a {@link KeyboardInterrupt} or {@link Terminated} which leaves the main
     * thread ends the JVM as a shell expects it: with its exit code, and without a stack trace.
     */
    static void exitIfUncaught() {
        Thread main = Thread.currentThread();
        Thread.UncaughtExceptionHandler next = main.getUncaughtExceptionHandler();
        if (main.getName().equals(MAIN_THREAD) && !(next instanceof Exit)) {
            main.setUncaughtExceptionHandler(new Exit(next));
        }
    }

    private record Exit(Thread.UncaughtExceptionHandler next)
            implements Thread.UncaughtExceptionHandler {

        @Override
        public void uncaughtException(Thread thread, Throwable e) {
            if (e instanceof KeyboardInterrupt) {
                Runtime.getRuntime().exit(SIGNALLED + INTERRUPT.getNumber());
            }
            if (e instanceof Terminated) {
                Runtime.getRuntime().exit(SIGNALLED + TERMINATE.getNumber());
            }
            next.uncaughtException(thread, e);
        }
    }

    @Override
    public synchronized void close() {
        putBack();
        state = State.CLOSED;
    }

    private void putBack() {
        before.forEach(
                (which, old) -> {
                    SignalHandler current = Signal.handle(which, old);
                    if (current != handler) {
                        Signal.handle(which, current); // somebody else has it meanwhile
                    }
                });
    }
}
