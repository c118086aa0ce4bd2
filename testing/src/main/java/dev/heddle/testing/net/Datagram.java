package dev.heddle.testing.net;

import java.net.InetSocketAddress;

/** A packet of UDP. */
final class Datagram implements Packet {

    private static final int HEADERS = 28;

    private final InetSocketAddress from;
    private final InetSocketAddress to;
    final byte[] payload;
    final boolean broadcast;

    Datagram(InetSocketAddress from, InetSocketAddress to, byte[] payload, boolean broadcast) {
        this.broadcast = broadcast;
        this.from = from;
        this.to = to;
        this.payload = payload;
    }

    @Override
    public InetSocketAddress from() {
        return from;
    }

    @Override
    public InetSocketAddress to() {
        return to;
    }

    @Override
    public int size() {
        return payload.length;
    }

    @Override
    public int wireSize() {
        return HEADERS + payload.length;
    }

    @Override
    public String what() {
        return "datagram";
    }
}
