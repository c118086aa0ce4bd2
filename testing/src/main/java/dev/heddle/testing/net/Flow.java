package dev.heddle.testing.net;

import java.net.InetSocketAddress;

/** What tells the connections of a host apart. */
record Flow(InetSocketAddress local, InetSocketAddress remote) {

    static Flow of(Packet received) {
        return new Flow(received.to(), received.from());
    }

    Flow reversed() {
        return new Flow(remote, local);
    }
}
