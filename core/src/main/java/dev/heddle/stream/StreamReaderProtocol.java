package dev.heddle.stream;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.TimerHandle;
import dev.heddle.internal.Sneaky;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Protocol;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Makes a {@link StreamReader} and a {@link StreamWriter} of any transport: the protocol under the
 * streams.
 *
 * <pre>
 * NEW ─► OPEN ─► CLOSING ─► LOST
 *           └───────────────►
 * </pre>
 *
 * <p>CLOSING is what {@code close} and {@code abort} begin; it ends after the {@linkplain
 * StreamOptions#closeTimeout close time-out} at the latest, also if the transport never says so.
 *
 * <p>Source: {@code asyncio.StreamReaderProtocol}.
 */
public final class StreamReaderProtocol implements Protocol {

    /** How long a transport that was aborted has to say that it is closed. */
    private static final Duration ABORT_TIME = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final StreamOptions options;
    private final @Nullable Clients clients; // null on the client's side
    private final StreamReader reader;

    /** Where those wait who write more than the peer takes. */
    final Gate room = new Gate("room to write");

    private final Gate end = new Gate("the end of a connection");

    private @Nullable Transport transport;
    private @Nullable StreamWriter writer;
    private @Nullable Connection connection;

    private boolean overTls;
    private boolean writingPaused;
    private boolean closing;
    private boolean lost;
    private boolean detached;
    private boolean unsent; // something may not have been sent of which no writer was told
    private boolean closeTimedOut;
    private @Nullable Throwable error; // with which the connection was lost
    private @Nullable TimerHandle closeTimer;

    /** Makes one of the running loop, by default. */
    public StreamReaderProtocol() {
        this(StreamOptions.DEFAULT);
    }

    /** Makes one of the running loop. */
    public StreamReaderProtocol(StreamOptions options) {
        this(options, (Clients) null);
    }

    /** Makes one of the running loop that serves its connection as {@link Streams} tells. */
    public StreamReaderProtocol(StreamOptions options, ConnectionHandler handler) {
        this(options, new Clients(Objects.requireNonNull(handler, "handler"), options));
    }

    StreamReaderProtocol(StreamOptions options, @Nullable Clients clients) {
        this.loop = Asyncio.getRunningLoop();
        this.options = options;
        this.clients = clients;
        this.reader = new StreamReader(loop, options, this);
    }

    // ---------------------------------------------------------------- what it makes

    /** Returns the reader. */
    public StreamReader reader() {
        return reader;
    }

    /**
     * Returns the writer.
     *
     * @throws IllegalStateException before the connection is made
     */
    public StreamWriter writer() {
        return made(writer);
    }

    /**
     * Returns both.
     *
     * @throws IllegalStateException before the connection is made
     */
    public Connection connection() {
        return made(connection);
    }

    private static <T> T made(@Nullable T thing) {
        if (thing == null) {
            throw new IllegalStateException(
                    "The protocol has no connection yet. Give it to a transport.");
        }
        return thing;
    }

    // ---------------------------------------------------------------- what the transport calls

    @Override
    public void connectionMade(Transport newTransport) {
        use(newTransport);
        var w = new StreamWriter(loop, this, options);
        writer = w;
        connection = new Connection(this, reader, w);
        if (clients != null) {
            clients.serve(loop, connection);
        }
    }

    private void use(Transport newTransport) {
        transport = newTransport;
        overTls = newTransport.getExtraInfo(ExtraInfo.SSL_OBJECT) != null;
        reader.setTransport(newTransport);
    }

    @Override
    public void dataReceived(ByteBuffer data) {
        reader.feedData(data);
    }

    @Override
    public boolean eofReceived() {
        reader.feedEof();
        return !overTls; // TLS has no half of a connection
    }

    @Override
    public void pauseWriting() {
        writingPaused = true;
    }

    @Override
    public void resumeWriting() {
        writingPaused = false;
        room.open(Gate.Outcome.OPENED);
    }

    @Override
    public void connectionLost(@Nullable Throwable cause) {
        if (lost) {
            return;
        }
        lost = true;
        error = cause;
        if (cause == null) {
            reader.feedEof();
        } else {
            reader.setException(cause);
        }
        reader.connectionLost();
        if (writer != null) {
            writer.connectionLost();
        }
        if (closeTimer != null) {
            closeTimer.cancel();
            closeTimer = null;
        }
        room.open(Gate.Outcome.CLOSED);
        end.open(Gate.Outcome.OPENED);
    }

    // ---------------------------------------------------------------- closing

    void close() {
        if (lost) {
            return;
        }
        if (!closing) {
            closing = true;
            unsent = transport().getWriteBufferSize() > 0;
        }
        transport().close();
        limitClose(options.closeTimeout());
    }

    void abort() {
        if (!lost) {
            closing = true;
            unsent = false; // it is meant to be dropped
            transport().abort();
            limitClose(ABORT_TIME);
        }
    }

    private void limitClose(@Nullable Duration time) {
        if (closeTimer == null && time != null && !lost) {
            closeTimer = loop.callLater(time, this::closeTimedOut);
        }
    }

    private void closeTimedOut() {
        closeTimer = null;
        if (closeTimedOut || options.closeTimeout() == null) {
            connectionLost(null); // it was aborted and does not say so
            return;
        }
        closeTimedOut = true;
        transport().abort();
        limitClose(ABORT_TIME);
    }

    /** Suspends the calling task until the connection is lost. */
    void awaitEnd() {
        while (!lost) {
            end.await();
        }
    }

    void closeAndWait() throws IOException {
        checkThread("close");
        close();
        if (!lost && loop.currentTask() == null) {
            return;
        }
        try {
            awaitEnd();
        } catch (Throwable e) { // cancelled
            abort();
            throw e;
        }
        checkAllSent();
    }

    /** Throws if something that was written has not been sent, and nobody was told. */
    void checkAllSent() throws IOException {
        if (unsent && closeTimedOut) {
            unsent = false;
            throw new SocketTimeoutException(
                    "close: the peer has not taken all that was written within %s s, and %s"
                                    .formatted(
                                            StallTimer.seconds(
                                                    Objects.requireNonNull(options.closeTimeout())),
                                            describe())
                            + " was aborted");
        }
        if (unsent && error != null) {
            unsent = false;
            throw new SocketException(
                    "close: the connection was lost before all was sent that was written: "
                            + describe(),
                    error);
        }
    }

    /** Throws the error with which the connection was lost, if any. */
    void checkNotBroken() throws IOException {
        if (error != null) {
            throw Sneaky.sneakyThrow(error);
        }
    }

    /** Throws why nothing can be written any more. */
    RuntimeException cannotWrite(String operation) throws IOException {
        checkNotBroken();
        throw new SocketException(
                "%s: %s: %s"
                        .formatted(
                                operation,
                                closing
                                        ? "the connection was closed by this side"
                                        : reader.isEofFed()
                                                ? "the connection was closed by the peer"
                                                : "the connection is closed",
                                describe()));
    }

    void detach() {
        detached = true;
    }

    // ---------------------------------------------------------------- for reader and writer

    Transport transport() {
        return made(transport);
    }

    boolean isLost() {
        return lost;
    }

    /** Tells whether {@code e} says nothing but that this connection broke. */
    boolean isLossItself(Throwable e) {
        return error != null && (e == error || e.getCause() == error);
    }

    boolean isClosing() {
        return closing;
    }

    boolean isDetached() {
        return detached;
    }

    boolean isWritingPaused() {
        return writingPaused;
    }

    boolean isServerSide() {
        return clients != null;
    }

    /** Takes note that something was written, or all of it sent. */
    void unsent(boolean some) {
        unsent = some;
    }

    /** Goes on with TLS over the transport so far. */
    void replaceTransport(Transport tls) {
        use(tls);
        overTls = true;
        writingPaused = false;
    }

    /** The task was suspended in a read, so that others could run. */
    void hasWaited() {
        if (writer != null) {
            writer.hasWaited();
        }
    }

    void checkThread(String operation) {
        if (!loop.isRunningHere()) {
            throw Misuse.wrongThread(this, loop, operation);
        }
    }

    /** Returns the two ends, for texts. */
    String describe() {
        Transport t = transport;
        return t == null
                ? "not connected"
                : "%s to %s"
                        .formatted(
                                text(t.getExtraInfo(ExtraInfo.SOCKNAME)),
                                text(t.getExtraInfo(ExtraInfo.PEERNAME)));
    }

    private static String text(@Nullable Object address) {
        String text = String.valueOf(address);
        return address == null || text.isEmpty() ? "unnamed" : text;
    }

    @Override
    public String toString() {
        return "StreamReaderProtocol(%s, %s)"
                .formatted(
                        transport == null ? "new" : lost ? "lost" : closing ? "closing" : "open",
                        describe());
    }
}
