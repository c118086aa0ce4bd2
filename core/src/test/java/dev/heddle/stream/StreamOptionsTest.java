package dev.heddle.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class StreamOptionsTest {

    @Test
    void wrongValuesAreNamedWithTheirLimits() {
        assertThatThrownBy(() -> StreamOptions.DEFAULT.withLimit(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit must be from 1 to 536870912 bytes, and is 0");
        assertThatThrownBy(() -> StreamOptions.DEFAULT.withLimit(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StreamOptions.DEFAULT.withReadTimeout(Duration.ZERO))
                .hasMessageContaining("readTimeout must be positive, or null");
        assertThatThrownBy(() -> StreamOptions.DEFAULT.withWriteTimeout(Duration.ofSeconds(-1)))
                .hasMessageContaining("writeTimeout");
        assertThatThrownBy(() -> StreamOptions.DEFAULT.withCloseTimeout(Duration.ZERO))
                .hasMessageContaining("closeTimeout");
    }

    @Test
    void everyCopyChangesOneThing() {
        StreamOptions options =
                StreamOptions.DEFAULT
                        .withLimit(1)
                        .withReadTimeout(Duration.ofSeconds(2))
                        .withWriteTimeout(Duration.ofSeconds(3))
                        .withCloseTimeout(Duration.ofSeconds(4));

        assertThat(options.limit()).isEqualTo(1);
        assertThat(options.readTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.writeTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.closeTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(options.withConnect(options.connect()).withServer(options.server()))
                .isEqualTo(options);
        assertThat(options.withoutTimeouts())
                .isEqualTo(
                        StreamOptions.DEFAULT
                                .withLimit(1)
                                .withReadTimeout(null)
                                .withWriteTimeout(null)
                                .withCloseTimeout(null));
    }

    @Test
    void aTimeIsWrittenInSeconds() {
        assertThat(StallTimer.seconds(Duration.ofMinutes(5))).isEqualTo("300");
        assertThat(StallTimer.seconds(Duration.ofMillis(1500))).isEqualTo("1.5");
        assertThat(StallTimer.seconds(Duration.ofNanos(1))).isEqualTo("0.000000001");
        assertThat(StallTimer.seconds(Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo("9223372036854775807");
    }
}
