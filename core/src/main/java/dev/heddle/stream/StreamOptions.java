package dev.heddle.stream;

import dev.heddle.transport.ConnectOptions;
import dev.heddle.transport.ServerOptions;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of streams. A time that is null is without limit.
 *
 * @param limit bytes: how long what {@code readLine} and {@code readUntil} look for may be; if the
 *     reader has twice as many that nobody has read, the connection is not read any more
 * @param readTimeout how long a read may wait without a single byte from the peer; exact
 * @param writeTimeout how long a write may wait while the peer takes not a single byte; up to a
 *     quarter more
 * @param closeTimeout how long a close may take to send what was written; then the connection is
 *     aborted. The transport has a limit of its own, {@link
 *     dev.heddle.transport.TcpOptions#closeTimeout}: the shorter one counts
 * @param connect how to connect; for the client's side
 * @param server how to listen; for the server's side
 */
public record StreamOptions(
        int limit,
        @Nullable Duration readTimeout,
        @Nullable Duration writeTimeout,
        @Nullable Duration closeTimeout,
        ConnectOptions connect,
        ServerOptions server) {

    /** 64 KiB; 5 minutes to read, 1 to write, 30 s to close. */
    public static final StreamOptions DEFAULT =
            new StreamOptions(
                    64 * 1024,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(30),
                    ConnectOptions.DEFAULT,
                    ServerOptions.DEFAULT);

    private static final int HIGHEST_LIMIT = 1 << 29; // so that twice as much is an int

    /** Checks that the limit and the times are positive. */
    public StreamOptions {
        if (limit < 1 || limit > HIGHEST_LIMIT) {
            throw new IllegalArgumentException(
                    "limit must be from 1 to %d bytes, and is %d".formatted(HIGHEST_LIMIT, limit));
        }
        checkTime(readTimeout, "readTimeout");
        checkTime(writeTimeout, "writeTimeout");
        checkTime(closeTimeout, "closeTimeout");
        Objects.requireNonNull(connect, "connect");
        Objects.requireNonNull(server, "server");
    }

    private static void checkTime(@Nullable Duration time, String name) {
        if (time != null && !time.isPositive()) {
            throw new IllegalArgumentException(
                    "%s must be positive, or null for no limit, and is %s".formatted(name, time));
        }
    }

    /** Returns a copy with another limit, in bytes. */
    public StreamOptions withLimit(int newLimit) {
        return new StreamOptions(
                newLimit, readTimeout, writeTimeout, closeTimeout, connect, server);
    }

    /** Returns a copy with another time for reads; null for no limit. */
    public StreamOptions withReadTimeout(@Nullable Duration time) {
        return new StreamOptions(limit, time, writeTimeout, closeTimeout, connect, server);
    }

    /** Returns a copy with another time for writes; null for no limit. */
    public StreamOptions withWriteTimeout(@Nullable Duration time) {
        return new StreamOptions(limit, readTimeout, time, closeTimeout, connect, server);
    }

    /** Returns a copy with another time for the close; null for no limit. */
    public StreamOptions withCloseTimeout(@Nullable Duration time) {
        return new StreamOptions(limit, readTimeout, writeTimeout, time, connect, server);
    }

    /** Returns a copy without a limit of time for reads, writes and the close. */
    public StreamOptions withoutTimeouts() {
        return new StreamOptions(limit, null, null, null, connect, server);
    }

    /** Returns a copy with other options for the connect. */
    public StreamOptions withConnect(ConnectOptions options) {
        return new StreamOptions(limit, readTimeout, writeTimeout, closeTimeout, options, server);
    }

    /** Returns a copy with other options for the server. */
    public StreamOptions withServer(ServerOptions options) {
        return new StreamOptions(limit, readTimeout, writeTimeout, closeTimeout, connect, options);
    }
}
