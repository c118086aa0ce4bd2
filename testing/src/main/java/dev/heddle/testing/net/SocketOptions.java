package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The options that were set on a socket. */
final class SocketOptions {

    static final Set<SocketOption<?>> STREAM =
            set(
                    StandardSocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_KEEPALIVE,
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_LINGER,
                    StandardSocketOptions.TCP_NODELAY,
                    StandardSocketOptions.IP_TOS);

    static final Set<SocketOption<?>> SERVER =
            set(
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT);

    static final Set<SocketOption<?>> DATAGRAM =
            set(
                    StandardSocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_BROADCAST,
                    StandardSocketOptions.IP_TOS,
                    StandardSocketOptions.IP_MULTICAST_IF,
                    StandardSocketOptions.IP_MULTICAST_TTL,
                    StandardSocketOptions.IP_MULTICAST_LOOP);

    private final Set<SocketOption<?>> supported;
    private final Map<SocketOption<?>, @Nullable Object> values = new LinkedHashMap<>();

    SocketOptions(Set<SocketOption<?>> supported, int sendBuffer, int receiveBuffer) {
        this.supported = supported;
        values.put(StandardSocketOptions.SO_SNDBUF, sendBuffer);
        values.put(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
    }

    private static Set<SocketOption<?>> set(SocketOption<?>... options) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(options)));
    }

    Set<SocketOption<?>> supported() {
        return supported;
    }

    <T> void set(SocketOption<T> option, @Nullable T value) {
        check(option);
        if (value != null && !option.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value '" + value + "' for " + option);
        }
        if (value == null && option != StandardSocketOptions.IP_MULTICAST_IF) {
            throw new IllegalArgumentException("Invalid value 'null' for " + option);
        }
        if ((option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF)
                && (Integer) Objects.requireNonNull(value) <= 0) {
            throw new IllegalArgumentException("Invalid send/receive buffer size: " + value);
        }
        values.put(option, value);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only for an option whose default it is
    <T> T get(SocketOption<T> option) {
        check(option);
        Object value = values.get(option);
        if (value == null) {
            if (option.type() == Boolean.class) {
                value = false;
            } else if (option.type() == Integer.class) {
                value = option == StandardSocketOptions.SO_LINGER ? -1 : 0;
            }
        }
        return (T) value;
    }

    private void check(SocketOption<?> option) {
        if (!supported.contains(Objects.requireNonNull(option, "option"))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    boolean isOn(SocketOption<Boolean> option) {
        return Boolean.TRUE.equals(values.get(option));
    }

    int number(SocketOption<Integer> option, int fallback) {
        return values.get(option) instanceof Integer number ? number : fallback;
    }
}
