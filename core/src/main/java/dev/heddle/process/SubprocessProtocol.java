package dev.heddle.process;

import dev.heddle.transport.BaseProtocol;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * What happens to a child.
 *
 * <pre>
 * connectionMade → (pipeDataReceived | pipeConnectionLost | processExited)* → connectionLost
 * </pre>
 *
 * <p>The methods are called on the loop's thread and may not wait. What {@code pipeDataReceived}
 * throws goes to the exception handler and ends that pipe; what the others throw goes there too,
 * and changes nothing, except that {@code connectionMade} fails the start. {@code processExited}
 * may come before the last data. {@code connectionLost} comes once the child has ended and all
 * pipes are closed. {@code pauseWriting} and {@code resumeWriting} are about standard input.
 *
 * <p>Source: {@code asyncio.SubprocessProtocol}.
 */
public interface SubprocessProtocol extends BaseProtocol {

    /** The child runs. Nothing else is called before this. */
    default void connectionMade(SubprocessTransport transport) throws Exception {}

    /**
     * The child has written.
     *
     * @param fd 1 for standard output, 2 for standard error
     * @param data valid only during this call
     */
    default void pipeDataReceived(int fd, ByteBuffer data) throws Exception {}

    /**
     * A pipe is closed.
     *
     * @param fd 0, 1 or 2
     * @param error why, or null for the end of the stream or a close by this side
     */
    default void pipeConnectionLost(int fd, @Nullable Throwable error) throws Exception {}

    /** The child has ended; {@link SubprocessTransport#getReturncode} tells how. */
    default void processExited() throws Exception {}
}
