package dev.heddle.reactor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a host's name.
 *
 * <p>One that is {@linkplain #blocking blocking} is called by a thread of the loop's default
 * executor. Another one is called in a task of the loop, and may suspend it.
 */
@FunctionalInterface
public interface Resolver {

    /**
     * Returns the addresses of {@code host}, the preferred one first, never none.
     *
     * @throws UnknownHostException if it has none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** Returns the name that belongs to {@code address}, or its literal if there is none. */
    default String reverse(InetAddress address) {
        return address.getHostAddress();
    }

    /** Tells whether it blocks its thread; false by default. */
    default boolean blocking() {
        return false;
    }

    /** Returns the JDK's own, which is blocking. */
    static Resolver system() {
        return SystemResolver.INSTANCE;
    }
}
