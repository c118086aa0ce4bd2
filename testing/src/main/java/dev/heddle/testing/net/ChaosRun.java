package dev.heddle.testing.net;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Faults that happen at random; from {@link SimulatedNetwork#chaos}.
 *
 * <pre>
 * running ─► stopped
 * </pre>
 */
public final class ChaosRun {

    private static final long SLOW = 1000;

    /** One fault that lasts. */
    private final class Fault implements Runnable {

        private final Runnable undo;

        Fault(Runnable undo) {
            this.undo = undo;
        }

        @Override
        public void run() {
            if (lasting.remove(this)) {
                undo.run();
            }
        }
    }

    private final SimulatedNetwork network;
    private final Chaos chaos;
    private final List<Host> hosts;
    private final long length;
    private final LinkedHashSet<Fault> lasting = new LinkedHashSet<>();
    private boolean stopped;
    private int faults;

    ChaosRun(SimulatedNetwork network, Chaos chaos, List<Host> hosts, long length) {
        this.network = network;
        this.chaos = chaos;
        this.hosts = List.copyOf(hosts);
        this.length = length;
    }

    void begin() {
        network.timeline().after(length, this::stop);
        next();
    }

    private void next() {
        long pause = Math.max(1, chaos.every().nanos(network.random()));
        network.timeline().after(pause, this::step);
    }

    /** Ends it, and undoes the faults that last. Idempotent. */
    public void stop() {
        if (!stopped) {
            stopped = true;
            List.copyOf(lasting).forEach(Fault::run);
        }
    }

    /** Tells whether it is over. */
    public boolean isStopped() {
        return stopped;
    }

    /** Returns how many faults have happened so far. */
    public int faults() {
        return faults;
    }

    private void step() {
        if (stopped) {
            return;
        }
        if (hosts.size() > 1) {
            if (happens(chaos.partition())) {
                List<Host> two = two();
                network.partition(two.get(0), two.get(1));
                until(() -> network.heal(two.get(0), two.get(1)));
            }
            if (happens(chaos.oneWay())) {
                List<Host> two = two();
                network.partitionOneWay(two.get(0), two.get(1));
                until(() -> network.heal(two.get(0), two.get(1)));
            }
        }
        if (!hosts.isEmpty()) {
            if (happens(chaos.isolation())) {
                Host host = one();
                network.isolate(host);
                until(() -> network.rejoin(host));
            }
            if (happens(chaos.crash())) {
                Host host = one();
                if (!host.isCrashed()) {
                    network.crash(host);
                    until(() -> network.restart(host));
                }
            }
            if (happens(chaos.slowness())) {
                Host host = one();
                network.slowReader(host, SLOW);
                until(() -> network.slowReader(host, 0));
            }
        }
        if (happens(chaos.reset())) {
            List<SimulatedConnection> all = network.connections();
            if (!all.isEmpty()) {
                all.get(random().nextInt(all.size())).reset();
                faults++;
            }
        }
        if (happens(chaos.names())) {
            network.names().answers(false);
            until(() -> network.names().answers(true));
        }
        next();
    }

    private void until(Runnable undo) {
        faults++;
        var fault = new Fault(undo);
        lasting.add(fault);
        network.timeline().after(chaos.lasting().nanos(random()), fault);
    }

    private boolean happens(double probability) {
        return probability > 0 && random().nextDouble() < probability;
    }

    private Host one() {
        return hosts.get(random().nextInt(hosts.size()));
    }

    private List<Host> two() {
        var rest = new ArrayList<>(hosts);
        Host first = rest.remove(random().nextInt(rest.size()));
        return List.of(first, rest.get(random().nextInt(rest.size())));
    }

    private RandomGenerator random() {
        return network.random();
    }
}
