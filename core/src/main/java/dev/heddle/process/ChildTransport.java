package dev.heddle.process;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.KeyboardInterrupt;
import dev.heddle.transport.ExtraInfo;
import dev.heddle.transport.Transport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/**
 * The transport of a child.
 *
 * <pre>
 * NEW ─► OPEN ─► LOST
 *     begin()  ended and all pipes closed
 * </pre>
 *
 * <p>What happens in NEW is told to the protocol after its {@code connectionMade}. A close changes
 * no state by itself: it makes the pipes and the child end, and that leads to LOST.
 */
final class ChildTransport implements SubprocessTransport {

    private enum State {
        NEW,
        OPEN,
        LOST
    }

    /** A call of the protocol. */
    private interface Call {
        void run() throws Exception;
    }

    /** 128 + N stands for signal N: what the JDK makes of what the system says. */
    private static final int SIGNALLED = 0x80;

    private static final int HIGHEST_SIGNAL = 64;

    private final EventLoop loop;
    private final Process process;
    private final SubprocessProtocol protocol;
    private final @Nullable Transport[] pipes = new Transport[3];
    private final Future<Integer> exit;
    private final Future<@Nullable Void> end;
    private State state = State.NEW;
    private int openPipes;
    private boolean closing;
    private boolean refused; // by connectionMade: the protocol is told nothing more

    private ChildTransport(EventLoop loop, Process process, SubprocessProtocol protocol) {
        this.loop = loop;
        this.process = process;
        this.protocol = protocol;
        this.exit = loop.createFuture();
        this.end = loop.createFuture();
        Children.of(loop).add(process);
        loop.wrapFuture(process.onExit()).addDoneCallback(f -> exited());
    }

    /** Makes the transport of a child, whose pipes it takes over, and tells the protocol. */
    static ChildTransport open(
            EventLoop loop, ChildStart.Started child, SubprocessProtocol protocol)
            throws IOException {
        var transport = new ChildTransport(loop, child.process(), protocol);
        try {
            child.pipes().handOver(transport);
            Future<@Nullable Void> made = loop.createFuture();
            loop.callSoon(() -> transport.begin(made));
            made.await();
        } catch (Throwable e) {
            child.pipes().close(); // those that were not handed over
            transport.refused = true;
            transport.close();
            transport.awaitEndUnlessCancelled();
            throw e;
        }
        return transport;
    }

    private void begin(Future<@Nullable Void> made) {
        if (closing) {
            return; // the start was cancelled
        }
        for (Transport pipe : pipes) {
            if (pipe != null) {
                pipe.resumeReading(); // nothing comes during this callback
            }
        }
        state = State.OPEN;
        try {
            protocol.connectionMade(this);
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            refused = true;
            made.setException(e);
            return;
        }
        if (exit.done()) {
            call("processExited", protocol::processExited);
        }
        if (!made.done()) {
            made.setResult(null);
        }
        finishIfOver();
    }

    private void call(String method, Call call) {
        if (refused) {
            return;
        }
        try {
            call.run();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            loop.callExceptionHandler(
                    ErrorContext.of(
                            "protocol.%s() failed: %s on %s"
                                    .formatted(method, protocol.getClass().getName(), this),
                            e));
        }
    }

    // ---------------------------------------------------------------- what happens

    void pipeMade(int fd, Transport pipe) {
        pipes[fd] = pipe;
        openPipes++;
        if (closing) {
            pipe.abort();
        }
    }

    void pipeLost(int fd, @Nullable Throwable error) {
        openPipes--;
        call("pipeConnectionLost", () -> protocol.pipeConnectionLost(fd, error));
        finishIfOver();
    }

    private void exited() {
        Children.of(loop).remove(process);
        exit.setResult(returncode(process.exitValue()));
        if (state == State.OPEN) {
            call("processExited", protocol::processExited);
        }
        Transport stdin = pipes[0];
        if (stdin != null) {
            stdin.close(); // nobody reads it, and the system does not say so before we write
        }
        finishIfOver();
    }

    static int returncode(int exitValue) {
        int signal = exitValue - SIGNALLED;
        return signal >= 1 && signal <= HIGHEST_SIGNAL ? -signal : exitValue;
    }

    private void finishIfOver() {
        boolean begun = state == State.OPEN || (state == State.NEW && closing);
        if (begun && exit.done() && openPipes == 0) {
            state = State.LOST;
            loop.callSoon(
                    () -> {
                        call("connectionLost", () -> protocol.connectionLost(null));
                        end.setResult(null);
                    });
        }
    }

    // ---------------------------------------------------------------- waiting

    /** Waits until the child has ended; any number of tasks may. */
    int awaitExit() {
        if (!exit.done()) {
            Asyncio.wait(List.of(exit)); // a cancel of the task leaves the future alone
        }
        return exit.result();
    }

    /** Waits until connectionLost was called; any number of tasks may. */
    void awaitEnd() {
        if (!end.done()) {
            Asyncio.wait(List.of(end));
        }
    }

    private void awaitEndUnlessCancelled() {
        try {
            awaitEnd();
        } catch (CancelledError e) {
            // Cancelled again: it ends without us looking on.
        }
    }

    // ---------------------------------------------------------------- signals

    @Override
    public void terminate() {
        if (process.isAlive()) {
            process.destroy();
        }
    }

    @Override
    public void kill() {
        if (process.isAlive()) {
            process.destroyForcibly();
        }
    }

    @Override
    public Future<@Nullable Void> sendSignal(String name) {
        String signal = SignalNames.checked(name);
        if (process.isAlive()) {
            switch (signal) {
                case "TERM" -> terminate();
                case "KILL" -> kill();
                default -> {
                    return loop.runInExecutor(OffLoop.EXECUTOR, () -> send(signal));
                }
            }
        }
        Future<@Nullable Void> sent = loop.createFuture();
        sent.setResult(null);
        return sent;
    }

    /** A shell has a kill of its own, where the program may be missing. */
    private @Nullable Void send(String signal) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            return null;
        }
        Process shell =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "kill -s \"$1\" \"$2\"",
                                "sh",
                                signal,
                                Long.toString(getPid()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (shell.waitFor() != 0 && process.isAlive()) {
            throw new IOException("SIG%s could not be sent to %s".formatted(signal, this));
        }
        return null;
    }

    // ---------------------------------------------------------------- closing

    @Override
    public boolean isClosing() {
        return closing || state == State.LOST;
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        for (Transport pipe : pipes) {
            if (pipe != null) {
                pipe.abort();
            }
        }
        kill();
        finishIfOver();
    }

    @Override
    public void abort() {
        close();
    }

    // ---------------------------------------------------------------- about itself

    @Override
    public EventLoop getLoop() {
        return loop;
    }

    @Override
    public SubprocessProtocol getProtocol() {
        return protocol;
    }

    @Override
    public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
        return key == SUBPROCESS ? key.cast(process.toHandle()) : null;
    }

    @Override
    public long getPid() {
        return process.pid();
    }

    @Override
    public @Nullable Transport getPipeTransport(int fd) {
        return pipes[fd];
    }

    @Override
    public @Nullable Integer getReturncode() {
        return exit.done() ? exit.result() : null;
    }

    @Override
    public String toString() {
        return "SubprocessTransport(pid %d, %s)"
                .formatted(
                        getPid(),
                        exit.done() ? "returncode " + exit.result() : closing ? "closing" : "runs");
    }
}
