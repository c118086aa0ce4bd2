package dev.heddle.stream;

import java.util.Arrays;
import java.util.Comparator;

/** What a reader looks for: one separator, or several of which the one counts that ends first. */
final class Separators {

    /** The line feed. */
    static final Separators NEWLINE = new Separators(new byte[][] {{'\n'}});

    private final byte[][] shortestFirst;
    private final byte[] first;
    private int lengthFound;

    private Separators(byte[][] shortestFirst) {
        this.shortestFirst = shortestFirst;
        this.first = shortestFirst[0];
    }

    static Separators of(byte[][] separators) {
        if (separators.length == 0) {
            throw new IllegalArgumentException("readUntil needs a separator, and there is none");
        }
        for (byte[] separator : separators) {
            if (separator.length == 0) {
                throw new IllegalArgumentException(
                        "A separator must have a byte, and one is empty");
            }
        }
        if (separators.length == 1) {
            return new Separators(separators);
        }
        byte[][] sorted = separators.clone();
        Arrays.sort(sorted, Comparator.comparingInt(s -> s.length));
        return new Separators(sorted);
    }

    int longest() {
        return shortestFirst[shortestFirst.length - 1].length;
    }

    /** Returns where the first separator ends that stands at {@code from} or behind it, or -1. */
    int endOfFirst(ReadBuffer buffer, int from) {
        if (shortestFirst.length == 1) { // stateless, as NEWLINE is everybody's
            int at =
                    first.length == 1
                            ? buffer.indexOf(first[0], from)
                            : buffer.indexOf(first, from);
            return at < 0 ? -1 : at + first.length;
        }
        int nearest = -1;
        for (byte[] separator : shortestFirst) {
            int at = buffer.indexOf(separator, from);
            if (at >= 0 && (nearest < 0 || at + separator.length < nearest)) {
                nearest = at + separator.length;
                lengthFound = separator.length;
            }
        }
        return nearest;
    }

    /** Returns the length of the separator that {@link #endOfFirst} has found. */
    int lengthFound() {
        return shortestFirst.length == 1 ? first.length : lengthFound;
    }
}
