package dev.heddle.testing.net;

import java.net.InetSocketAddress;

/**
 * A packet of TCP. The first byte of each stream has the number 0; the end of the stream counts as
 * one byte more.
 */
final class Segment implements Packet {

    enum Type {
        SYN,
        SYN_ACK,
        DATA,
        FIN,
        /** Acknowledges, and has no number of its own. */
        ACK,
        /** Asks for an acknowledgement. */
        PROBE,
        RST
    }

    private static final int HEADERS = 40;
    static final byte[] NOTHING = {};

    private final InetSocketAddress from;
    private final InetSocketAddress to;
    final Type type;

    /** The number of the first byte. */
    final long number;

    final byte[] payload;

    /** The next byte that the sender of this expects; it has all before. */
    final long acknowledged;

    /** The first byte that it has no room for. */
    final long limit;

    final boolean again;

    Segment(
            InetSocketAddress from,
            InetSocketAddress to,
            Type type,
            long number,
            byte[] payload,
            long acknowledged,
            long limit,
            boolean again) {
        this.from = from;
        this.to = to;
        this.type = type;
        this.number = number;
        this.payload = payload;
        this.acknowledged = acknowledged;
        this.limit = limit;
        this.again = again;
    }

    /** A refusal, in answer to a packet that fits no socket. */
    static Segment reset(InetSocketAddress from, InetSocketAddress to) {
        return new Segment(from, to, Type.RST, 0, NOTHING, 0, 0, false);
    }

    /** Returns whether it only acknowledges. */
    boolean isBare() {
        return type == Type.ACK || type == Type.PROBE;
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
        String name =
                switch (type) {
                    case SYN_ACK -> "SYN-ACK";
                    case DATA -> "data";
                    default -> type.name();
                };
        return again ? name + " again" : name;
    }
}
