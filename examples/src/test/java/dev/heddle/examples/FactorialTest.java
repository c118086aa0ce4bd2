package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class FactorialTest {

    @ParameterizedTest
    @ValueSource(strings = {"Factorial.java", "FactorialLoop.java", "FactorialGenerator.java"})
    void printsWhatTheProgramOfTheTalkPrintsInTheTimeOfTheLongestTask(String file)
            throws Exception {
        List<String> expected = expected();

        long begin = System.nanoTime();
        var process =
                new ProcessBuilder(ProgramRunner.command(file)).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(60, SECONDS).execute(process::destroyForcibly);
        var out = process.inputReader(UTF_8);
        var printed = new ArrayList<String>();
        printed.add(out.readLine());
        long firstLine = System.nanoTime(); // the JVM has started, and compiled the program
        out.lines().forEach(printed::add);
        int exitCode = process.waitFor();
        long end = System.nanoTime();

        assertThat(printed).isEqualTo(expected);
        assertThat(exitCode).isZero();
        // The tasks sleep for 1, 2 and 3 seconds: that is 6 for those who do it one after the
        // other.
        assertThat(Duration.ofNanos(end - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(Duration.ofNanos(end - firstLine)).isLessThan(Duration.ofSeconds(6));
    }

    private static List<String> expected() throws IOException {
        try (InputStream in = FactorialTest.class.getResourceAsStream("/factorial.expected.txt")) {
            return new String(in.readAllBytes(), UTF_8).lines().toList();
        }
    }
}
