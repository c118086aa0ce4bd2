package dev.heddle.transport;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * In which order the addresses of a host are tried: the families take turns, so that a network on
 * which one of them does not work costs one attempt and not all of them. Source: RFC 8305, 4.
 */
final class AddressOrder {

    private AddressOrder() {}

    /**
     * Orders {@code addresses}, each family in the order given, beginning with that of the first.
     *
     * @param first how many of the first family come before the turns begin; 0: all as they are
     */
    static List<InetAddress> interleave(List<InetAddress> addresses, int first) {
        if (first == 0 || addresses.size() < 3) {
            return addresses;
        }
        Map<Class<?>, Queue<InetAddress>> families = new LinkedHashMap<>();
        for (InetAddress address : addresses) {
            families.computeIfAbsent(address.getClass(), c -> new ArrayDeque<>()).add(address);
        }
        var ordered = new ArrayList<InetAddress>(addresses.size());
        Queue<InetAddress> preferred = families.values().iterator().next();
        while (ordered.size() < first - 1 && !preferred.isEmpty()) {
            ordered.add(preferred.remove());
        }
        Collection<Queue<InetAddress>> left = families.values();
        while (ordered.size() < addresses.size()) {
            for (Queue<InetAddress> family : left) {
                InetAddress next = family.poll();
                if (next != null) {
                    ordered.add(next);
                }
            }
        }
        return ordered;
    }
}
