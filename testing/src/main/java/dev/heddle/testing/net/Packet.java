package dev.heddle.testing.net;

import java.net.InetSocketAddress;

/** What goes over the wire. */
sealed interface Packet permits Segment, Datagram, Unreachable {

    /** Who sends it. */
    InetSocketAddress from();

    /** Who gets it. */
    InetSocketAddress to();

    /** The bytes of the message in it. */
    int size();

    /** The bytes on the wire, headers included. */
    int wireSize();

    /** What it is, for people. */
    String what();
}
