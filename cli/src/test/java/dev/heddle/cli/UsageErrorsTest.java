package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class UsageErrorsTest {

    private static final List<String> COMMANDS = List.of("ps", "pstree", "run", "serve");

    @ParameterizedTest
    @CsvSource({
        "rnu, run",
        "ru, run",
        "runn, run",
        "rum, run",
        "pstre, pstree",
        "sevre, serve",
        "p, ''",
        "xyz, ''",
        "xy, ''",
        "'', ''"
    })
    void nearest(String given, String expected) {
        assertThat(UsageErrors.nearest(given, COMMANDS).orElse("")).isEqualTo(expected);
    }
}
