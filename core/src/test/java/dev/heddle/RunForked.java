package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, to which signals can be sent. */
final class RunForked implements AutoCloseable {

    private static final long SECONDS = 30;

    private final Process process;
    private final BufferedReader output;
    private final CompletableFuture<String> errors;

    private RunForked(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.errors = CompletableFuture.supplyAsync(() -> all(process.errorReader()));
        // A read of its output cannot be interrupted; at its end it ends.
        CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
    }

    private static String all(BufferedReader reader) {
        return String.join("\n", reader.lines().toList());
    }

    /** Starts the main method of {@code program}. */
    static RunForked start(Class<?> program) throws IOException {
        var command = new ArrayList<String>();
        if (canResetSignals()) {
            // A JVM whose parent ignores Ctrl-C, as jobs in the background do, ignores it too.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of("--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("-cp");
        command.add(locationOf(EventLoop.class) + ":" + locationOf(program));
        command.add(program.getName());
        var builder = new ProcessBuilder(command);
        builder.environment().remove("JDK_JAVA_OPTIONS"); // the JVM would tell that it took them
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return new RunForked(builder.start());
    }

    private static boolean canResetSignals() throws IOException {
        try {
            return new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Path locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads the next line that the program prints, and compares it. */
    RunForked prints(String line) throws IOException {
        assertThat(output.readLine()).as(this::describe).isEqualTo(line);
        return this;
    }

    /** Does what Ctrl-C does in a terminal. */
    RunForked interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
        return this;
    }

    /** Does what a service manager does to end a service. */
    RunForked terminate() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid())).start().waitFor();
        return this;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Reads what is left of the output, and compares the exit code. */
    RunForked exits(int code) throws IOException, InterruptedException {
        assertThat(all(output)).as("the rest of the output").isEmpty();
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ends in time").isTrue();
        assertThat(process.exitValue()).as(this::describe).isEqualTo(code);
        return this;
    }

    /** Returns what the program has written to standard error; after its end. */
    String errors() {
        return errors.join();
    }

    private String describe() {
        return process.isAlive() ? "the program runs" : "standard error: " + errors();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
