package dev.heddle.stream;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.Suspension;
import dev.heddle.Task;
import dev.heddle.internal.Sneaky;
import dev.heddle.transport.ReadTransport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Reads a stream of bytes: at any length, up to a separator, or by lines.
 *
 * <p>States: open → at its end or broken. What came before the end can still be read; what came
 * before an error is kept, and the error is thrown first, as the object it is.
 *
 * <p>What has come and is not read yet waits in a buffer. When it has more than twice the limit,
 * the connection is not read from any more until it is down to the limit, so that a peer who sends
 * faster than we read has to wait.
 *
 * <p>A read that has to wait suspends the task. If the task is cancelled, or the {@linkplain
 * StreamOptions#readTimeout time} is over, nothing is lost: what has come is there for the next
 * read. One task at a time may read.
 *
 * <p>Source: {@code asyncio.StreamReader}.
 */
public final class StreamReader implements Iterable<byte[]> {

    /** How much {@link #read()} reads at most, in bytes: 64 MiB. */
    public static final int READ_ALL_LIMIT = 64 << 20;

    private static final byte[] NOTHING = {};
    private static final byte[] NEWLINE = {'\n'};

    private final EventLoop loop;
    private final int limit;
    private final ReadBuffer buffer;
    private final @Nullable StallTimer timer;
    private final @Nullable StreamReaderProtocol protocol; // null if it is fed by hand

    private @Nullable ReadTransport transport;
    private @Nullable DirectRead direct; // made when it is first of use
    private boolean paused;
    private boolean eof;
    private @Nullable Throwable exception;
    private @Nullable Wait wait;
    private @Nullable Task<?> readingTask; // the one that waits, until it runs again

    // Where the bytes for the waiting task go at once; null for the buffer.
    private byte @Nullable [] target;
    private int targetPosition;
    private int targetEnd;
    private int targetNeeded; // up to this position at least

    /** Makes one of the running loop, with a limit of 64 KiB and without a time limit. */
    public StreamReader() {
        this(StreamOptions.DEFAULT.limit());
    }

    /** Makes one of the running loop, without a time limit; it is fed by hand. */
    public StreamReader(int limit) {
        this(
                Asyncio.getRunningLoop(),
                StreamOptions.DEFAULT.withoutTimeouts().withLimit(limit),
                null);
    }

    StreamReader(EventLoop loop, StreamOptions options, @Nullable StreamReaderProtocol protocol) {
        this.loop = loop;
        this.limit = options.limit();
        this.buffer = new ReadBuffer(Pages.of(loop));
        this.protocol = protocol;
        this.timer = options.readTimeout() == null ? null : new ReadTimer(options.readTimeout());
    }

    // ---------------------------------------------------------------- reading bytes

    /**
     * Reads at least one byte and at most what {@code data} can take; waits until there is one.
     *
     * @return how many bytes were read; -1 at the end of the stream; 0 if {@code data} is empty
     * @throws java.net.SocketTimeoutException if no byte comes within the time for reads
     * @throws IOException if the connection is broken
     */
    public int read(byte[] data) throws IOException {
        return read(data, 0, data.length);
    }

    /** Same as {@link #read(byte[])}, for a part of an array. */
    public int read(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        begin("read");
        if (length == 0) {
            return 0;
        }
        if (buffer.isEmpty()) {
            return eof ? -1 : awaitInto("read", data, offset, length, 1);
        }
        int n = Math.min(length, buffer.size());
        buffer.take(data, offset, n);
        resumeIfLow();
        return n;
    }

    /**
     * Same as {@link #read(byte[])}, for what {@code data} has room for behind its position. If the
     * task has to wait, the bytes come into a direct buffer without a copy; nobody else may use it
     * meanwhile.
     */
    public int readInto(ByteBuffer data) throws IOException {
        if (data.hasArray()) {
            int n = read(data.array(), data.arrayOffset() + data.position(), data.remaining());
            data.position(data.position() + Math.max(0, n));
            return n;
        }
        begin("readInto");
        if (data.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (!data.hasRemaining()) {
            return 0;
        }
        if (buffer.isEmpty() && !eof && canReadDirectly(data)) {
            return awaitDirectly(data);
        }
        if (!awaitSome("readInto")) {
            return -1;
        }
        int n = Math.min(data.remaining(), buffer.size());
        buffer.take(data, n);
        resumeIfLow();
        return n;
    }

    /**
     * Reads at least one byte and at most {@code n}; waits until there is one.
     *
     * @param n 0 returns at once; a negative one reads all, as {@link #read()}
     * @return an empty array at the end of the stream
     */
    public byte[] read(int n) throws IOException {
        if (n < 0) {
            return read();
        }
        begin("read");
        if (n == 0 || !awaitSome("read")) {
            return NOTHING;
        }
        byte[] data = buffer.take(Math.min(n, buffer.size()));
        resumeIfLow();
        return data;
    }

    /**
     * Reads all up to the end of the stream, and waits for it.
     *
     * @throws LimitOverrunException if it is longer than {@link #READ_ALL_LIMIT}; see {@link
     *     #readAll}
     */
    public byte[] read() throws IOException {
        return readAll(READ_ALL_LIMIT);
    }

    /**
     * Reads all up to the end of the stream, and waits for it.
     *
     * @param most how many bytes it may be
     * @throws LimitOverrunException if there are more; all that has come is kept to be read
     */
    public byte[] readAll(int most) throws IOException {
        if (most < 0) {
            throw new IllegalArgumentException("most must not be negative, and is " + most);
        }
        begin("read");
        while (true) {
            if (buffer.size() > most) {
                throw new LimitOverrunException(
                        ("The stream is longer than the limit of %d bytes. Read it in pieces, or"
                                        + " give readAll a higher limit.")
                                .formatted(most),
                        most);
            }
            if (eof) {
                return takeAll();
            }
            awaitMore("read");
        }
    }

    /**
     * Reads exactly {@code n} bytes; waits until they are there. No limit applies, and memory is
     * taken only for what does come.
     *
     * @throws IncompleteReadException if the stream ends before; it has what has come
     * @throws IllegalArgumentException if {@code n} is negative
     */
    public byte[] readExactly(int n) throws IOException {
        if (n < 0) {
            throw new IllegalArgumentException("readExactly: n must not be negative, and is " + n);
        }
        begin("readExactly");
        if (n <= limit && buffer.size() < n) {
            var data = new byte[n];
            fill(data, 0, n);
            return data;
        }
        while (buffer.size() < n) {
            if (eof) {
                throw new IncompleteReadException(takeAll(), n);
            }
            awaitMore("readExactly");
        }
        byte[] data = n == 0 ? NOTHING : buffer.take(n);
        resumeIfLow();
        return data;
    }

    /** Same as {@link #readExactly(int)}, into all of {@code data}. */
    public void readExactly(byte[] data) throws IOException {
        readExactly(data, 0, data.length);
    }

    /** Same as {@link #readExactly(int)}, into a part of an array. */
    public void readExactly(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        begin("readExactly");
        fill(data, offset, length);
    }

    private void fill(byte[] data, int offset, int length) throws IOException {
        int had = 0;
        while (had < length && !buffer.isEmpty()) { // taking may let more come at once
            int n = Math.min(length - had, buffer.size());
            buffer.take(data, offset + had, n);
            had += n;
            resumeIfLow();
        }
        if (had == length) {
            return;
        }
        int came = 0;
        Throwable failed = null;
        try {
            if (!eof) {
                came = awaitInto("readExactly", data, offset + had, length - had, length - had);
            }
        } catch (Throwable e) {
            failed = e; // what had come meanwhile is back in the buffer
        }
        if (failed != null) {
            buffer.putBack(data, offset, had);
            throw Sneaky.sneakyThrow(failed);
        }
        int all = had + Math.max(0, came);
        if (all < length) {
            throw new IncompleteReadException(
                    java.util.Arrays.copyOfRange(data, offset, offset + all), length);
        }
    }

    // ---------------------------------------------------------------- reading up to a separator

    /**
     * Reads up to and with the first separator; waits until it is there. Of several separators that
     * counts whose end comes first.
     *
     * @param separators one at least, none of them empty
     * @throws IncompleteReadException if the stream ends before; it has what has come
     * @throws LimitOverrunException if what stands before the separator is longer than the limit;
     *     then all is kept to be read
     */
    public byte[] readUntil(byte[]... separators) throws IOException {
        Separators sought = Separators.of(separators);
        begin("readUntil");
        int length = awaitSeparator(sought, "readUntil");
        if (length < 0) {
            throw new IncompleteReadException(takeAll(), null);
        }
        byte[] data = buffer.take(length);
        resumeIfLow();
        return data;
    }

    /**
     * Reads a line up to and with the newline; waits until it is there.
     *
     * @return what there is, without a newline, at the end of the stream; if there is nothing, an
     *     empty array
     * @throws LimitOverrunException if the line is longer than the limit; what has come of it is
     *     dropped, and no other line if the newline has come too
     */
    public byte[] readLine() throws IOException {
        int length = awaitLine();
        byte[] line = length == 0 ? NOTHING : buffer.take(length);
        resumeIfLow();
        return line;
    }

    /**
     * Reads a line as text, without its line feed, or carriage return and line feed.
     *
     * @param charset one in which no other character has the byte of the line feed, as in UTF-8 and
     *     unlike UTF-16; what is malformed is replaced
     * @return null at the end of the stream
     * @throws LimitOverrunException as {@link #readLine()}
     */
    public @Nullable String readLine(Charset charset) throws IOException {
        int length = awaitLine();
        if (length == 0) {
            return null;
        }
        int text = length;
        if (buffer.get(text - 1) == '\n') {
            text--;
            if (text > 0 && buffer.get(text - 1) == '\r') {
                text--;
            }
        }
        String line = buffer.peekText(text, charset);
        buffer.skip(length);
        resumeIfLow();
        return line;
    }

    /** Returns how long the next line in the buffer is; 0 only at the end of the stream. */
    private int awaitLine() throws IOException {
        begin("readLine");
        try {
            int length = awaitSeparator(Separators.NEWLINE, "readLine");
            return length < 0 ? buffer.size() : length;
        } catch (LimitOverrunException e) {
            if (buffer.startsWith(NEWLINE, e.consumed())) {
                buffer.skip(e.consumed() + 1);
            } else {
                buffer.clear();
            }
            resumeIfLow();
            throw e;
        }
    }

    /** Returns the length up to the end of the first separator; -1 at the end of the stream. */
    private int awaitSeparator(Separators sought, String operation) throws IOException {
        int from = 0;
        while (true) {
            int end = sought.endOfFirst(buffer, from);
            if (end >= 0) {
                int before = end - sought.lengthFound();
                if (before > limit) {
                    throw overrun("Separator is found, but what stands before it", before);
                }
                return end;
            }
            from = Math.max(from, buffer.size() + 1 - sought.longest());
            if (from > limit) {
                throw overrun("Separator is not found, and what has come", from);
            }
            if (eof) {
                return -1;
            }
            awaitMore(operation);
        }
    }

    private LimitOverrunException overrun(String what, int consumed) {
        return new LimitOverrunException(
                "%s, %d bytes, is longer than the limit of %d. See StreamOptions.limit."
                        .formatted(what, consumed, limit),
                consumed);
    }

    // ---------------------------------------------------------------- lines

    /**
     * Returns the lines as {@link #readLine()} does, up to the end of the stream, for a for
     * statement; its {@code hasNext} suspends the task. An error is thrown as the object it is.
     */
    @Override
    public Iterator<byte[]> iterator() {
        return new Iterator<>() {

            private byte @Nullable [] next;

            @Override
            public boolean hasNext() {
                if (next == null) {
                    try {
                        byte[] line = readLine();
                        next = line.length == 0 ? null : line;
                    } catch (IOException e) {
                        throw Sneaky.sneakyThrow(e);
                    }
                }
                return next != null;
            }

            @Override
            public byte[] next() {
                byte[] line = hasNext() ? next : null;
                if (line == null) {
                    throw new NoSuchElementException("The stream has no further line");
                }
                next = null;
                return line;
            }
        };
    }

    /** Returns the lines as text in UTF-8, see {@link #readLine(Charset)}. */
    public Lines lines() {
        return lines(StandardCharsets.UTF_8);
    }

    /** Returns the lines as text, see {@link #readLine(Charset)}. */
    public Lines lines(Charset charset) {
        return new Lines(this, charset);
    }

    /**
     * Returns this as a stream of the JDK. Its methods suspend the task; in a job of {@link
     * Asyncio#toThread}, whose task sent it, they block the job's thread. It has no mark, and its
     * {@code close} closes nothing.
     */
    public InputStream asInputStream() {
        return new ReaderInputStream(this);
    }

    // ---------------------------------------------------------------- the state

    /** Tells whether the stream is at its end: no byte will come, and all are read. */
    public boolean atEof() {
        return eof && buffer.isEmpty();
    }

    /** Tells whether the end has come, though something may be left to be read. */
    boolean isEofFed() {
        return eof;
    }

    /** Returns the error that reads throw, or null. */
    public @Nullable Throwable exception() {
        return exception;
    }

    /** Returns how many bytes have come that are not read yet. */
    public int buffered() {
        return buffer.size();
    }

    // ---------------------------------------------------------------- feeding

    /** Appends bytes, as if they had come. Does not wait. */
    public void feedData(byte[] data) {
        feedData(ByteBuffer.wrap(data));
    }

    /**
     * Appends the remaining bytes of {@code data}, as if they had come. Does not wait.
     *
     * @throws IllegalStateException after {@link #feedEof}
     */
    public void feedData(ByteBuffer data) {
        if (eof) {
            throw new IllegalStateException("feedData was called after feedEof: " + this);
        }
        if (!data.hasRemaining()) {
            return;
        }
        if (target != null && !fillTarget(target, data)) {
            return;
        }
        if (data.hasRemaining()) {
            buffer.append(data);
            if (!paused && transport != null && buffer.size() > 2 * limit) {
                paused = true;
                transport.pauseReading();
            }
        }
        wake();
    }

    /** Returns whether the task has what it waits for. */
    private boolean fillTarget(byte[] array, ByteBuffer data) {
        int n = Math.min(targetEnd - targetPosition, data.remaining());
        data.get(array, targetPosition, n);
        targetPosition += n;
        if (targetPosition >= targetNeeded) {
            target = null;
            return true;
        }
        if (timer != null) {
            timer.restart();
        }
        return false;
    }

    /** Ends the stream. */
    public void feedEof() {
        eof = true;
        target = null;
        wake();
    }

    /** Breaks the stream: the task that waits, and all later reads, throw {@code error}. */
    public void setException(Throwable error) {
        exception = Objects.requireNonNull(error, "error");
        target = null;
        wake();
    }

    /** Sets what is paused when too much is buffered. */
    void setTransport(ReadTransport newTransport) {
        transport = newTransport;
        paused = false;
    }

    /** Takes all that is buffered; for TLS, which goes on with it. */
    ByteBuffer takeBuffered() {
        if (readingTask != null) {
            throw new IllegalStateException(
                    "startTls was called while %s reads from %s".formatted(readingTask, this));
        }
        return ByteBuffer.wrap(takeAll());
    }

    // ---------------------------------------------------------------- waiting

    /** One wait for bytes. */
    private final class Wait extends Suspension {

        private boolean timedOut;

        @Override
        protected boolean callOff() {
            wait = null;
            return true;
        }

        @Override
        public String toString() {
            return "bytes from " + StreamReader.this;
        }
    }

    private final class ReadTimer extends StallTimer {

        ReadTimer(java.time.Duration time) {
            super(loop, time, 1);
        }

        @Override
        boolean waiting() {
            return wait != null;
        }

        @Override
        boolean progressed() {
            return false; // restart() has been called if there was any
        }

        @Override
        void expired() {
            Wait w = wait;
            if (w != null) {
                w.timedOut = true;
                target = null;
                wake();
            }
        }
    }

    private void wake() {
        Wait w = wait;
        if (w != null) {
            wait = null;
            w.wake();
        }
    }

    /** Checks whether the caller may read. */
    private void begin(String operation) throws IOException {
        if (!loop.isRunningHere()) {
            throw Misuse.wrongThread(this, loop, operation);
        }
        if (loop.currentTask() == null) {
            throw Misuse.notInTask(this, operation);
        }
        if (readingTask != null) {
            throw Misuse.concurrent(operation, this, readingTask, "reads");
        }
        throwIfBroken();
    }

    /** Waits until something is buffered; returns false at the end of the stream. */
    private boolean awaitSome(String operation) throws IOException {
        while (buffer.isEmpty()) {
            if (eof) {
                return false;
            }
            awaitMore(operation);
        }
        return true;
    }

    /** Waits until more is buffered, or the end comes. */
    private void awaitMore(String operation) throws IOException {
        if (paused) { // what is buffered is not enough
            int before = buffer.size();
            resume();
            if (buffer.size() > before || eof || exception != null) { // it came at once
                throwIfBroken();
                return;
            }
        }
        var w = new Wait();
        try {
            suspend(w);
        } finally {
            end();
        }
        check(w, operation);
    }

    /**
     * Waits, with an empty buffer, until at least {@code needed} bytes are in {@code data}, or the
     * end comes. If it throws, what has come is in the buffer.
     *
     * @return how many there are; -1 for none at the end
     */
    private int awaitInto(String operation, byte[] data, int offset, int length, int needed)
            throws IOException {
        target = data;
        targetPosition = offset;
        targetEnd = offset + length;
        targetNeeded = offset + needed;
        var w = new Wait();
        int came;
        try {
            suspend(w);
            came = targetPosition - offset;
            if (came < needed) {
                check(w, operation);
            }
        } catch (Throwable e) {
            buffer.putBack(data, offset, targetPosition - offset);
            throw e;
        } finally {
            target = null;
            end();
        }
        return came == 0 ? -1 : came;
    }

    private void suspend(Wait w) {
        readingTask = loop.currentTask();
        wait = w;
        if (timer != null) {
            timer.start();
        }
        if (protocol != null) {
            protocol.hasWaited();
        }
        w.suspend();
    }

    private void end() {
        readingTask = null;
        wait = null;
    }

    private void check(Wait w, String operation) throws IOException {
        if (w.timedOut) {
            throw Objects.requireNonNull(timer).exception(operation, "no byte has come", this);
        }
        throwIfBroken();
    }

    private void throwIfBroken() throws IOException {
        if (exception != null) {
            throw Sneaky.sneakyThrow(exception);
        }
    }

    private boolean canReadDirectly(ByteBuffer data) {
        return data.isDirect()
                && protocol != null
                && transport != null
                && transport.getProtocol() == protocol;
    }

    /** Returns the one that serves all reads of this transport. */
    private DirectRead directRead() {
        ReadTransport from = Objects.requireNonNull(transport);
        if (direct == null || direct.transport() != from) {
            direct = new DirectRead(Objects.requireNonNull(protocol), from, this::wake);
        }
        return direct;
    }

    /** Waits, with an empty buffer, until the transport has read into {@code data}. */
    private int awaitDirectly(ByteBuffer data) throws IOException {
        int begin = data.position();
        DirectRead read = directRead();
        var w = new Wait();
        read.begin(data);
        try {
            suspend(w);
            if (data.position() == begin) {
                check(w, "readInto");
            }
        } catch (Throwable e) {
            var came = new byte[data.position() - begin];
            data.get(begin, came);
            buffer.putBack(came, 0, came.length);
            data.position(begin);
            throw e;
        } finally {
            read.end();
            end();
        }
        int n = data.position() - begin;
        return n == 0 ? -1 : n;
    }

    private byte[] takeAll() {
        byte[] data = buffer.isEmpty() ? NOTHING : buffer.take(buffer.size());
        resumeIfLow();
        return data;
    }

    private void resumeIfLow() {
        if (paused && buffer.size() <= limit) {
            resume();
        }
    }

    /** Lets the transport go on, which may call {@link #feedData} before this returns. */
    private void resume() {
        paused = false;
        if (transport != null) {
            transport.resumeReading();
        }
    }

    /** Ends what only lives as long as the connection. */
    void connectionLost() {
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    public String toString() {
        return "StreamReader(%s, %s, %d bytes buffered)"
                .formatted(
                        protocol == null ? "fed by hand" : protocol.describe(),
                        exception != null ? "broken" : eof ? "at its end" : "open",
                        buffer.size());
    }
}
