package dev.heddle;

import org.jspecify.annotations.Nullable;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What Ctrl-C does while a {@link Runner} runs on the JVM's main thread.
 *
 * <p>The first one cancels the main task and puts the JVM's own handler back, so that the second
 * one ends the JVM. Nothing is done if somebody else handles the signal already.
 */
@SuppressWarnings("sunapi")
final class Interrupts implements AutoCloseable {

    /** How the JVM names its first thread. The thread's id differs from JDK to JDK. */
    private static final String MAIN_THREAD = "main";

    private static final int EXIT_CODE = 130; // 128 + SIGINT, as a shell reports it
    private static final Signal INTERRUPT = new Signal("INT");

    private final EventLoop loop;
    private final Task<?> task;
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private @Nullable SignalHandler before; // set while ours is installed

    private Interrupts(EventLoop loop, Task<?> task) {
        this.loop = loop;
        this.task = task;
    }

    /** Lets Ctrl-C cancel {@code task} until this is closed. */
    static Interrupts cancelling(EventLoop loop, Task<?> task) {
        var interrupts = new Interrupts(loop, task);
        if (Thread.currentThread().getName().equals(MAIN_THREAD)) {
            interrupts.install();
        }
        return interrupts;
    }

    private synchronized void install() {
        try {
            SignalHandler old = Signal.handle(INTERRUPT, signal -> onSignal());
            if (old == SignalHandler.SIG_DFL || isJvmDefault(old)) {
                before = old;
            } else {
                Signal.handle(INTERRUPT, old);
            }
        } catch (IllegalArgumentException e) {
            // This JVM runs with -Xrs, or the system has no such signal: Ctrl-C is not ours.
        }
    }

    /** The JVM reports its own handler as an object of the class that ends it. */
    private static boolean isJvmDefault(SignalHandler handler) {
        return handler.getClass().getName().startsWith("jdk.internal.misc.Signal")
                || handler.getClass().getName().startsWith("sun.misc.Signal")
                || handler.getClass().getName().startsWith("java.lang.Terminator");
    }

    private void onSignal() {
        putBack();
        interrupted.set(true);
        try {
            loop.callSoonThreadsafe(() -> task.cancel());
        } catch (IllegalStateException closed) {
            // The loop has just ended by itself.
        }
    }

    boolean wasInterrupted() {
        return interrupted.get();
    }

    /**
     * Sees to it that a {@link KeyboardInterrupt} which leaves the main thread ends the JVM as a
     * shell expects it of Ctrl-C: with its exit code, and without a stack trace.
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
                Runtime.getRuntime().exit(EXIT_CODE);
            }
            next.uncaughtException(thread, e);
        }
    }

    @Override
    public void close() {
        putBack();
    }

    private synchronized void putBack() {
        if (before != null) {
            Signal.handle(INTERRUPT, before);
            before = null;
        }
    }
}
