package dev.heddle.process;

import java.util.Locale;
import java.util.Set;

/** The names of signals, without SIG, which those may leave away who give us one. */
final class SignalNames {

    private static final Set<String> ALL =
            Set.of(
                    ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD"
                                    + " CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO"
                                    + " PWR SYS")
                            .split(" "));

    private SignalNames() {}

    /** Returns the name without SIG. */
    static String shortName(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.startsWith("SIG") ? upper.substring("SIG".length()) : upper;
    }

    /** Same, for one that can be sent. */
    static String checked(String name) {
        String shortName = shortName(name);
        if (!ALL.contains(shortName)) {
            throw new IllegalArgumentException(
                    "There is no signal '%s'. There are %s."
                            .formatted(name, String.join(", ", ALL.stream().sorted().toList())));
        }
        return shortName;
    }
}
