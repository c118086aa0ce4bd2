package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Carries packets from host to host, along the links, as far as these let them through. */
final class Wire {

    private record Way(Host from, Host to) {}

    private final NetworkOptions options;
    private final Timeline timeline;
    private final RandomGenerator random;
    private final TraceLog trace;
    private final Map<Way, Link> links = new LinkedHashMap<>();
    private final Map<InetAddress, Host> byAddress = new LinkedHashMap<>();
    private LinkOptions between;

    Wire(NetworkOptions options, Timeline timeline, RandomGenerator random, TraceLog trace) {
        this.options = options;
        this.timeline = timeline;
        this.random = random;
        this.trace = trace;
        this.between = options.link();
    }

    // ---------------------------------------------------------------- who is where

    void attach(Host host) {
        for (InetAddress address : host.addresses()) {
            Host other = byAddress.putIfAbsent(address, host);
            if (other != null) {
                throw new IllegalArgumentException(
                        "The address %s belongs to host %s already"
                                .formatted(address.getHostAddress(), other.name()));
            }
        }
    }

    /** Returns whose address it is, as seen from {@code near}. */
    @Nullable Host hostAt(InetAddress address, Host near) {
        return address.isLoopbackAddress() ? near : byAddress.get(address);
    }

    @Nullable Host hostAt(InetAddress address) {
        return byAddress.get(address);
    }

    Place place(InetSocketAddress address, Host near) {
        Host host =
                address.getAddress().isAnyLocalAddress()
                        ? near
                        : hostAt(address.getAddress(), near);
        return new Place(
                host == null ? address.getAddress().getHostAddress() : host.name(),
                address.getPort());
    }

    // ---------------------------------------------------------------- links

    Link link(Host from, Host to) {
        return links.computeIfAbsent(
                new Way(from, to), way -> new Link(from == to ? options.loopback() : between));
    }

    /** Sets what all links between hosts are like, also those that were set apart. */
    void linkAll(LinkOptions all) {
        between = all;
        links.forEach(
                (way, link) -> {
                    if (way.from != way.to) {
                        link.options = all;
                    }
                });
    }

    void healAll() {
        links.values().forEach(link -> link.cut = false);
    }

    boolean lets(Host from, Host to) {
        return from == to || !(link(from, to).cut || from.isIsolated() || to.isIsolated());
    }

    // ---------------------------------------------------------------- packets

    /**
     * Sends a packet.
     *
     * @param notBefore when the packet before it arrives, which it must not overtake
     * @return when it arrives, or would have if it had not been lost
     */
    long send(Host from, Packet packet, long notBefore) {
        long now = timeline.now();
        log(Kind.SEND, from, packet, packet.what(), null);
        Host to = hostAt(packet.to().getAddress(), from);
        if (to == null) {
            drop(from, packet, "no such host", null);
            return Math.max(now, notBefore);
        }
        Link link = link(from, to);
        boolean stream = packet instanceof Segment;
        if (!lets(from, to)) {
            drop(from, packet, "partition", null);
            return Math.max(now, notBefore);
        }
        if (!stream && link.isFull(now, packet.wireSize())) {
            drop(from, packet, "queue full", null);
            return Math.max(now, notBefore);
        }
        long departure = link.departure(now, packet.wireSize());
        if (link.loses(random)) {
            drop(from, packet, "loss", null);
            return Math.max(now, notBefore);
        }
        long arrival = departure + link.options.latency().nanos(random);
        if (stream) {
            arrival = Math.max(arrival, notBefore);
        } else {
            if (link.duplicates(random)) {
                deliver(from, to, packet, now, departure + link.options.latency().nanos(random));
            }
            arrival += link.holdUp(random);
        }
        deliver(from, to, packet, now, arrival);
        return arrival;
    }

    private void deliver(Host from, Host to, Packet packet, long sent, long arrival) {
        timeline.after(
                arrival - sent,
                () -> {
                    Duration then = Duration.ofNanos(sent);
                    if (!lets(from, to)) {
                        drop(from, packet, "partition", then);
                    } else if (to.isCrashed()) {
                        drop(from, packet, "host is down", then);
                    } else {
                        log(Kind.DELIVER, from, packet, packet.what(), then);
                        to.receive(from, packet);
                    }
                });
    }

    /**
     * Notes that a packet is lost.
     *
     * @param sent when it was sent; null for now, or if it had arrived and was dropped by the host
     */
    void drop(Host from, Packet packet, String why, @Nullable Duration sent) {
        log(Kind.DROP, from, packet, packet.what() + " (" + why + ")", sent);
    }

    private void log(Kind kind, Host from, Packet packet, String what, @Nullable Duration sent) {
        if (packet instanceof Segment segment && segment.isBare() && !options.traceAcks()) {
            return;
        }
        trace.add(
                kind,
                place(packet.from(), from),
                place(packet.to(), from),
                what,
                packet.size(),
                sent);
    }
}
