package dev.heddle.internal;

import org.jspecify.annotations.Nullable;

import java.nio.channels.Channel;
import java.util.concurrent.Executor;

/**
 * Everything that Heddle uses of the JDK beyond its public API, and nothing else.
 *
 * <p>One implementation stands behind it for each way a JDK offers these things; the rest of the
 * code base sees only this interface, so that a JDK which brings a public scheduler API needs one
 * new class and no other change.
 */
public interface Jdk {

    /**
     * Returns the access for the running JVM.
     *
     * @throws IllegalStateException if the JVM was started without the flags that Heddle needs; the
     *     message holds the exact lines to add for java, Maven, Gradle and a manifest
     */
    static Jdk get() {
        return Jdk25.get();
    }

    /**
     * Makes a virtual thread, not started, whose continuation is handed to {@code scheduler} each
     * time it may run. The scheduler must run it on a platform thread, and must not block or throw.
     *
     * @param name the thread's name, or null for none
     */
    Thread newVirtualThread(Executor scheduler, @Nullable String name, Runnable body);

    /** Returns the JDK's own scheduler of virtual threads, which one made off a loop gets. */
    Executor defaultScheduler();

    /** Returns the platform thread that carries the caller: itself, if the caller is none. */
    Thread currentCarrier();

    /** Returns the value that {@code local} has on the thread that carries the caller. */
    <T> @Nullable T onCarrier(ThreadLocal<T> local);

    /**
     * Makes the virtual threads on which the JDK itself waits for sockets, if they are not there
     * yet, as children of the calling thread.
     *
     * <p>Virtual threads inherit their parent's scheduler. If these threads were made by the first
     * task that blocks on a JDK socket, they would be scheduled by that task's loop, and when it
     * closes, blocking socket I/O would hang in the whole JVM.
     */
    void startSocketPollers();

    /** Makes a one-shot delimited continuation: a body that can leave its caller and come back. */
    Object newContinuation(Runnable body);

    /** Runs a continuation on the calling thread until it is suspended or done. */
    void runContinuation(Object continuation);

    /**
     * Returns the innermost continuation made by {@link #newContinuation} that the caller runs in;
     * null if none.
     */
    @Nullable Object currentContinuation();

    /**
     * Suspends the innermost continuation made by {@link #newContinuation} that the caller runs in.
     *
     * @return whether it was; false if it is pinned by a native frame or a class initializer
     * @throws IllegalStateException if there is none
     */
    boolean suspendContinuation();

    /** Returns the number of the file descriptor behind a channel that a selector can watch. */
    int descriptor(Channel channel);
}
