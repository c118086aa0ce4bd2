package dev.heddle.transport;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A transport that sends bytes.
 *
 * <p>No method waits. What the system does not take at once is kept in the write buffer and sent
 * when it can be; the protocol is told to pause when that grows above the high-water mark.
 *
 * <p>Once the connection is lost or closing by {@link #abort}, what is written is dropped without
 * an error, and from the fifth time on with a warning: the protocol has been told, or will be.
 *
 * <p>Source: {@code asyncio.WriteTransport}.
 */
public interface WriteTransport extends BaseTransport {

    /**
     * Sends the remaining bytes of {@code data}, which is empty after that, and the caller's again:
     * what cannot be sent at once is copied.
     *
     * @throws IllegalStateException after {@link #writeEof}, or while a file is being sent
     */
    void write(ByteBuffer data);

    /** Sends all of {@code data}; see {@link #write(ByteBuffer)}. */
    default void write(byte[] data) {
        write(ByteBuffer.wrap(data));
    }

    /** Sends several pieces, if possible in one system call; see {@link #write(ByteBuffer)}. */
    void writelines(List<ByteBuffer> pieces);

    /**
     * Same as {@link #write(ByteBuffer)} without a copy: the transport may go on using {@code data}
     * until the write buffer is empty, or {@link #reclaim} is called. Until then nobody may change
     * it or use its position.
     */
    void lend(ByteBuffer data);

    /** Copies what it still has of lent buffers, so that their owner may use them again. */
    void reclaim();

    /** Ends the sending side once everything written is sent; the peer sees the end. Idempotent. */
    void writeEof();

    /** Tells whether {@link #writeEof} is possible: TLS cannot. */
    boolean canWriteEof();

    /** Returns how many bytes were written and are not yet sent. */
    int getWriteBufferSize();

    /** Returns the marks at which the protocol is told to pause and to resume. */
    WriteBufferLimits getWriteBufferLimits();

    /** Sets the marks, and pauses or resumes the protocol at once if they call for it. */
    void setWriteBufferLimits(WriteBufferLimits limits);
}
