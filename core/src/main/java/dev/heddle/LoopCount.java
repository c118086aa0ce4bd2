package dev.heddle;

import org.jspecify.annotations.Nullable;

/** How many loops a group has: what may be asked for, and what the command line has asked for. */
final class LoopCount {

    static final String PROPERTY = "dev.heddle.loops";
    static final int MOST = 1024;

    private static final String AUTO = "auto";

    private LoopCount() {}

    static int processors() {
        return Math.min(MOST, Runtime.getRuntime().availableProcessors());
    }

    static int check(int n) {
        if (n < 1 || n > MOST) {
            throw new IllegalArgumentException(
                    "A loop group must have 1 to %d loops, and not %d; one for each processor is %d"
                            .formatted(MOST, n, processors()));
        }
        return n;
    }

    /** Returns what the system property says, 1 if it says nothing. */
    static int configured() {
        return parse(System.getProperty(PROPERTY));
    }

    static int parse(@Nullable String text) {
        if (text == null) {
            return 1;
        }
        if (text.equals(AUTO)) {
            return processors();
        }
        if (text.matches("[1-9][0-9]{0,3}") && Integer.parseInt(text) <= MOST) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException(
                "%s must be a number of loops from 1 to %d, or auto for one on each processor,"
                                .formatted(PROPERTY, MOST)
                        + " and is '%s'".formatted(text));
    }
}
