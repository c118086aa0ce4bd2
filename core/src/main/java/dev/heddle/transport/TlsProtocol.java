package dev.heddle.transport;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.TimerHandle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS between two: a protocol to the transport below, which moves ciphertext, and by its {@link
 * TlsTransport} a transport to the protocol above, the app.
 *
 * <pre>
 * UNWRAPPED ─► DO_HANDSHAKE ─► WRAPPED ─► FLUSHING ─► SHUTDOWN ─► UNWRAPPED
 *   connectionMade()  handshakeDone()  close()  all is sent   both said close_notify
 * </pre>
 *
 * <ul>
 *   <li>The app hears of the connection once it is WRAPPED.
 *   <li>FLUSHING: {@code close} was called, or the peer's close_notify has come, and what the app
 *       has written is not yet with the transport below.
 *   <li>SHUTDOWN: our close_notify is sent, and the peer's is waited for. What else comes after the
 *       app's own {@code close} is dropped, as with every transport.
 *   <li>UNWRAPPED again, and {@link #over}: the transport below is closing. An error leads here
 *       from any state.
 * </ul>
 *
 * <p>An end of the connection without close_notify is an error, except after our own one.
 * close_notify of the peer ends both directions, also in TLS 1.3, which would allow a half-close:
 * {@code eofReceived} cannot keep the connection.
 *
 * <p>{@link TlsReading} deciphers and {@link TlsWriting} enciphers; this class has what concerns
 * both. The engine's long computations run in the loop's default executor, and what arrives
 * meanwhile waits.
 *
 * <p>Source: {@code asyncio.sslproto}.
 */
final class TlsProtocol implements BufferedProtocol {

    enum State {
        UNWRAPPED,
        DO_HANDSHAKE,
        WRAPPED,
        FLUSHING,
        SHUTDOWN
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final EventLoop loop;
    final TlsOptions options;
    final TlsReading reading;
    final TlsWriting writing;
    private final TlsTransport transport;
    private final boolean client;
    private final @Nullable String host;
    private final int port;
    private final boolean tellsConnectionMade;
    private final @Nullable Future<@Nullable Void> ready;

    private StreamingProtocol app;
    private State state = State.UNWRAPPED;
    private boolean over;
    private boolean appConnected;
    private boolean tasksRunning;
    private long unsent; // when the shutdown timer was set
    private @Nullable Transport lower;
    private @Nullable SSLEngine engine;
    private @Nullable TimerHandle timer; // of the handshake, later of the shutdown
    private @Nullable Throwable failure;

    /**
     * Makes one that waits for its transport.
     *
     * @param host to verify, in canonical form
     * @param tellsConnectionMade false if the app is connected already
     * @param ready is completed after the handshake
     */
    TlsProtocol(
            EventLoop loop,
            StreamingProtocol app,
            TlsOptions options,
            boolean client,
            @Nullable String host,
            int port,
            boolean tellsConnectionMade,
            @Nullable Future<@Nullable Void> ready) {
        this.loop = loop;
        this.app = app;
        this.options = options;
        this.client = client;
        this.host = host;
        this.port = port;
        this.tellsConnectionMade = tellsConnectionMade;
        this.ready = ready;
        TlsBuffers buffers = TlsBuffers.of(loop);
        this.reading = new TlsReading(this, buffers);
        this.writing = new TlsWriting(this, buffers);
        this.transport = new TlsTransport(this);
    }

    // ---------------------------------------------------------------- called from below

    @Override
    public void connectionMade(Transport below) {
        lower = below;
        if (over) { // aborted before it began
            below.abort();
            return;
        }
        state = State.DO_HANDSHAKE;
        if (!tellsConnectionMade) {
            appConnected = true;
            writing.takeOver(below);
        }
        timer = loop.callLater(options.handshakeTimeout(), this::handshakeTakesTooLong);
        below.setWriteBufferLimits(writing.limits());
        if (options.context().isMade()) {
            startHandshake();
        } else {
            makeContext();
        }
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
        return reading.buffer();
    }

    @Override
    public void bufferUpdated(int n) {
        reading.drain();
    }

    @Override
    public boolean eofReceived() {
        reading.ended();
        return true; // we close it when all is done
    }

    @Override
    public void pauseWriting() {
        writing.lowerPaused(true);
    }

    @Override
    public void resumeWriting() {
        writing.lowerPaused(false);
        reading.drain(); // may have waited to send an answer
    }

    @Override
    public void connectionLost(@Nullable Throwable error) throws Exception {
        stopTimer();
        over = true;
        state = State.UNWRAPPED;
        writing.clear();
        reading.clear();
        tellReady(
                failure != null
                        ? failure
                        : error != null
                                ? TlsErrors.endedInHandshake(peer(), error)
                                : TlsErrors.closedInHandshake(peer()));
        if (appConnected) {
            appConnected = false;
            app.connectionLost(failure != null ? failure : error);
        }
    }

    // ---------------------------------------------------------------- handshake

    /** Makes the SSLContext off the loop: that reads a file, and takes a while. */
    private void makeContext() {
        tasksRunning = true;
        Runnable after =
                () -> {
                    tasksRunning = false;
                    if (!over) {
                        startHandshake();
                    }
                };
        inExecutor(() -> options.context().make(), after);
    }

    private void startHandshake() {
        try {
            SSLEngine made = options.context().engine(options, client, host, port);
            engine = made;
            made.beginHandshake();
        } catch (IOException | RuntimeException e) {
            fail(e, false);
            return;
        }
        reading.drain();
    }

    /** Runs the engine's computations off the loop. */
    void runTasks() {
        SSLEngine current = engine();
        tasksRunning = true;
        Runnable after =
                () -> {
                    tasksRunning = false;
                    if (!over) {
                        reading.drain();
                        writing.pump();
                    }
                };
        inExecutor(
                () -> {
                    for (Runnable task; (task = current.getDelegatedTask()) != null; ) {
                        task.run();
                    }
                    return null;
                },
                after);
    }

    private void inExecutor(java.util.concurrent.Callable<@Nullable Object> job, Runnable after) {
        Future<@Nullable Object> result;
        try {
            result = loop.runInExecutor(null, job);
        } catch (RuntimeException e) { // it is shut down, as when the program ends
            try {
                job.call();
                loop.callSoon(after);
            } catch (Exception failed) {
                tasksRunning = false;
                fail(failed, false);
            }
            return;
        }
        result.addDoneCallback(
                done -> {
                    Throwable error = done.cancelled() ? null : done.exception();
                    if (error == null) {
                        after.run();
                    } else {
                        tasksRunning = false;
                        fail(error, false);
                    }
                });
    }

    /** Sends what the engine has to say; returns whether there may be more to do. */
    boolean wrapHandshake() throws SSLException {
        HandshakeStatus status = writing.wrapControl();
        if (status == HandshakeStatus.FINISHED) {
            handshakeDone();
            return true;
        }
        return status != HandshakeStatus.NEED_WRAP;
    }

    /**
     * Ends the connection if the peer wants another handshake, which only wears the machine out.
     * TLS 1.3 has none: what it has to do in between are new keys and tickets.
     */
    boolean refusesRenegotiation() {
        if (state == State.DO_HANDSHAKE || engine().getSession().getProtocol().equals("TLSv1.3")) {
            return false;
        }
        fail(
                new SSLException(
                        "TLS with %s is broken: the peer wants to renegotiate, which is refused"
                                .formatted(peer())),
                false);
        return true;
    }

    void handshakeDone() {
        if (state != State.DO_HANDSHAKE) {
            return;
        }
        stopTimer();
        state = State.WRAPPED;
        if (tellsConnectionMade) {
            appConnected = true;
            try {
                app.connectionMade(transport);
            } catch (KeyboardInterrupt e) {
                throw e;
            } catch (Throwable e) {
                if (ready == null || ready.done()) {
                    appFailed("connectionMade", e);
                } else {
                    fail(e, false); // there is somebody to tell
                }
                return;
            }
        }
        writing.pump();
        if (ready != null && !ready.done()) {
            ready.setResult(null);
        }
    }

    private void handshakeTakesTooLong() {
        timer = null;
        fail(
                new SocketTimeoutException(
                        ("The TLS handshake with %s took more than %s, which is"
                                        + " TlsOptions.handshakeTimeout")
                                .formatted(peer(), text(options.handshakeTimeout()))),
                false);
    }

    // ---------------------------------------------------------------- the end

    /** The app closes. */
    void close() {
        switch (state) {
            case WRAPPED -> flush();
            case UNWRAPPED, DO_HANDSHAKE -> abort();
            case FLUSHING, SHUTDOWN -> {}
        }
    }

    void abort() {
        over = true;
        if (lower != null) {
            lower.abort();
        }
    }

    /** All is deciphered up to the peer's close_notify. */
    void peerClosed() {
        switch (state) {
            case WRAPPED -> {
                if (tellEof()) {
                    flush();
                }
            }
            case SHUTDOWN -> finish();
            case DO_HANDSHAKE -> fail(TlsErrors.endedInHandshake(peer(), null), false);
            case UNWRAPPED, FLUSHING -> {}
        }
    }

    private boolean tellEof() {
        boolean keep;
        try {
            keep = app.eofReceived();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            appFailed("eofReceived", e);
            return false;
        }
        if (keep) {
            System.getLogger("dev.heddle")
                    .log(
                            Level.WARNING,
                            "{0}.eofReceived() returned true, which has no effect with TLS: its"
                                    + " connections cannot be closed by half",
                            app.getClass().getName());
        }
        return state == State.WRAPPED;
    }

    /** All is deciphered that has come, and nothing more can come, not even a close_notify. */
    void lowerEnded() {
        switch (state) {
            case DO_HANDSHAKE -> fail(TlsErrors.endedInHandshake(peer(), null), false);
            case WRAPPED -> {
                if (options.raggedEof()) {
                    peerClosed();
                } else {
                    fail(TlsErrors.truncated(peer()), false);
                }
            }
            case SHUTDOWN -> finish();
            case UNWRAPPED, FLUSHING -> {}
        }
    }

    private void flush() {
        state = State.FLUSHING;
        startShutdownTimer();
        reading.closing();
        writing.pump();
    }

    /** Everything that the app wrote is with the transport below. */
    void flushed() {
        if (state != State.FLUSHING) {
            return;
        }
        state = State.SHUTDOWN;
        engine().closeOutbound();
        try {
            writing.wrapControl();
        } catch (SSLException e) {
            fail(TlsErrors.broken(peer(), e), false);
            return;
        }
        if (reading.peerHasEnded()) {
            finish();
        } else {
            loop.callSoon(reading::drain); // it may have come already, and was not looked at
        }
    }

    private void finish() {
        over = true;
        state = State.UNWRAPPED;
        if (lower != null) {
            lower.close(); // the timer stays, for a peer that takes no more
        }
    }

    /** The time counts from when the peer last took something of what is to be sent. */
    private void startShutdownTimer() {
        stopTimer();
        unsent = writing.size();
        timer = loop.callLater(options.shutdownTimeout(), this::shutdownTakesTooLong);
    }

    private void shutdownTakesTooLong() {
        timer = null;
        if (writing.size() < unsent) {
            startShutdownTimer();
            return;
        }
        failure =
                new SocketTimeoutException(
                        ("%s did not answer the end of TLS within %s, which is"
                                        + " TlsOptions.shutdownTimeout; %d bytes were not sent")
                                .formatted(peer(), text(options.shutdownTimeout()), unsent));
        abort();
    }

    // ---------------------------------------------------------------- errors

    /** The engine has thrown an error; it may have an alert for the peer. */
    void engineFailed(Exception e) {
        fail(
                state == State.DO_HANDSHAKE
                        ? TlsErrors.handshakeFailed(peer(), options, e)
                        : TlsErrors.broken(peer(), e),
                true);
    }

    /** A method of the app has failed. */
    void appFailed(String method, Throwable e) {
        loop.callExceptionHandler(
                ErrorContext.of(
                        "Fatal error: protocol.%s() call failed: %s on %s"
                                .formatted(method, app.getClass().getName(), transport),
                        e));
        fail(e, false);
    }

    /** Ends the connection with an error. */
    void fail(Throwable error, boolean alert) {
        if (over) {
            return;
        }
        over = true;
        state = State.UNWRAPPED;
        failure = error;
        stopTimer();
        boolean saidSo = alert && !tasksRunning && writing.sendAlert();
        writing.clear();
        if (lower != null) {
            if (saidSo) {
                unsent = 0; // it gets the time once
                timer = loop.callLater(options.shutdownTimeout(), this::abort);
                lower.close();
            } else {
                lower.abort();
            }
        }
        if (ready == null && !appConnected && loop.getDebug()) {
            System.getLogger("dev.heddle").log(Level.DEBUG, "A TLS handshake failed", error);
        }
        tellReady(error);
    }

    private void tellReady(Throwable error) {
        if (ready != null && !ready.done()) {
            ready.setException(error);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    // ---------------------------------------------------------------- about itself

    State state() {
        return state;
    }

    /** Tells whether TLS has nothing more to do: the connection is being closed, or is. */
    boolean isOver() {
        return over;
    }

    boolean isClosing() {
        return over || state == State.FLUSHING || state == State.SHUTDOWN;
    }

    /** Tells whether the app hears of what happens. */
    boolean isAppConnected() {
        return appConnected && state != State.DO_HANDSHAKE;
    }

    boolean areTasksRunning() {
        return tasksRunning;
    }

    StreamingProtocol app() {
        return app;
    }

    void app(StreamingProtocol newApp) {
        app = newApp;
    }

    TlsTransport transport() {
        return transport;
    }

    @Nullable Transport lower() {
        return lower;
    }

    @Nullable SSLEngine engineOrNull() {
        return engine;
    }

    SSLEngine engine() {
        SSLEngine current = engine;
        if (current == null) {
            throw new IllegalStateException("TLS has not begun: " + transport);
        }
        return current;
    }

    static SSLEngineResult wrapNothing(SSLEngine engine, ByteBuffer out) throws SSLException {
        return engine.wrap(NOTHING, out);
    }

    /** Names the peer in a message. */
    String peer() {
        if (client && host != null) {
            return port > 0 ? host + ":" + port : host;
        }
        SocketAddress address = lower == null ? null : lower.getExtraInfo(ExtraInfo.PEERNAME);
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress() + ":" + inet.getPort();
        }
        return address == null || address.toString().isEmpty() ? "the peer" : address.toString();
    }

    private static String text(Duration time) {
        return time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
