package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * Something that happened in a {@link SimulatedNetwork}.
 *
 * @param time in virtual time, since the network began
 * @param kind what it was
 * @param from who did it; null for a fault that concerns none
 * @param to whom it concerned; null if nobody else
 * @param what more about it, for people to read
 * @param size the bytes of the message; 0 if it has none
 * @param sent when the message was sent that arrived now; else null
 */
public record TraceEvent(
        Duration time,
        Kind kind,
        @Nullable Place from,
        @Nullable Place to,
        String what,
        int size,
        @Nullable Duration sent) {

    /** What can happen. */
    public enum Kind {
        /** A name was looked up. */
        RESOLVE,
        /** A server socket listens. */
        LISTEN,
        /** A connection is there, for the side that asked for it. */
        CONNECT,
        /** A connection was accepted by the program. */
        ACCEPT,
        /** A packet was sent. */
        SEND,
        /** A packet has arrived. */
        DELIVER,
        /** A packet is lost. */
        DROP,
        /** A socket was closed. */
        CLOSE,
        /** A connection has failed. */
        ERROR,
        /** The test, a script or chaos has done something to the network. */
        FAULT,
        /** The test has said something. */
        NOTE
    }

    /**
     * A host, and a port of it.
     *
     * @param port 0 for the host as a whole
     */
    public record Place(String host, int port) {

        @Override
        public String toString() {
            return port == 0 ? host : host + ":" + port;
        }
    }

    /** Returns one line: time, kind, from → to, what, size, and when it was sent. */
    @Override
    public String toString() {
        var line = new StringBuilder(80).append(seconds(time)).append(' ').append(kind);
        if (from != null) {
            line.append(' ').append(from);
        }
        if (to != null) {
            line.append(" → ").append(to);
        }
        if (!what.isEmpty()) {
            line.append(' ').append(oneLine(what));
        }
        if (size > 0) {
            line.append(' ').append(size).append(" bytes");
        }
        if (sent != null) {
            line.append(" sent ").append(seconds(sent));
        }
        return line.toString();
    }

    /** A remark of the test, or a name, may contain anything. */
    private static String oneLine(String text) {
        return text.chars().anyMatch(c -> c < ' ' || c == 0x7F)
                ? text.replaceAll("\\p{Cntrl}", "\uFFFD")
                : text;
    }

    /** Returns seconds with all nine places, independent of any locale. */
    static String seconds(Duration time) {
        String nanos = Integer.toString(time.getNano());
        return time.getSeconds() + "." + "0".repeat(9 - nanos.length()) + nanos;
    }
}
