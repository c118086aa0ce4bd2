package dev.heddle.transport;

import dev.heddle.ChannelOwner;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.OwnedChannel;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The transport on a channel that the loop's reactor watches: a TCP or UNIX socket, or the end of a
 * pipe.
 *
 * <pre>
 * NEW ─► OPEN ─► CLOSING ─► LOST ─► CLOSED
 *  begin()  close()   all sent  connectionLost()
 * </pre>
 *
 * <p>Each state can be left early: by {@link #abort} or an error, which lead to LOST at once. From
 * then on nothing moves, and {@code connectionLost} is in the ready queue.
 *
 * <p>A small request costs one read, and its response one write: a read that has not filled the
 * buffer is not tried again, a write is tried at once, and the reactor is only asked for room after
 * the system had none. What is read is handed on in the loop's only buffer.
 *
 * <p>Source: {@code asyncio.selector_events._SelectorSocketTransport}.
 */
final class SelectorTransport implements Transport, ChannelOwner {

    private enum State {
        NEW,
        OPEN,
        CLOSING,
        LOST,
        CLOSED
    }

    /** Writes to a lost connection before there is a warning. */
    private static final int WRITES_TO_IGNORE = 4;

    private final EventLoop loop;
    private final OwnedChannel owned;
    private final @Nullable SelectorReader reader;
    private final @Nullable GatheringByteChannel sink;
    private final LoopBuffers buffers;
    private final WriteQueue queue;
    private final FlowControl flow;
    private final @Nullable Duration closeTimeout;
    private final @Nullable ConnectionCount count;
    private final @Nullable SocketAddress sockname;
    private final @Nullable SocketAddress peername;

    private StreamingProtocol protocol;
    private State state = State.NEW;
    private boolean writeEnds; // after what is in the queue
    private @Nullable KernelSend file; // what is sent instead of the queue's bytes
    private @Nullable TimerHandle closeTimer;
    private int ignoredWrites;

    private SelectorTransport(
            EventLoop loop,
            SelectableChannel channel,
            StreamingProtocol protocol,
            @Nullable Duration closeTimeout,
            @Nullable ConnectionCount count)
            throws IOException {
        this.loop = loop;
        this.sink = channel instanceof GatheringByteChannel writable ? writable : null;
        this.protocol = protocol;
        this.closeTimeout = closeTimeout;
        this.count = count;
        this.buffers = LoopBuffers.of(loop);
        this.queue = new WriteQueue(buffers);
        this.flow = new FlowControl(loop);
        channel.configureBlocking(false);
        if (channel instanceof SocketChannel socket) {
            this.sockname = socket.getLocalAddress();
            this.peername = socket.getRemoteAddress();
        } else {
            this.sockname = null;
            this.peername = null;
        }
        this.owned = loop.ownChannel(channel, this);
        this.reader =
                channel instanceof ReadableByteChannel source
                        ? new SelectorReader(this, owned, source, buffers)
                        : null;
    }

    /** Same with the default options. */
    static SelectorTransport open(
            EventLoop loop,
            SocketChannel channel,
            StreamingProtocol protocol,
            @Nullable ConnectionCount count,
            @Nullable Future<@Nullable Void> made)
            throws IOException {
        return open(loop, channel, protocol, TcpOptions.DEFAULT, count, made);
    }

    /**
     * Makes a transport on a channel that is connected, and takes it over: the channel is closed
     * also if this fails. Soon the protocol is told of it, then reading begins, and then {@code
     * made} gets its result, unless it is done.
     *
     * @param count who is told of the connection and of its end
     */
    static SelectorTransport open(
            EventLoop loop,
            SocketChannel channel,
            StreamingProtocol protocol,
            TcpOptions options,
            @Nullable ConnectionCount count,
            @Nullable Future<@Nullable Void> made)
            throws IOException {
        if (!channel.isConnected()) {
            throw new IllegalArgumentException("The channel is not connected: " + channel);
        }
        SelectorTransport transport = own(loop, channel, protocol, options, count);
        try {
            options.applyTcp(channel);
            options.applySizes(channel);
        } catch (Throwable e) {
            transport.owned.close();
            throw e;
        }
        transport.schedule(made);
        return transport;
    }

    /** Makes a transport on the end of a pipe; as above. */
    static SelectorTransport openPipe(
            EventLoop loop,
            SelectableChannel pipe,
            StreamingProtocol protocol,
            Future<@Nullable Void> made)
            throws IOException {
        SelectorTransport transport = own(loop, pipe, protocol, TcpOptions.DEFAULT, null);
        transport.schedule(made);
        return transport;
    }

    private static SelectorTransport own(
            EventLoop loop,
            SelectableChannel channel,
            StreamingProtocol protocol,
            TcpOptions options,
            @Nullable ConnectionCount count)
            throws IOException {
        Objects.requireNonNull(protocol, "protocol");
        try {
            return new SelectorTransport(loop, channel, protocol, options.closeTimeout(), count);
        } catch (IOException e) { // another error may mean that it belongs to somebody else
            channel.close();
            throw e;
        }
    }

    private void schedule(@Nullable Future<@Nullable Void> made) {
        if (count != null) {
            count.attach(this);
        }
        StreamingProtocol first = protocol; // it may be replaced until then
        loop.callSoon(() -> begin(first, made));
    }

    private void begin(StreamingProtocol first, @Nullable Future<@Nullable Void> made) {
        try {
            first.connectionMade(this);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            if (made == null || made.done()) {
                failed("connectionMade", e);
            } else {
                made.setException(e); // there is somebody to tell
                lose(e);
            }
            return;
        }
        if (state == State.NEW) {
            state = State.OPEN;
            if (reader != null) {
                reader.begin();
            }
        }
        if (made != null && !made.done()) {
            made.setResult(null);
        }
    }

    // ---------------------------------------------------------------- reading

    @Override
    public void readable() {
        if (reader != null) {
            reader.readable();
        }
    }

    @Override
    public boolean isReading() {
        return reader != null && reader.isReading() && !isClosing();
    }

    @Override
    public void pauseReading() {
        LoopThread.check(loop, "pauseReading");
        if (reader != null && !isClosing()) {
            reader.pause();
        }
    }

    @Override
    public void resumeReading() {
        LoopThread.check(loop, "resumeReading");
        if (reader != null && !isClosing()) {
            reader.resume(state == State.OPEN);
        }
    }

    @Override
    public void setProtocol(StreamingProtocol newProtocol) {
        LoopThread.check(loop, "setProtocol");
        protocol = Objects.requireNonNull(newProtocol, "protocol");
    }

    @Override
    public StreamingProtocol getProtocol() {
        return protocol;
    }

    // ---------------------------------------------------------------- writing

    @Override
    public void write(ByteBuffer data) {
        if (sendNow(data, "write")) {
            queue.add(data);
            queued();
        }
    }

    @Override
    public void lend(ByteBuffer data) {
        if (sendNow(data, "lend")) {
            queue.lend(data);
            queued();
        }
    }

    /** Sends what the system takes at once; returns whether something remains for the queue. */
    private boolean sendNow(ByteBuffer data, String operation) {
        LoopThread.check(loop, operation);
        checkMayWrite(operation);
        if (!data.hasRemaining()) {
            return false;
        }
        if (isLost()) {
            data.position(data.limit());
            ignoreWrite();
            return false;
        }
        if (!queue.isEmpty()) {
            return true;
        }
        try {
            WriteQueue.writeAll(Objects.requireNonNull(sink), data);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            data.position(data.limit());
            broken("write", e);
            return false;
        }
        return data.hasRemaining();
    }

    @Override
    public void writelines(List<ByteBuffer> pieces) {
        LoopThread.check(loop, "writelines");
        checkMayWrite("writelines");
        if (isLost()) {
            for (ByteBuffer piece : pieces) {
                piece.position(piece.limit());
            }
            ignoreWrite();
            return;
        }
        if (queue.isEmpty()) {
            pieces.forEach(queue::lend);
            if (!writeQueue()) {
                pieces.forEach(piece -> piece.position(piece.limit()));
                return;
            }
            queue.reclaim();
        } else {
            pieces.forEach(queue::add);
        }
        if (!queue.isEmpty()) {
            queued();
        }
    }

    @Override
    public void reclaim() {
        LoopThread.check(loop, "reclaim");
        queue.reclaim();
    }

    private void queued() {
        owned.writes(true);
        flow.grown(queue.size(), protocol);
    }

    /** Returns whether the connection is still there. */
    private boolean writeQueue() {
        try {
            queue.writeTo(Objects.requireNonNull(sink));
            return true;
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            broken("write", e);
            return false;
        }
    }

    @Override
    public void writable() {
        if (!queue.isEmpty()) {
            if (!writeQueue()) {
                return;
            }
            flow.shrunk(queue.size(), protocol); // may write more, close, abort
        }
        if (queue.isEmpty() && !isLost()) {
            if (file != null && state != State.CLOSING) {
                file.writable();
            } else {
                owned.writes(false);
                allSent();
            }
        }
    }

    private void allSent() {
        if (state == State.CLOSING) {
            lose(null);
        } else if (writeEnds) {
            endOutput();
        }
    }

    private void endOutput() {
        if (sink instanceof SocketChannel socket) {
            try {
                socket.shutdownOutput();
            } catch (IOException e) {
                broken("shutdown", e);
            }
        } else {
            close(); // a pipe has no other side
        }
    }

    @Override
    public void writeEof() {
        LoopThread.check(loop, "writeEof");
        if (!canWriteEof()) {
            throw refusal("writeEof");
        }
        if (!isClosing() && !writeEnds) {
            writeEnds = true;
            if (queue.isEmpty() && file == null) {
                endOutput();
            }
        }
    }

    @Override
    public boolean canWriteEof() {
        return sink != null;
    }

    /** Throws if nothing may be written: not now, or never again. */
    void checkMayWrite(String operation) {
        if (writeEnds || file != null || sink == null) {
            throw refusal(operation);
        }
    }

    private IllegalStateException refusal(String operation) {
        String why =
                sink == null
                        ? "it is for reading only"
                        : file != null
                                ? "a file is being sent; wait for sendfile to end"
                                : "the output was ended by writeEof";
        return new IllegalStateException("%s: %s: %s".formatted(operation, why, this));
    }

    private void ignoreWrite() {
        if (ignoredWrites++ >= WRITES_TO_IGNORE) {
            System.getLogger("dev.heddle")
                    .log(
                            Level.WARNING,
                            "Write number {0} to a connection that is lost: {1}."
                                    + " Stop writing after connectionLost, or when isClosing().",
                            Integer.toString(ignoredWrites),
                            this);
        }
    }

    @Override
    public int getWriteBufferSize() {
        return (int) Math.min(queue.size(), Integer.MAX_VALUE);
    }

    @Override
    public WriteBufferLimits getWriteBufferLimits() {
        return flow.limits();
    }

    @Override
    public void setWriteBufferLimits(WriteBufferLimits limits) {
        LoopThread.check(loop, "setWriteBufferLimits");
        flow.limits(Objects.requireNonNull(limits, "limits"));
        flow.grown(queue.size(), protocol);
        flow.shrunk(queue.size(), protocol);
    }

    // ---------------------------------------------------------------- files

    /** Lets {@code sender} write, and nobody else, once the write buffer is empty. */
    void beginFile(KernelSend sender) {
        file = sender;
        owned.writes(true);
    }

    /** Ends what {@link #beginFile} began. */
    void endFile() {
        file = null;
        if (!isLost()) {
            if (queue.isEmpty()) {
                owned.writes(false);
                allSent();
            }
        }
    }

    // ---------------------------------------------------------------- closing

    @Override
    public boolean isClosing() {
        return state.compareTo(State.CLOSING) >= 0;
    }

    private boolean isLost() {
        return state.compareTo(State.LOST) >= 0;
    }

    @Override
    public void close() {
        LoopThread.check(loop, "close");
        if (isClosing()) {
            return;
        }
        state = State.CLOSING;
        owned.reads(false);
        if (queue.isEmpty()) {
            lose(null);
        } else if (closeTimeout != null) {
            closeTimer = loop.callLater(closeTimeout, this::closeTakesTooLong);
        }
    }

    private void closeTakesTooLong() {
        if (!isLost()) {
            lose(
                    new SocketTimeoutException(
                            ("The peer did not take the last %d bytes within %s of close(), which"
                                            + " is TcpOptions.closeTimeout: %s")
                                    .formatted(queue.size(), closeTimeout, this)));
        }
    }

    @Override
    public void abort() {
        LoopThread.check(loop, "abort");
        lose(null);
    }

    /** A method of the protocol has failed. */
    void failed(String method, Throwable e) {
        loop.callExceptionHandler(
                ErrorContext.of(
                        "Fatal error: protocol.%s() call failed: %s on %s"
                                .formatted(method, protocol.getClass().getName(), this),
                        e));
        lose(e);
    }

    /** The system says that the connection is over. */
    void broken(String operation, Throwable e) {
        if (!(e instanceof IOException)) {
            loop.callExceptionHandler(
                    ErrorContext.of("Fatal %s error on %s".formatted(operation, this), e));
        } else if (loop.getDebug()) {
            System.getLogger("dev.heddle")
                    .log(Level.DEBUG, "%s failed on %s".formatted(operation, this), e);
        }
        lose(e);
    }

    private void lose(@Nullable Throwable error) {
        if (isLost()) {
            return;
        }
        state = State.LOST;
        owned.reads(false);
        owned.writes(false);
        queue.clear();
        TimerHandle timer = closeTimer;
        if (timer != null) {
            timer.cancel();
        }
        loop.callSoon(() -> lost(error));
    }

    private void lost(@Nullable Throwable error) {
        try {
            if (file != null) {
                file.lost(error);
            }
            protocol.connectionLost(error);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            loop.callExceptionHandler(
                    ErrorContext.of(
                            "protocol.connectionLost() failed: %s on %s"
                                    .formatted(protocol.getClass().getName(), this),
                            e));
        } finally {
            state = State.CLOSED;
            owned.close();
            if (count != null) {
                count.detach(this);
            }
        }
    }

    @Override
    public void loopClosed() {
        state = State.CLOSED;
        queue.clear();
        owned.close();
    }

    // ---------------------------------------------------------------- about itself

    @Override
    public EventLoop getLoop() {
        return loop;
    }

    /** Returns the channel. */
    SelectableChannel channel() {
        return owned.channel();
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        Object value = null;
        if (key == ExtraInfo.SOCKET) {
            value = channel() instanceof SocketChannel ? channel() : null;
        } else if (key == ExtraInfo.PIPE) {
            value = channel() instanceof SocketChannel ? null : channel();
        } else if (key == ExtraInfo.SOCKNAME) {
            value = sockname;
        } else if (key == ExtraInfo.PEERNAME) {
            value = peername;
        }
        return value == null ? null : key.cast(value);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("SelectorTransport(");
        text.append(state.name().toLowerCase(java.util.Locale.ROOT));
        if (channel() instanceof SocketChannel) {
            text.append(", ").append(sockname).append(" -> ").append(peername);
        } else {
            text.append(reader == null ? ", write pipe" : ", read pipe");
        }
        if (state == State.OPEN && reader != null) {
            text.append(
                    reader.isEnded()
                            ? ", peer has ended"
                            : reader.isReading() ? ", reading" : ", paused");
        }
        if (!queue.isEmpty()) {
            text.append(", ").append(queue.size()).append(" bytes to send");
        }
        if (file != null) {
            text.append(", sending a file");
        } else if (writeEnds) {
            text.append(", output ended");
        }
        return text.append(')').toString();
    }
}
