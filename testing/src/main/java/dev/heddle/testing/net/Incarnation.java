package dev.heddle.testing.net;

import dev.heddle.ContextVar;

import org.jspecify.annotations.Nullable;

import java.net.SocketException;

/**
 * One life of a host, from its start to its crash. Code runs on a host by having its incarnation in
 * the context, which tasks and callbacks inherit; code of a host that has crashed since gets no
 * sockets any more.
 */
final class Incarnation {

    static final ContextVar<@Nullable Incarnation> CURRENT = ContextVar.of("simulated host", null);

    private final Host host;
    private boolean over;

    Incarnation(Host host) {
        this.host = host;
    }

    Host host() {
        return host;
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    void check() throws SocketException {
        if (over) {
            throw new SocketException(
                    "Network is down: the simulated host " + host.name() + " has crashed");
        }
    }
}
