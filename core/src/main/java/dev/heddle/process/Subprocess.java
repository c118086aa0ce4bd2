package dev.heddle.process;

import dev.heddle.Asyncio;
import dev.heddle.Awaitable;
import dev.heddle.EventLoop;
import dev.heddle.ExceptionGroup;
import dev.heddle.Future;
import dev.heddle.Task;
import dev.heddle.internal.Sneaky;
import dev.heddle.stream.LimitOverrunException;
import dev.heddle.stream.StreamReader;
import dev.heddle.stream.StreamReaderProtocol;
import dev.heddle.stream.StreamWriter;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A child process, whose pipes are streams.
 *
 * {@snippet :
 * try (var child = Subprocess.exec(SubprocessOptions.PIPES, "sort", "-u")) {
 *     Output output = child.communicate("b\na\nb\n".getBytes());
 *     IO.print(output.stdoutText());
 * }
 * }
 *
 * <p>Leaving the try kills a child that still runs, and waits for its end, so that no zombie stays.
 * The children of the child live on. Closing the loop kills the children that are left.
 *
 * <p>The pipes are channels that the reactor watches: no thread of ours waits for them. They need
 * {@code /dev/fd}, which every UNIX has; without pipes a child can be started anywhere.
 *
 * <p>A pipe ends when all have closed it that have it: also children of the child, which may live
 * longer. {@link #await} does not wait for them, reading to the end does. When the child has ended,
 * its standard input is closed here.
 *
 * <p>All methods are for the loop's thread, and those that wait for a task.
 *
 * <p>Source: {@code asyncio.create_subprocess_exec}, {@code asyncio.subprocess.Process}.
 */
public final class Subprocess implements Awaitable<Integer>, AutoCloseable {

    private static final byte[] NOTHING = {};

    /**
     * A child that was started for a protocol of one's own.
     *
     * @param transport the child
     * @param protocol what is told of it
     * @param <P> the type of the protocol
     */
    public record Connected<P extends SubprocessProtocol>(
            SubprocessTransport transport, P protocol) {}

    private final ChildTransport transport;
    private final StreamsProtocol streams;
    private final SubprocessOptions options;

    private Subprocess(
            ChildTransport transport, StreamsProtocol streams, SubprocessOptions options) {
        this.transport = transport;
        this.streams = streams;
        this.options = options;
    }

    // ---------------------------------------------------------------- starting

    /** Same as {@link #exec(SubprocessOptions, String...)} with all streams of this JVM. */
    public static Subprocess exec(String... command) throws IOException {
        return exec(SubprocessOptions.DEFAULT, command);
    }

    /**
     * Starts a program, and waits until it runs. If the task is cancelled meanwhile, the child is
     * killed and waited for.
     *
     * @param command the program, by its path or to be found by PATH, and its arguments, which no
     *     shell touches
     * @throws IOException if it cannot be started
     */
    public static Subprocess exec(SubprocessOptions options, String... command) throws IOException {
        Objects.requireNonNull(options, "options");
        var streams = new StreamsProtocol(options.streams());
        return new Subprocess(start(streams, options, command), streams, options);
    }

    /** Same as {@link #shell(SubprocessOptions, String)} with all streams of this JVM. */
    public static Subprocess shell(String command) throws IOException {
        return shell(SubprocessOptions.DEFAULT, command);
    }

    /**
     * Starts {@code /bin/sh} with a command line, and waits until it runs. Never put into it what
     * comes from elsewhere: a shell does what it says. See {@link #exec}.
     */
    public static Subprocess shell(SubprocessOptions options, String command) throws IOException {
        return exec(options, "/bin/sh", "-c", command);
    }

    /**
     * Starts a program for a protocol of one's own, and waits until that knows of it.
     *
     * <p>Source: {@code loop.subprocess_exec}.
     *
     * @throws IOException if it cannot be started
     */
    public static <P extends SubprocessProtocol> Connected<P> connect(
            Supplier<P> protocolFactory, SubprocessOptions options, String... command)
            throws IOException {
        P protocol = Objects.requireNonNull(protocolFactory.get(), "protocol");
        return new Connected<>(start(protocol, options, command), protocol);
    }

    /**
     * Same as {@link #connect} for a command line.
     *
     * <p>Source: {@code loop.subprocess_shell}.
     */
    public static <P extends SubprocessProtocol> Connected<P> connectShell(
            Supplier<P> protocolFactory, SubprocessOptions options, String command)
            throws IOException {
        return connect(protocolFactory, options, "/bin/sh", "-c", command);
    }

    private static ChildTransport start(
            SubprocessProtocol protocol, SubprocessOptions options, String... command)
            throws IOException {
        List<String> words = List.of(command);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("The command is empty; it must name a program");
        }
        EventLoop loop = Asyncio.getRunningLoop();
        return ChildTransport.open(loop, ChildStart.start(loop, options, words), protocol);
    }

    // ---------------------------------------------------------------- streams

    /**
     * Returns what writes to its standard input.
     *
     * @throws IllegalStateException if that is not a pipe
     */
    public StreamWriter stdin() {
        return stream(0, "stdin").writer();
    }

    /**
     * Returns what reads its standard output.
     *
     * @throws IllegalStateException if that is not a pipe
     */
    public StreamReader stdout() {
        return stream(1, "stdout").reader();
    }

    /**
     * Returns what reads its standard error.
     *
     * @throws IllegalStateException if that is not a pipe
     */
    public StreamReader stderr() {
        return stream(2, "stderr").reader();
    }

    private StreamReaderProtocol stream(int fd, String name) {
        StreamReaderProtocol stream = streams.stream(fd);
        if (stream == null) {
            throw new IllegalStateException(
                    "%s of the child is not a pipe; start it with Stdio.PIPE for %s"
                            .formatted(name, name));
        }
        return stream;
    }

    /** Same as {@link #communicate(byte[])} with nothing to read for the child. */
    public Output communicate() throws IOException {
        return communicate(null);
    }

    /**
     * Writes {@code input} to its standard input and closes that, reads its output and errors to
     * the end, all at the same time, and waits until it has ended. A child that does not read all
     * is no error.
     *
     * <p>If the task is cancelled, the child goes on, and what it has written is kept to be read.
     *
     * @param input null for nothing; not null only if standard input is a pipe
     * @throws OutputLimitException if it writes more than {@link SubprocessOptions#outputLimit};
     *     the child goes on until it is closed
     */
    public Output communicate(byte @Nullable [] input) throws IOException {
        StreamReaderProtocol in = streams.stream(0);
        if (input != null && in == null) {
            throw new IllegalArgumentException(
                    "input was given, and stdin is not a pipe; start it with Stdio.PIPE for stdin");
        }
        try {
            return Asyncio.taskGroup(
                    group -> {
                        if (in != null) {
                            var _ = group.createTask(() -> feed(in.writer(), input));
                        }
                        Task<byte[]> errors = group.createTask(() -> readAll(2, "stderr"));
                        byte[] output = readAll(1, "stdout");
                        return new Output(output, errors.await(), transport.awaitExit());
                    });
        } catch (ExceptionGroup e) {
            Throwable first = e.exceptions().getFirst();
            e.exceptions().stream().skip(1).forEach(first::addSuppressed);
            throw Sneaky.sneakyThrow(first);
        }
    }

    private static void feed(StreamWriter stdin, byte @Nullable [] input) {
        try {
            if (input != null) {
                stdin.write(input);
            }
        } catch (IOException e) {
            // The child has closed its standard input, or ended: it does not want the rest.
        }
        stdin.close();
    }

    private byte[] readAll(int fd, String name) throws IOException {
        StreamReaderProtocol stream = streams.stream(fd);
        if (stream == null) {
            return NOTHING;
        }
        try {
            return stream.reader().readAll(options.outputLimit());
        } catch (LimitOverrunException e) {
            throw new OutputLimitException(
                    ("%s has written more than outputLimit, %d bytes, to %s. Read the stream in"
                                    + " pieces, or set a higher SubprocessOptions.outputLimit.")
                            .formatted(this, options.outputLimit(), name));
        }
    }

    // ---------------------------------------------------------------- its life

    /** Returns its process id. */
    public long pid() {
        return transport.getPid();
    }

    /** Returns how it has ended, or null; see {@link SubprocessTransport#getReturncode}. */
    public @Nullable Integer returncode() {
        return transport.getReturncode();
    }

    /**
     * Waits until it has ended. Any number of tasks may; to cancel one does nothing to the child.
     *
     * <p>A child that writes more than a pipe takes never ends if nobody reads it: see {@link
     * #communicate}.
     *
     * @return how; see {@link SubprocessTransport#getReturncode}
     */
    @Override
    public Integer await() {
        return transport.awaitExit();
    }

    /** Asks it to end, by SIGTERM. Nothing happens if it has ended. */
    public void terminate() {
        transport.terminate();
    }

    /** Kills it, by SIGKILL. Nothing happens if it has ended. */
    public void kill() {
        transport.kill();
    }

    /** Sends it a signal; see {@link SubprocessTransport#sendSignal}. */
    public Future<@Nullable Void> sendSignal(String name) {
        return transport.sendSignal(name);
    }

    /** Returns its transport. */
    public SubprocessTransport transport() {
        return transport;
    }

    /**
     * Closes the pipes, kills the child if it still runs, and waits until it has ended. In a
     * callback, which cannot wait, it does not. What was written and is not yet sent is dropped. A
     * child that runs as another user, and that this one may not kill, is waited for. Idempotent.
     */
    @Override
    public void close() {
        transport.close();
        if (transport.getLoop().currentTask() != null) {
            transport.awaitEnd();
        }
    }

    @Override
    public String toString() {
        Integer returncode = returncode();
        return "Subprocess(pid %d, %s)"
                .formatted(pid(), returncode == null ? "runs" : "returncode " + returncode);
    }
}
