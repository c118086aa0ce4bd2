package dev.heddle.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what has failed, besides why: the system's errors do not name host, address or port. */
final class ConnectErrors {

    private ConnectErrors() {}

    /** Returns an error of the same class as {@code cause}, if that is one of the JDK's. */
    static IOException named(String what, Throwable cause) {
        String message = what + ": " + reason(cause);
        Class<?> type = cause.getClass();
        IOException e;
        if (type == ConnectException.class) {
            e = new ConnectException(message);
        } else if (type == NoRouteToHostException.class) {
            e = new NoRouteToHostException(message);
        } else if (type == BindException.class) {
            e = new BindException(message);
        } else if (type == SocketTimeoutException.class) {
            e = new SocketTimeoutException(message);
        } else if (cause instanceof SocketException) {
            e = new SocketException(message);
        } else {
            e = new IOException(message);
        }
        e.initCause(cause);
        return e;
    }

    /** Returns one error for several attempts; equal reasons are written once. */
    static IOException all(
            String target, List<InetAddress> addresses, List<? extends Throwable> errors) {
        var byReason = new LinkedHashMap<String, List<String>>();
        var suppressed = new ArrayList<IOException>();
        for (int i = 0; i < errors.size(); i++) {
            String address = addresses.get(i).getHostAddress();
            byReason.computeIfAbsent(reason(errors.get(i)), r -> new ArrayList<>()).add(address);
            suppressed.add(named("connect to %s (%s)".formatted(target, address), errors.get(i)));
        }
        var texts = new ArrayList<String>();
        for (Map.Entry<String, List<String>> entry : byReason.entrySet()) {
            texts.add(String.join(", ", entry.getValue()) + ": " + entry.getKey());
        }
        var all =
                new ConnectException(
                        "connect to %s: %s".formatted(target, String.join("; ", texts)));
        suppressed.forEach(all::addSuppressed);
        return all;
    }

    static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    static String familyOf(InetAddress address) {
        return address instanceof Inet4Address ? "IPv4" : "IPv6";
    }
}
