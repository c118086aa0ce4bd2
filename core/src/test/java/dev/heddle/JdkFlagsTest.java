package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.generator.Generator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How a JVM must be started. */
@Timeout(120)
class JdkFlagsTest {

    /** Runs a coroutine, twice if the first attempt fails. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) {
            try {
                System.out.println(Asyncio.run(() -> Asyncio.sleep(0.001, "it runs")));
            } catch (Throwable first) {
                first.printStackTrace(System.out);
                System.out.println("second attempt");
                Asyncio.run(() -> "never");
            }
        }
    }

    /** Uses a generator, twice if the first attempt fails. */
    static final class GeneratorProgram {

        private GeneratorProgram() {}

        public static void main(String[] args) {
            try {
                System.out.println(first());
            } catch (Throwable first) {
                first.printStackTrace(System.out);
                System.out.println("second attempt");
                first();
            }
        }

        private static Object first() {
            return Generator.<String>produce(y -> y.yield("it runs")).next();
        }
    }

    /** Prints whether its loop is in debug mode. */
    static final class DebugProgram {

        private DebugProgram() {}

        public static void main(String[] args) {
            try (EventLoop loop = EventLoop.create()) {
                System.out.println("debug=" + loop.getDebug());
            }
        }
    }

    static Stream<Arguments> incomplete() {
        return Stream.of(
                Arguments.of(List.of(), Program.class),
                Arguments.of(List.of(JdkFork.EXPORTS), Program.class),
                Arguments.of(List.of(), GeneratorProgram.class),
                Arguments.of(List.of(JdkFork.OPENS), GeneratorProgram.class));
    }

    @ParameterizedTest
    @MethodSource("incomplete")
    void withoutTheFlagsEachUseSaysExactlyWhatToAdd(List<String> flags, Class<?> program)
            throws Exception {
        JdkFork.Outcome outcome = JdkFork.run(flags, Map.of(), program);

        assertThat(outcome.exitCode()).isEqualTo(1);
        String[] attempts = outcome.output().split("second attempt", 2);
        assertThat(attempts).hasSize(2);
        for (String attempt : attempts) {
            assertThat(attempt)
                    .contains("java " + JdkFork.OPENS + " " + JdkFork.EXPORTS)
                    .contains("<argLine>" + JdkFork.OPENS + " " + JdkFork.EXPORTS + "</argLine>")
                    .contains("Add-Opens: java.base/java.lang")
                    .contains("Add-Exports: java.base/jdk.internal.vm");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Program.class, GeneratorProgram.class})
    void withTheFlagsItRunsWithoutAWord(Class<?> program) throws Exception {
        JdkFork.Outcome outcome =
                JdkFork.run(List.of(JdkFork.OPENS, JdkFork.EXPORTS), Map.of(), program);

        assertThat(outcome.output().strip()).isEqualTo("it runs");
        assertThat(outcome.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1,true", "anything,true", "'',false"})
    void environmentVariableTurnsDebugModeOn(String value, boolean debug) throws Exception {
        JdkFork.Outcome outcome =
                JdkFork.run(
                        List.of(JdkFork.OPENS, JdkFork.EXPORTS),
                        Map.of("HEDDLE_DEBUG", value),
                        DebugProgram.class);

        assertThat(outcome.output().strip()).isEqualTo("debug=" + debug);
    }

    @Test
    void propertyGoesBeforeTheEnvironmentVariable() throws Exception {
        JdkFork.Outcome outcome =
                JdkFork.run(
                        List.of(JdkFork.OPENS, JdkFork.EXPORTS, "-Ddev.heddle.debug=false"),
                        Map.of("HEDDLE_DEBUG", "1"),
                        DebugProgram.class);

        assertThat(outcome.output().strip()).isEqualTo("debug=false");
    }
}
