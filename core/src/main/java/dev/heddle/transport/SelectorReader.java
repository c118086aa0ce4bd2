package dev.heddle.transport;

import dev.heddle.KeyboardInterrupt;
import dev.heddle.OwnedChannel;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * The reading side of a {@link SelectorTransport}.
 *
 * <pre>
 * reading ⇄ paused, and from both ─► ended
 * </pre>
 *
 * <p>A read that has not filled its buffer is not tried again in the same event: it would only say
 * that there is no more. What is read for a {@link Protocol} is handed on in the loop's only
 * buffer.
 */
final class SelectorReader {

    private final SelectorTransport transport;
    private final OwnedChannel owned;
    private final ReadableByteChannel source;
    private final LoopBuffers buffers;
    private boolean paused;
    private boolean ended;

    SelectorReader(
            SelectorTransport transport,
            OwnedChannel owned,
            ReadableByteChannel source,
            LoopBuffers buffers) {
        this.transport = transport;
        this.owned = owned;
        this.source = source;
        this.buffers = buffers;
    }

    /** The connection is there: begins, unless it is paused. */
    void begin() {
        owned.reads(!paused);
    }

    boolean isReading() {
        return !paused && !ended;
    }

    boolean isEnded() {
        return ended;
    }

    void pause() {
        paused = true;
        owned.reads(false);
    }

    /** Goes on, or does so when it begins. */
    void resume(boolean begun) {
        paused = false;
        owned.reads(begun && !ended);
    }

    void readable() {
        // A fast sender leaves others their turn; small buffers may be filled several times.
        for (int n, all = 0; all < LoopBuffers.READ_SIZE && owned.reads(); all += n) {
            StreamingProtocol to = transport.getProtocol();
            n =
                    to instanceof BufferedProtocol buffered
                            ? receiveInto(buffered)
                            : receive((Protocol) to);
            if (n == 0) {
                return;
            }
        }
    }

    /** Returns how many bytes have filled the buffer, or 0 if there is no more to read. */
    private int receive(Protocol to) {
        ByteBuffer input = buffers.input();
        int n = read(input);
        if (n <= 0) {
            return 0;
        }
        boolean filled = !input.hasRemaining();
        try {
            to.dataReceived(input.flip());
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            transport.failed("dataReceived", e);
            return 0;
        }
        return filled ? n : 0;
    }

    private int receiveInto(BufferedProtocol to) {
        boolean filled;
        int n;
        try {
            ByteBuffer target = to.getBuffer(-1);
            if (!target.hasRemaining()) {
                throw new IllegalStateException(
                        "BufferedProtocol.getBuffer returned a buffer without room: " + target);
            }
            if (!owned.reads()) {
                return 0; // it has closed or paused in there
            }
            n = target.isDirect() ? read(target) : readByWayOfInput(target);
            filled = !target.hasRemaining();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            transport.failed("getBuffer", e);
            return 0;
        }
        if (n <= 0) {
            return 0;
        }
        try {
            to.bufferUpdated(n);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            transport.failed("bufferUpdated", e);
            return 0;
        }
        return filled ? n : 0;
    }

    /** Does with our own memory what the JDK would do with its. */
    private int readByWayOfInput(ByteBuffer target) {
        ByteBuffer input = buffers.input();
        if (target.remaining() < input.limit()) {
            input.limit(target.remaining());
        }
        int n = read(input);
        if (n > 0) {
            target.put(input.flip());
        }
        return n;
    }

    /**
     * Returns how many bytes have come; none if that was the end, or an error, which is handled.
     */
    private int read(ByteBuffer target) {
        int n;
        try {
            n = source.read(target);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            transport.broken("read", e);
            return 0;
        }
        if (n < 0) {
            end();
        }
        return n;
    }

    private void end() {
        ended = true;
        owned.reads(false);
        boolean keep;
        try {
            keep = transport.getProtocol().eofReceived() && transport.canWriteEof();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            transport.failed("eofReceived", e);
            return;
        }
        if (!keep) {
            transport.close();
        }
    }
}
