package dev.heddle.process;

import dev.heddle.stream.StreamOptions;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a child is started.
 *
 * <p>Source: the keywords of {@code asyncio.create_subprocess_exec}.
 *
 * @param cwd its directory; null for that of this JVM
 * @param env all of its environment; null for that of this JVM
 * @param stdin where its standard input comes from
 * @param stdout where its standard output goes
 * @param stderr where its standard error goes
 * @param streams the limits of the streams, if it has pipes
 * @param outputLimit bytes: how much {@link Subprocess#communicate} takes of each of standard
 *     output and standard error
 */
public record SubprocessOptions(
        @Nullable Path cwd,
        @Nullable Map<String, String> env,
        Stdio stdin,
        Stdio stdout,
        Stdio stderr,
        StreamOptions streams,
        int outputLimit) {

    /** All three streams of this JVM, no time limits, 64 MiB of output. */
    public static final SubprocessOptions DEFAULT =
            new SubprocessOptions(
                    null,
                    null,
                    Stdio.INHERIT,
                    Stdio.INHERIT,
                    Stdio.INHERIT,
                    StreamOptions.DEFAULT.withoutTimeouts(),
                    64 << 20);

    /** Same with pipes for all three streams. */
    public static final SubprocessOptions PIPES =
            DEFAULT.withStdin(Stdio.PIPE).withStdout(Stdio.PIPE).withStderr(Stdio.PIPE);

    /** Checks that they fit together. */
    public SubprocessOptions {
        Objects.requireNonNull(stdin, "stdin");
        Objects.requireNonNull(stdout, "stdout");
        Objects.requireNonNull(stderr, "stderr");
        Objects.requireNonNull(streams, "streams");
        if (stdin == Stdio.STDOUT || stdout == Stdio.STDOUT) {
            throw new IllegalArgumentException(
                    "Stdio.STDOUT is for stderr only, and was given for "
                            + (stdin == Stdio.STDOUT ? "stdin" : "stdout"));
        }
        if (stdin instanceof Stdio.File file && file.append()) {
            throw new IllegalArgumentException("stdin cannot append to a file; use Stdio.file");
        }
        if (outputLimit < 0) {
            throw new IllegalArgumentException(
                    "outputLimit must not be negative, and is " + outputLimit);
        }
        env = env == null ? null : Map.copyOf(env);
    }

    /** Returns a copy with another directory; null for that of this JVM. */
    public SubprocessOptions withCwd(@Nullable Path directory) {
        return new SubprocessOptions(directory, env, stdin, stdout, stderr, streams, outputLimit);
    }

    /** Returns a copy with another environment, all of it; null for that of this JVM. */
    public SubprocessOptions withEnv(@Nullable Map<String, String> variables) {
        return new SubprocessOptions(cwd, variables, stdin, stdout, stderr, streams, outputLimit);
    }

    /** Returns a copy with one more variable in the environment, or another value for it. */
    public SubprocessOptions withVariable(String name, String value) {
        var variables = new HashMap<String, String>(env == null ? System.getenv() : env);
        variables.put(name, value);
        return withEnv(variables);
    }

    /** Returns a copy with another standard input. */
    public SubprocessOptions withStdin(Stdio from) {
        return new SubprocessOptions(cwd, env, from, stdout, stderr, streams, outputLimit);
    }

    /** Returns a copy with another standard output. */
    public SubprocessOptions withStdout(Stdio to) {
        return new SubprocessOptions(cwd, env, stdin, to, stderr, streams, outputLimit);
    }

    /** Returns a copy with another standard error. */
    public SubprocessOptions withStderr(Stdio to) {
        return new SubprocessOptions(cwd, env, stdin, stdout, to, streams, outputLimit);
    }

    /** Returns a copy with other limits for the streams. */
    public SubprocessOptions withStreams(StreamOptions options) {
        return new SubprocessOptions(cwd, env, stdin, stdout, stderr, options, outputLimit);
    }

    /** Returns a copy with another limit of what {@code communicate} takes, in bytes. */
    public SubprocessOptions withOutputLimit(int bytes) {
        return new SubprocessOptions(cwd, env, stdin, stdout, stderr, streams, bytes);
    }
}
