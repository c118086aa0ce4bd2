package dev.heddle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.MINUTES;

import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.runners.TestList;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the jcstress tests of this module: those named {@code *Test} must pass, and those named
 * {@code *BrokenTwin}, which have the fault that their test is there to find, must be caught.
 *
 * <p>Each run is a JVM of its own that forks more, and its log is in {@code target/jcstress}. A
 * build takes a quick look, one configuration of each test; {@code -Dheddle.stress=default} (or
 * tough, stress: jcstress's own presets) tries all that jcstress knows, which takes minutes a test.
 */
class StressSuiteTest {

    private static final String PRESET = System.getProperty("heddle.stress", "quick");
    private static final Path LOGS = Path.of("target", "jcstress").toAbsolutePath();

    /** jcstress pins its threads to processors by way of JNA. */
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    @Test
    void testsPass() throws Exception {
        assertThat(listed("Test")).isNotEmpty();

        var run = jcstress("Test");

        assertThat(run.exitCode).as(run.report()).isZero();
    }

    @Test
    void brokenTwinsAreCaught() throws Exception {
        assertThat(listed("BrokenTwin")).isNotEmpty();

        var run = jcstress("BrokenTwin");

        assertThat(run.failed())
                .as(run.report())
                .containsExactlyInAnyOrderElementsOf(listed("BrokenTwin"));
    }

    private record Run(int exitCode, String log) {

        String report() {
            return log.substring(Math.max(0, log.indexOf("RUN RESULTS")));
        }

        /** The tests that reached a forbidden state, as opposed to those that could not run. */
        List<String> failed() {
            assertThat(log).contains("Error tests: No matches.");
            return Pattern.compile("\\[FAILED] (\\S+)")
                    .matcher(report())
                    .results()
                    .map(match -> match.group(1))
                    .distinct()
                    .toList();
        }
    }

    private static Run jcstress(String suffix) throws IOException, InterruptedException {
        Files.createDirectories(LOGS);
        Path log = LOGS.resolve(suffix + ".log");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("org.openjdk.jcstress.Main", "-t", suffix + "$", "-r", suffix));
        command.addAll(effort());

        var process =
                new ProcessBuilder(command)
                        .directory(LOGS.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (PRESET.equals("quick")) {
                assertThat(process.waitFor(5, MINUTES)).as("ended in time; see " + log).isTrue();
            }
            return new Run(process.waitFor(), Files.readString(log));
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> effort() {
        var flags =
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(argument -> argument.startsWith("--add-"));
        var jvm = String.join(" ", Stream.concat(flags, Stream.of(NATIVE_ACCESS)).toList());
        return PRESET.equals("quick")
                ? List.of("-m", "quick", "-f", "1", "-fsm", "1", "-sc", "false", "-jvmArgs", jvm)
                : List.of("-m", PRESET, "-jvmArgsPrepend", jvm);
    }

    /**
     * The tests that jcstress's annotation processor found, whose names end with {@code suffix}.
     */
    private static List<String> listed(String suffix) {
        return TestList.tests().stream().filter(name -> name.endsWith(suffix)).toList();
    }
}
