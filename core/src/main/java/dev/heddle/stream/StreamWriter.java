package dev.heddle.stream;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.internal.Sneaky;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.TlsOptions;
import dev.heddle.transport.Transport;
import dev.heddle.transport.Transports;
import dev.heddle.transport.WriteBufferLimits;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Writes a stream of bytes.
 *
 * <p>{@link #write(byte[])} suspends the task until the system has taken all, so that a task that
 * writes faster than the peer reads has to wait, and nothing piles up. If the task is cancelled, or
 * the {@linkplain StreamOptions#writeTimeout time} is over, the caller's buffer is his again, and
 * what was not sent yet is copied and still sent: the stream is not torn. One task at a time may
 * write so.
 *
 * <p>{@link #writeNowait} and {@link #drain} are asyncio's {@code write} and {@code drain}, for who
 * wants to gather many small pieces before he waits.
 *
 * <p>What is written once the connection is lost throws the error with which it was lost. A success
 * says that the system has the bytes, not that the peer has.
 *
 * <p>Source: {@code asyncio.StreamWriter}; {@code trio.abc.SendStream.send_all}.
 */
public final class StreamWriter {

    /** How much may wait to be sent before {@link #writeNowait} refuses more, in bytes: 16 MiB. */
    public static final int NOWAIT_LIMIT = 16 << 20;

    /**
     * What the system does not take of a smaller piece is copied, of a larger one not, in bytes.
     */
    private static final int MOST_COPIED = 64 * 1024;

    /** So many writes in a row without a wait let the other tasks run. */
    private static final int MOST_UNBROKEN = 64;

    /**
     * After so many turns a transport that has failed has said so: one for each layer, and more.
     */
    private static final int TURNS_TO_TELL = 4;

    private final EventLoop loop;
    private final StreamReaderProtocol protocol;
    private final @Nullable StallTimer timer;
    private Transport transport;
    private @Nullable Task<?> writingTask; // the one that waits
    private int unbroken;
    private int lastSize;

    StreamWriter(EventLoop loop, StreamReaderProtocol protocol, StreamOptions options) {
        this.loop = loop;
        this.protocol = protocol;
        this.transport = protocol.transport();
        Duration time = options.writeTimeout();
        this.timer = time == null ? null : new WriteTimer(time);
    }

    // ---------------------------------------------------------------- writing with a wait

    /**
     * Writes all of {@code data}, and suspends the calling task until the system has taken it.
     *
     * @throws java.net.SocketTimeoutException if the peer takes nothing within the time for writes
     * @throws IOException if the connection is lost or closing
     * @throws IllegalStateException after {@link #writeEof}, if another task is writing, or in a
     *     callback
     */
    public void write(byte[] data) throws IOException {
        write(data, 0, data.length);
    }

    /** Same as {@link #write(byte[])}, for a part of an array. */
    public void write(byte[] data, int offset, int length) throws IOException {
        write(ByteBuffer.wrap(data, offset, length));
    }

    /** Same as {@link #write(byte[])}, for what remains of {@code data}; nothing does after it. */
    public void write(ByteBuffer data) throws IOException {
        begin("write");
        if (data.remaining() > MOST_COPIED) {
            lend(data);
            return;
        }
        transport.write(data);
        finish("write");
    }

    /** Writes without a copy: the transport uses {@code data} until this returns or throws. */
    private void lend(ByteBuffer data) throws IOException {
        int end = data.limit();
        transport.lend(data);
        try {
            finish("write");
        } catch (Throwable e) {
            transport.reclaim();
            data.position(end); // it is taken, though not sent
            throw e;
        }
    }

    /** Writes {@code text} in UTF-8, see {@link #write(byte[])}. */
    public void write(String text) throws IOException {
        write(text, StandardCharsets.UTF_8);
    }

    /** Writes {@code text}, see {@link #write(byte[])}. */
    public void write(String text, Charset charset) throws IOException {
        write(text.getBytes(charset));
    }

    /** Writes several pieces, if possible in one system call; see {@link #write(ByteBuffer)}. */
    public void writelines(List<ByteBuffer> pieces) throws IOException {
        begin("writelines");
        transport.writelines(pieces);
        finish("writelines");
    }

    private void finish(String operation) throws IOException {
        if (transport.getWriteBufferSize() > 0 || transport.isClosing()) {
            awaitSent(operation);
        } else if (++unbroken >= MOST_UNBROKEN) {
            unbroken = 0;
            Asyncio.sleep(0); // for the others, if the peer takes all that a task writes in a loop
        }
    }

    void hasWaited() {
        unbroken = 0;
    }

    /** Waits until the write buffer is empty. */
    private void awaitSent(String operation) throws IOException {
        writingTask = loop.currentTask();
        unbroken = 0;
        WriteBufferLimits limits = transport.getWriteBufferLimits();
        try {
            while (!protocol.isLost() && transport.getWriteBufferSize() > 0) {
                transport.setWriteBufferLimits(WriteBufferLimits.ZERO); // wakes us when it is empty
                awaitRoom(operation);
            }
            awaitReason();
        } finally {
            writingTask = null;
            if (!protocol.isLost()) {
                transport.setWriteBufferLimits(limits);
            }
        }
        protocol.checkNotBroken();
        protocol.unsent(false);
    }

    /** Waits until the transport says that there is room. */
    private void awaitRoom(String operation) throws IOException {
        if (timer != null) {
            lastSize = transport.getWriteBufferSize();
            timer.start();
        }
        switch (protocol.room.await()) {
            case OPENED -> {}
            case CLOSED -> throw protocol.cannotWrite(operation);
            case TIMED_OUT -> {
                if (timer != null) {
                    throw timer.exception(operation, "the peer has taken nothing", this);
                }
            }
        }
    }

    // ---------------------------------------------------------------- writing without a wait

    /**
     * Writes what the system takes at once, and buffers a copy of the rest. Never waits; see {@link
     * #drain}. May be called in a callback.
     *
     * @throws IllegalStateException if more than {@link #NOWAIT_LIMIT} bytes wait to be sent
     * @throws IOException if the connection is lost or closing
     */
    public void writeNowait(ByteBuffer data) throws IOException {
        beginNowait("writeNowait");
        transport.write(data);
        noteUnsent();
    }

    /** Same as {@link #writeNowait(ByteBuffer)}. */
    public void writeNowait(byte[] data) throws IOException {
        writeNowait(ByteBuffer.wrap(data));
    }

    /** Same as {@link #writeNowait(ByteBuffer)}, for {@code text} in UTF-8. */
    public void writeNowait(String text) throws IOException {
        writeNowait(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Same as {@link #writeNowait(ByteBuffer)}, for several pieces. */
    public void writelinesNowait(List<ByteBuffer> pieces) throws IOException {
        beginNowait("writelinesNowait");
        transport.writelines(pieces);
        noteUnsent();
    }

    private void noteUnsent() {
        if (transport.getWriteBufferSize() > 0) {
            protocol.unsent(true);
        }
    }

    private void beginNowait(String operation) throws IOException {
        protocol.checkThread(operation);
        if (protocol.isLost() || transport.isClosing()) {
            throw protocol.cannotWrite(operation);
        }
        int size = transport.getWriteBufferSize();
        if (size > NOWAIT_LIMIT) {
            throw new IllegalStateException(
                    ("%s: %d bytes wait to be sent already on %s, more than the limit of %d. Call"
                                    + " drain in between, or write, which waits by itself.")
                            .formatted(operation, size, this, NOWAIT_LIMIT));
        }
    }

    /**
     * Waits while more is buffered than the transport's high-water mark, until it is down to the
     * low-water mark. Any number of tasks may.
     *
     * @throws java.net.SocketTimeoutException if the peer takes nothing within the time for writes
     * @throws IOException the reader's error, if it has one; or if the connection is lost
     */
    public void drain() throws IOException {
        beginTask("drain");
        Throwable broken = protocol.reader().exception();
        if (broken != null) {
            throw Sneaky.sneakyThrow(broken);
        }
        if (transport.isClosing()) {
            Asyncio.sleep(0); // connectionLost is coming, and a task that writes must see it
        }
        if (protocol.isLost()) {
            throw protocol.cannotWrite("drain");
        }
        while (protocol.isWritingPaused()) {
            awaitRoom("drain");
        }
        if (!protocol.isLost() && transport.getWriteBufferSize() == 0) {
            protocol.unsent(false);
        }
    }

    // ---------------------------------------------------------------- the end

    /**
     * Ends this side of the stream once everything written is sent; the peer reads to the end. The
     * other side goes on. Does not wait.
     *
     * @throws UnsupportedOperationException if {@link #canWriteEof} is false
     */
    public void writeEof() {
        protocol.checkThread("writeEof");
        if (!protocol.isLost()) {
            transport.writeEof();
        }
    }

    /** Tells whether {@link #writeEof} is possible: with TLS it is not. */
    public boolean canWriteEof() {
        return transport.canWriteEof();
    }

    /**
     * Begins to close: what was written is sent first, for as long as the {@linkplain
     * StreamOptions#closeTimeout close time-out} lasts. Does not wait. Idempotent.
     */
    public void close() {
        protocol.checkThread("close");
        protocol.close();
    }

    /** Closes at once, and drops what is not sent yet. Does not wait. Idempotent. */
    public void abort() {
        protocol.checkThread("abort");
        protocol.abort();
    }

    /** Tells whether the connection is closing or closed. */
    public boolean isClosing() {
        return protocol.isLost() || transport.isClosing();
    }

    /**
     * Suspends the calling task until the connection is closed. Once {@link #close} was called that
     * is no longer than the close time-out.
     *
     * @throws IOException the error with which the connection was lost, if any
     */
    public void waitClosed() throws IOException {
        beginTask("waitClosed");
        protocol.awaitEnd();
        protocol.checkNotBroken();
        protocol.checkAllSent();
    }

    /** Same as {@link Connection#detach}. */
    public void detach() {
        protocol.detach();
    }

    void connectionLost() {
        if (timer != null) {
            timer.cancel();
        }
    }

    // ---------------------------------------------------------------- TLS

    /**
     * Goes on with TLS, in place: waits until what was written is sent and both sides have shaken
     * hands. This side is the server if it has accepted the connection. What has been received and
     * not read belongs to TLS. If it fails or is cancelled, the connection is closed.
     *
     * @param serverHostname on the client's side the name that the server's certificate must have;
     *     null only if the options do not verify names
     * @throws IllegalStateException if another task reads or writes
     * @throws IOException if the peer does not do its part
     */
    public void startTls(TlsOptions options, @Nullable String serverHostname) throws IOException {
        begin("startTls");
        if (transport.getWriteBufferSize() > 0) {
            awaitSent("startTls");
        }
        ByteBuffer received = protocol.reader().takeBuffered();
        writingTask = loop.currentTask();
        try {
            transport =
                    Transports.startTls(
                            transport,
                            protocol,
                            options,
                            protocol.isServerSide(),
                            serverHostname,
                            received);
        } catch (Throwable e) {
            protocol.abort();
            protocol.connectionLost(e instanceof IOException ? e : null);
            throw e;
        } finally {
            writingTask = null;
        }
        protocol.replaceTransport(transport);
    }

    // ---------------------------------------------------------------- what it is

    /** Returns the transport. Writing by it goes past this writer. */
    public Transport transport() {
        return transport;
    }

    /** Returns what {@code key} stands for, or null if the connection has no such thing. */
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        return transport.getExtraInfo(key);
    }

    /**
     * Returns this as a stream of the JDK. Its methods suspend the task; in a job of {@link
     * Asyncio#toThread}, whose task sent it, they block the job's thread. It has no buffer. Its
     * {@code close} ends this side of the stream, if that is possible, and leaves the connection.
     */
    public OutputStream asOutputStream() {
        return new WriterOutputStream(this);
    }

    // ---------------------------------------------------------------- checks

    /** Checks whether the caller may write, and wait for it. */
    private void begin(String operation) throws IOException {
        beginTask(operation);
        if (writingTask != null) {
            throw Misuse.concurrent(operation, this, writingTask, "writes");
        }
        if (protocol.isLost() || transport.isClosing()) {
            awaitReason();
            throw protocol.cannotWrite(operation);
        }
    }

    /** Gives a transport that has just failed the time to tell why. */
    private void awaitReason() {
        for (int i = 0; i < TURNS_TO_TELL && transport.isClosing(); i++) {
            if (protocol.isLost() || protocol.isClosing()) {
                return;
            }
            Asyncio.sleep(0);
        }
    }

    private void beginTask(String operation) {
        protocol.checkThread(operation);
        if (loop.currentTask() == null) {
            throw Misuse.notInTask(this, operation);
        }
    }

    private final class WriteTimer extends StallTimer {

        WriteTimer(Duration time) {
            super(loop, time, 4);
        }

        @Override
        boolean waiting() {
            return !protocol.room.isIdle();
        }

        @Override
        boolean progressed() {
            int size = transport.getWriteBufferSize();
            boolean less = size < lastSize;
            lastSize = size;
            return less;
        }

        @Override
        void expired() {
            protocol.room.open(Gate.Outcome.TIMED_OUT);
        }
    }

    @Override
    public String toString() {
        return "StreamWriter(%s, %s)"
                .formatted(
                        protocol.describe(),
                        protocol.isLost() ? "closed" : isClosing() ? "closing" : "open");
    }
}
