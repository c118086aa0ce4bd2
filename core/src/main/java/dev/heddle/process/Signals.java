package dev.heddle.process;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The signals that this program gets.
 *
 * {@snippet :
 * try (var signals = Signals.receive("HUP", "TERM")) {
 *     for (String signal : signals) {
 *         if (signal.equals("TERM")) {
 *             break;
 *         }
 *         readConfiguration();
 *     }
 * }
 * }
 *
 * <p>Names are those of the system, with or without SIG. Several loops may want the same signal,
 * and each gets it. While one of them does, nothing else in the JVM that handles this signal gets
 * it: not the JVM, which would end, and not Ctrl-C of {@link dev.heddle.Runner}. It is put back
 * when nobody wants the signal any more, at the latest when the loop is closed.
 *
 * <p>Source: {@code loop.add_signal_handler}, {@code trio.open_signal_receiver}.
 */
@SuppressWarnings("sunapi")
public final class Signals {

    private Signals() {}

    /**
     * Runs {@code callback} on the running loop, as any callback, each time the signal comes.
     * Replaces the one that this loop had for it.
     *
     * @throws IllegalArgumentException if there is no such signal, or it cannot be handled; the
     *     message has the possible ones
     */
    public static void addSignalHandler(String name, Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        LoopSignals.of(Asyncio.getRunningLoop()).add(normal(name), callback);
    }

    /** Ends what {@link #addSignalHandler} began; returns whether there was anything to end. */
    public static boolean removeSignalHandler(String name) {
        return LoopSignals.of(Asyncio.getRunningLoop()).remove(normal(name));
    }

    /**
     * Begins to receive signals, for a task to walk over them. Close it in the end.
     *
     * @param names one at least
     * @throws IllegalArgumentException as {@link #addSignalHandler}
     */
    public static SignalReceiver receive(String... names) {
        EventLoop loop = Asyncio.getRunningLoop();
        List<String> distinct = Stream.of(names).map(Signals::normal).distinct().toList();
        if (distinct.isEmpty()) {
            throw new IllegalArgumentException("receive: name one signal at least");
        }
        return new SignalReceiver(loop, distinct);
    }

    /**
     * Sends this program a signal. It does what it does when it comes from elsewhere; if nobody
     * handles it, most of them end the JVM.
     *
     * <p>Source: {@code signal.raise_signal}.
     *
     * @throws IllegalArgumentException if there is no such signal, or a Java program cannot get it
     */
    public static void raise(String name) {
        sun.misc.Signal.raise(SignalHub.signal(name));
    }

    private static String normal(String name) {
        return SignalHub.signal(Objects.requireNonNull(name, "name")).getName();
    }
}
