package dev.heddle.process;

import dev.heddle.Future;
import dev.heddle.transport.BaseTransport;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

/**
 * A child, and the pipes to it.
 *
 * <p>{@link #close} and {@link #abort} are the same: they close the pipes, and kill the child if it
 * still runs. The children of the child live on. Closing the loop kills the children that are left.
 *
 * <p>Source: {@code asyncio.SubprocessTransport}.
 */
public interface SubprocessTransport extends BaseTransport {

    /** The child, as the JDK knows it. */
    ExtraInfo<ProcessHandle> SUBPROCESS = ExtraInfo.of("subprocess", ProcessHandle.class);

    /** Returns the child's process id. */
    long getPid();

    /** Returns the transport of pipe 0, 1 or 2; null if that stream is not a pipe. */
    @Nullable Transport getPipeTransport(int fd);

    /**
     * Returns how the child has ended: its exit status, or {@code -N} if signal N killed it; null
     * while it runs.
     *
     * <p>The JDK reports a death by signal N as status 128 + N, as shells do. So a child that
     * itself exits with a status from 129 to 192 cannot be told from one that was killed, and is
     * reported as killed: a shell whose last command was killed, for one.
     */
    @Nullable Integer getReturncode();

    /** Kills the child, by SIGKILL. Nothing happens if it has ended. */
    void kill();

    /** Asks the child to end, by SIGTERM. Nothing happens if it has ended. */
    void terminate();

    /**
     * Sends the child a signal. Nothing happens if it has ended.
     *
     * <p>Java can send SIGTERM and SIGKILL itself, at once. For another one a shell is started off
     * the loop, which takes a few milliseconds; one that is sent meanwhile may overtake it.
     *
     * @param name such as {@code "HUP"} or {@code "SIGHUP"}
     * @return is done when the signal is sent
     * @throws IllegalArgumentException if there is no such signal
     */
    Future<@Nullable Void> sendSignal(String name);
}
