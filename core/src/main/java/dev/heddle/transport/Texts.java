package dev.heddle.transport;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;

/** How values are written in messages. */
final class Texts {

    private Texts() {}

    /** Returns {@code time} as people write it: {@code 30 s}, {@code 0.25 s}. */
    static String seconds(@Nullable Duration time) {
        if (time == null) {
            return "no limit";
        }
        BigDecimal seconds =
                BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
        return seconds.stripTrailingZeros().toPlainString() + " s";
    }
}
