package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The launcher as a user meets it: {@code ./heddle} in a shell, from another directory. */
class LauncherIT {

    private static final Path LAUNCHER = Path.of("..", "heddle").toAbsolutePath().normalize();

    @TempDir private Path dir;

    private record Result(int exitCode, String out, String err) {}

    @Test
    void runsAProgramAndPassesItsArgumentsAndExitCode() throws Exception {
        program("Args.java", "void main(String[] a) { IO.println(List.of(a)); System.exit(7); }");

        var result = heddle("run", "Args.java", "one", "two words", "--help", "*");

        assertThat(result).isEqualTo(new Result(7, "[one, two words, --help, *]\n", ""));
    }

    @Test
    void aProgramSeesHeddleAndWhatHeddleNeedsOfTheJdk() throws Exception {
        program(
                "Flags.java",
                """
                import dev.heddle.Asyncio;

                void main() throws Exception {
                    IO.println(Asyncio.class.getName());
                    Class.forName("java.lang.ThreadBuilders").getDeclaredClasses()[0]
                            .getDeclaredConstructors()[0].setAccessible(true);
                    Class.forName("jdk.internal.vm.ContinuationScope")
                            .getConstructor(String.class).newInstance("test");
                }
                """);

        assertThat(heddle("run", "Flags.java"))
                .isEqualTo(new Result(0, "dev.heddle.Asyncio\n", ""));
    }

    @Test
    void theProgramThatFillsTheCacheOfClassesRuns() throws Exception {
        var warmUp = LAUNCHER.resolveSibling("tools").resolve("Warmup.java");

        assertThat(heddle("run", warmUp.toString()))
                .isEqualTo(new Result(0, "Hello, warp!\nHello, weft!\n", ""));
    }

    @Test
    void passesOptionsToTheJvm() throws Exception {
        program("Option.java", "void main() { IO.println(System.getProperty(\"greeting\")); }");
        var heddle = launcher("run", "Option.java");
        heddle.environment().put("HEDDLE_JAVA_OPTS", "-Dgreeting=hi -Xmx64m");

        assertThat(result(heddle.start())).isEqualTo(new Result(0, "hi\n", ""));
    }

    @Test
    void runsTheProgramInAsManyLoopsAsAskedFor() throws Exception {
        program(
                "Loops.java",
                """
                import dev.heddle.LoopGroup;

                void main(String[] args) {
                    LoopGroup.runMain(() -> IO.println(
                            LoopGroup.current().loops().size() + " " + List.of(args)));
                }
                """);

        assertThat(heddle("run", "Loops.java")).isEqualTo(new Result(0, "1 []\n", ""));
        assertThat(heddle("run", "--loops", "3", "Loops.java", "--loops", "x"))
                .isEqualTo(new Result(0, "3 [--loops, x]\n".repeat(3), ""));
        assertThat(heddle("run", "--loops=2", "Loops.java"))
                .isEqualTo(new Result(0, "2 []\n".repeat(2), ""));
        assertThat(heddle("run", "--loops", "auto", "Loops.java"))
                .isEqualTo(
                        new Result(
                                0,
                                (Runtime.getRuntime().availableProcessors() + " []\n")
                                        .repeat(Runtime.getRuntime().availableProcessors()),
                                ""));
    }

    @Test
    void wrongNumbersOfLoops() throws Exception {
        program("Loops.java", "void main() { IO.println(1); }");

        for (String n : List.of("0", "1025", "-1", "many", "007", "")) {
            assertUsageError("1 to 1024, or auto, and is '" + n + "'", "run", "--loops=" + n, "X");
        }
        assertUsageError("must be 1 to 1024, or auto", "run", "--loops", "Loops.java");
        assertUsageError("Missing required parameter: 'FILE.java'", "run", "--loops", "2");
        assertUsageError("'--loops'", "run", "--loops");
        assertUsageError("Did you mean '--loops'?", "run", "--lops", "2", "Loops.java");
        assertUsageError("there is no file X.java", "run", "--loops", "2", "X.java");
    }

    @Test
    void aProgramThatDoesNotCompile() throws Exception {
        program("Wrong.java", "void main() { int number = \"text\"; }");

        var result = heddle("run", "Wrong.java");

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.err)
                .contains("Wrong.java:1: error: incompatible types")
                .contains("compilation failed");
    }

    @Test
    void aProgramThatThrows() throws Exception {
        program("Throws.java", "void main() { throw new IllegalStateException(\"oops\"); }");

        var result = heddle("run", "Throws.java");

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.err)
                .contains("java.lang.IllegalStateException: oops")
                .contains("at Throws.main(Throws.java:1)");
    }

    @Test
    void aProgramWhoseTaskThrows() throws Exception {
        program(
                "Fails.java",
                """
                import static dev.heddle.Asyncio.*;

                void read() throws IOException {
                    sleep(0.01);
                    throw new IOException("disk full");
                }

                void main() {
                    run(() -> { read(); });
                }
                """);

        var result = heddle("run", "Fails.java");

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.err)
                .contains("java.io.IOException: disk full")
                .contains("at Fails.read(Fails.java:5)")
                .contains("at Fails.main(Fails.java:9)");
    }

    @Test
    void ctrlCLetsTheTasksCleanUp() throws Exception {
        program(
                "Waits.java",
                """
                import static dev.heddle.Asyncio.*;

                void main() {
                    run(() -> {
                        try {
                            IO.println("waiting");
                            sleep(1000);
                        } finally {
                            sleep(0.01);
                            IO.println("cleaned up");
                        }
                    });
                }
                """);

        var process = launcher("run", "Waits.java").start();
        assertThat(process.inputReader(UTF_8).readLine()).isEqualTo("waiting");
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

        assertThat(result(process)).isEqualTo(new Result(130, "cleaned up\n", ""));
    }

    @Test
    void whatIsNoProgram() throws Exception {
        program("notes.txt", "");

        assertUsageError("there is no file Missing.java", "run", "Missing.java");
        assertUsageError("is a directory, not a program", "run", dir.toString());
        assertUsageError("notes.txt is not a .java file", "run", "notes.txt");
        assertUsageError("Missing required parameter: 'FILE.java'", "run");
        assertUsageError("unknown option '--hepl'. Did you mean '--help'?", "run", "--hepl", "X");
    }

    @Test
    void anUnknownCommand() throws Exception {
        assertUsageError("unknown command 'rnu'. Did you mean 'run'?", "rnu", "X.java");
        assertUsageError("Commands: run, help", "paint");
        assertUsageError("which command?");
    }

    @Test
    void help() throws Exception {
        var help = heddle("--help");

        assertThat(help.exitCode).isZero();
        assertThat(help.out).contains("heddle [-hV] COMMAND").contains("run   Run a Java program.");
        assertThat(heddle("run", "--help").out)
                .contains("FILE.java")
                .contains("--loops=N")
                .contains("HEDDLE_JAVA_OPTS");
    }

    @Test
    void version() throws Exception {
        var version = heddle("--version");

        assertThat(version.exitCode).isZero();
        assertThat(version.out).matches("Heddle \\d+\\.\\d+\\.\\d+(-SNAPSHOT)? on JDK 25\\S*\n");
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        program("Hi.java", "void main() { IO.println(\"hi\"); }");
        Path link = Files.createSymbolicLink(dir.resolve("link"), LAUNCHER);
        var heddle = launcher("run", "Hi.java");
        heddle.command().set(1, link.toString());

        assertThat(result(heddle.start())).isEqualTo(new Result(0, "hi\n", ""));
        Files.delete(link);
    }

    @Test
    void aHomeThatIsNoJdk25() throws Exception {
        var heddle = launcher("run", "Any.java");
        heddle.environment().put("HEDDLE_JAVA_HOME", dir.toString());

        var result = result(heddle.start());

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.err).contains("HEDDLE_JAVA_HOME is " + dir, "no JDK 25");
    }

    @Test
    void ctrlCGoesToTheProgram() throws Exception {
        program(
                "Sleeps.java",
                """
                void main() throws Exception {
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("bye")));
                    IO.println("ready");
                    Thread.sleep(60_000);
                }
                """);
        Process process = launcher("run", "Sleeps.java").start();
        try (var out = process.inputReader(UTF_8)) {
            assertThat(out.readLine()).isEqualTo("ready");
            // The launcher has become the JVM, so the process has one id from beginning to end.
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

            assertThat(process.waitFor(30, SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(out.readLine()).isEqualTo("bye");
        } finally {
            process.destroyForcibly();
        }
    }

    private void program(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text);
    }

    private void assertUsageError(String message, String... args) throws Exception {
        var result = heddle(args);

        assertThat(result.err).startsWith("heddle").contains(message).contains("--help");
        assertThat(result.exitCode).isEqualTo(2);
        assertThat(result.out).isEmpty();
    }

    private Result heddle(String... args) throws Exception {
        return result(launcher(args).start());
    }

    private ProcessBuilder launcher(String... args) {
        var command = new ArrayList<>(List.of("bash", LAUNCHER.toString()));
        command.addAll(List.of(args));
        var launcher = new ProcessBuilder(command).directory(dir.toFile());
        // What this build has packaged, never a Maven inside Maven; and not what the caller has
        // set.
        var environment = launcher.environment();
        environment.keySet().removeIf(name -> name.startsWith("HEDDLE_"));
        environment.put("HEDDLE_NO_BUILD", "1");
        environment.put("HEDDLE_JAVA_HOME", System.getProperty("java.home"));
        return launcher;
    }

    private static Result result(Process process) throws Exception {
        process.getOutputStream().close();
        try (var out = process.inputReader(UTF_8);
                var err = process.errorReader(UTF_8)) {
            var outText = out.readAllAsString();
            return new Result(process.waitFor(), outText, err.readAllAsString());
        } finally {
            process.destroyForcibly();
        }
    }
}
