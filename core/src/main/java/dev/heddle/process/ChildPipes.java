package dev.heddle.process;

import dev.heddle.internal.Jdk;
import dev.heddle.transport.Transports;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The pipes to a child that is about to start.
 *
 * <p>The JDK's own pipes to a process are blocking streams. So we make pipes that a selector can
 * watch, and have the child's end opened a second time for the child, by its name {@code
 * /dev/fd/N}. The child's end here is closed once it has started, so that each side learns of the
 * end of the other; and since the two ends are apart, that ours does not block is nothing to the
 * child.
 */
final class ChildPipes {

    private static final File DESCRIPTORS = new File("/dev/fd");

    private final List<Channel> childEnds = new ArrayList<>();
    private Pipe.@Nullable SinkChannel stdin;
    private Pipe.@Nullable SourceChannel stdout;
    private Pipe.@Nullable SourceChannel stderr;

    /** Makes what the options want, and tells the builder. */
    void open(SubprocessOptions options, ProcessBuilder builder) throws IOException {
        if (options.stdin() == Stdio.PIPE) {
            Pipe pipe = pipe();
            stdin = pipe.sink();
            childEnds.add(pipe.source());
            builder.redirectInput(name(pipe.source()));
        } else {
            builder.redirectInput(input(options.stdin()));
        }
        if (options.stdout() == Stdio.PIPE) {
            Pipe pipe = pipe();
            stdout = pipe.source();
            childEnds.add(pipe.sink());
            builder.redirectOutput(name(pipe.sink()));
        } else {
            builder.redirectOutput(output(options.stdout()));
        }
        if (options.stderr() == Stdio.PIPE) {
            Pipe pipe = pipe();
            stderr = pipe.source();
            childEnds.add(pipe.sink());
            builder.redirectError(name(pipe.sink()));
        } else if (options.stderr() == Stdio.STDOUT) {
            builder.redirectErrorStream(true);
        } else {
            builder.redirectError(output(options.stderr()));
        }
    }

    private static Pipe pipe() throws IOException {
        if (!DESCRIPTORS.exists()) {
            throw new UnsupportedOperationException(
                    "Stdio.PIPE needs /dev/fd, which this system does not have");
        }
        return Pipe.open();
    }

    private static File name(Channel end) {
        return new File(DESCRIPTORS, Integer.toString(Jdk.get().descriptor(end)));
    }

    private static Redirect input(Stdio stdio) {
        return switch (stdio) {
            case Stdio.File file -> Redirect.from(real(file.path()));
            case Stdio.Fixed.DEVNULL -> Redirect.from(new File("/dev/null"));
            case Stdio.Fixed _ -> Redirect.INHERIT;
        };
    }

    private static Redirect output(Stdio stdio) {
        return switch (stdio) {
            case Stdio.File file ->
                    file.append()
                            ? Redirect.appendTo(real(file.path()))
                            : Redirect.to(real(file.path()));
            case Stdio.Fixed.DEVNULL -> Redirect.DISCARD;
            case Stdio.Fixed _ -> Redirect.INHERIT;
        };
    }

    private static File real(Path path) {
        return path.toFile();
    }

    /** The child has its ends, or will never need them. */
    void closeChildEnds() throws IOException {
        for (Channel end : childEnds) {
            end.close();
        }
    }

    /**
     * Makes transports of our ends. Waits; what it has not come to when it is cancelled is still to
     * be closed here.
     */
    void handOver(ChildTransport child) throws IOException {
        Pipe.SinkChannel in = stdin;
        if (in != null) {
            stdin = null;
            Transports.connectWritePipe(() -> new ChildPipe(child, 0), in);
        }
        Pipe.SourceChannel out = stdout;
        if (out != null) {
            stdout = null;
            Transports.connectReadPipe(() -> new ChildPipe(child, 1), out);
        }
        Pipe.SourceChannel err = stderr;
        if (err != null) {
            stderr = null;
            Transports.connectReadPipe(() -> new ChildPipe(child, 2), err);
        }
    }

    /** Closes all that is still here. */
    void close() throws IOException {
        closeChildEnds();
        if (stdin != null) {
            stdin.close();
        }
        if (stdout != null) {
            stdout.close();
        }
        if (stderr != null) {
            stderr.close();
        }
    }
}
