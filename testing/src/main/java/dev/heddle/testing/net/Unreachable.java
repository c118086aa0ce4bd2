package dev.heddle.testing.net;

import java.net.InetSocketAddress;

/**
 * ICMP's answer to a datagram for a port that nobody has.
 *
 * @param from the port that nobody has
 * @param to who had sent the datagram
 */
record Unreachable(InetSocketAddress from, InetSocketAddress to) implements Packet {

    @Override
    public int size() {
        return 0;
    }

    @Override
    public int wireSize() {
        return 56;
    }

    @Override
    public String what() {
        return "port unreachable";
    }
}
