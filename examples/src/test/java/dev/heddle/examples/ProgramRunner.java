package dev.heddle.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the programs of this directory as {@code ./heddle run} does: from source, in a JVM of their
 * own.
 */
final class ProgramRunner {

    private static final Path EXAMPLES = Path.of("").toAbsolutePath();

    private ProgramRunner() {}

    /** What a program did. Line ends are {@code \n}. */
    record Result(int exitCode, String out, String err) {}

    /**
     * Runs {@code examples/<file>} and waits for its end.
     *
     * @throws AssertionError if it still runs after {@code limit}; it is killed then, and the
     *     message holds what it printed
     */
    static Result run(Duration limit, String file, String... args)
            throws IOException, InterruptedException {
        // Into files, so that a program that prints much does not wait for a reader.
        Path out = Files.createTempFile("heddle-example", ".out");
        Path err = Files.createTempFile("heddle-example", ".err");
        try {
            var process =
                    new ProcessBuilder(command(file, args))
                            .directory(EXAMPLES.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            boolean ended;
            try {
                process.getOutputStream().close(); // its standard input ends at once
                ended = process.waitFor(limit.toMillis(), MILLISECONDS);
            } finally {
                process.destroyForcibly().waitFor(10, SECONDS);
            }
            var result = new Result(process.exitValue(), text(out), text(err));
            if (!ended) {
                throw new AssertionError(
                        "%s did not end within %s:%n%s".formatted(file, limit, result));
            }
            return result;
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    static List<String> command(String file, String... args) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The flags that Heddle needs are those that these tests run with.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), file));
        command.addAll(List.of(args));
        return command;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, UTF_8).replace(System.lineSeparator(), "\n");
    }
}
