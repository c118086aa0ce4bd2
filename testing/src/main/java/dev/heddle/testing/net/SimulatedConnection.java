package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

/** A TCP connection between two hosts, for a test to look at and to break. */
public final class SimulatedConnection {

    private final SimulatedNetwork network;
    private final TcpEndpoint client;

    SimulatedConnection(SimulatedNetwork network, TcpEndpoint client) {
        this.network = network;
        this.client = client;
    }

    /** Returns the side that has asked for the connection. */
    public Place client() {
        return client.here();
    }

    /** Returns the side that was asked. */
    public Place server() {
        return client.there();
    }

    /** Tells whether it still is a connection for the client's side. */
    public boolean isOpen() {
        return client.isOpen();
    }

    /**
     * Breaks the connection, as a box on the way may do: both sides get a reset at once, and what
     * was under way is lost.
     */
    public void reset() {
        network.log().add(Kind.FAULT, client(), server(), "reset");
        TcpEndpoint server = serverSide();
        client.fail(TcpEndpoint.Failure.RESET);
        if (server != null) {
            server.fail(TcpEndpoint.Failure.RESET);
        }
    }

    boolean isBetween(Host one, Host other) {
        Host from = client.host();
        Host to = serverHost();
        return (from == one && to == other) || (from == other && to == one);
    }

    private @Nullable Host serverHost() {
        return network.wire().hostAt(client.remote.getAddress(), client.host());
    }

    private @Nullable TcpEndpoint serverSide() {
        Host host = serverHost();
        return host == null
                ? null
                : host.connections.get(new Flow(client.local, client.remote).reversed());
    }

    @Override
    public String toString() {
        return "SimulatedConnection(" + client + ")";
    }
}
