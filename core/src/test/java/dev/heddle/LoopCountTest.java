package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What dev.heddle.loops may be. */
class LoopCountTest {

    @Test
    void withoutThePropertyThereIsOneLoop() {
        assertThat(LoopCount.parse(null)).isEqualTo(1);
    }

    @Test
    void numbersAndAutoAreTaken() {
        assertThat(LoopCount.parse("1")).isEqualTo(1);
        assertThat(LoopCount.parse("1024")).isEqualTo(1024);
        assertThat(LoopCount.parse("auto")).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "1025",
                "two",
                "1.5",
                "007",
                "+3",
                "99999999999",
                "AUTO",
                " 2"
            })
    void anythingElseIsRefusedWithTheLimits(String text) {
        assertThatThrownBy(() -> LoopCount.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dev.heddle.loops")
                .hasMessageContaining("1 to 1024")
                .hasMessageContaining("auto")
                .hasMessageContaining("'" + text + "'");
    }
}
