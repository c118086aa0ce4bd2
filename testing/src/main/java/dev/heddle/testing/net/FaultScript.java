package dev.heddle.testing.net;

import java.time.Duration;

/**
 * Faults at given times, written as a sentence; from {@link SimulatedNetwork#script}.
 *
 * <pre>{@code
 * net.script().at(ofSeconds(5)).partition(a, b).after(ofSeconds(10)).heal(a, b).crash(b);
 * }</pre>
 *
 * <p>What stands between two times happens at the first one, in order.
 */
public final class FaultScript {

    private final SimulatedNetwork network;
    private Duration time = Duration.ZERO;

    FaultScript(SimulatedNetwork network) {
        this.network = network;
        this.time = network.time();
    }

    /** Says when the next things happen, counted from the first turn of the loop. */
    public FaultScript at(Duration newTime) {
        time = newTime;
        return this;
    }

    /** Says how long after the things before the next ones happen. */
    public FaultScript after(Duration pause) {
        time = time.plus(pause);
        return this;
    }

    /** Does something. */
    public FaultScript run(Runnable action) {
        network.at(time, action);
        return this;
    }

    /** See {@link SimulatedNetwork#partition(Host, Host)}. */
    public FaultScript partition(Host one, Host other) {
        return run(() -> network.partition(one, other));
    }

    /** See {@link SimulatedNetwork#partitionOneWay}. */
    public FaultScript partitionOneWay(Host from, Host to) {
        return run(() -> network.partitionOneWay(from, to));
    }

    /** See {@link SimulatedNetwork#heal}. */
    public FaultScript heal(Host one, Host other) {
        return run(() -> network.heal(one, other));
    }

    /** See {@link SimulatedNetwork#healAll}. */
    public FaultScript healAll() {
        return run(network::healAll);
    }

    /** See {@link SimulatedNetwork#isolate}. */
    public FaultScript isolate(Host host) {
        return run(() -> network.isolate(host));
    }

    /** See {@link SimulatedNetwork#rejoin}. */
    public FaultScript rejoin(Host host) {
        return run(() -> network.rejoin(host));
    }

    /** See {@link SimulatedNetwork#crash}. */
    public FaultScript crash(Host host) {
        return run(() -> network.crash(host));
    }

    /** See {@link SimulatedNetwork#restart}. */
    public FaultScript restart(Host host) {
        return run(() -> network.restart(host));
    }

    /** Resets all connections between two hosts. */
    public FaultScript reset(Host one, Host other) {
        return run(() -> network.reset(one, other));
    }

    /** See {@link SimulatedNetwork#slowReader}. */
    public FaultScript slowReader(Host host, long bytesPerSecond) {
        return run(() -> network.slowReader(host, bytesPerSecond));
    }

    /** See {@link SimulatedNetwork#link}. */
    public FaultScript link(Host one, Host other, LinkOptions link) {
        return run(() -> network.link(one, other, link));
    }

    /** See {@link NameService#answers(boolean)}. */
    public FaultScript names(boolean answered) {
        return run(() -> network.names().answers(answered));
    }
}
