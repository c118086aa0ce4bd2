package dev.heddle.reactor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The JDK's resolver, that is the system's. */
enum SystemResolver implements Resolver {
    INSTANCE;

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
        return List.of(InetAddress.getAllByName(host));
    }

    @Override
    public String reverse(InetAddress address) {
        return address.getCanonicalHostName();
    }

    @Override
    public boolean blocking() {
        return true;
    }
}
