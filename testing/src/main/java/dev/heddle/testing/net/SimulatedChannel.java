package dev.heddle.testing.net;

import org.jspecify.annotations.Nullable;

/** A channel of the network as its reactor sees it. */
interface SimulatedChannel {

    /** Returns the operations that are ready, as in {@link java.nio.channels.SelectionKey}. */
    int readiness();

    /** Returns the host that the channel is of. */
    Incarnation incarnation();

    /** Loses everything without a word to the network, since the host has crashed. */
    void vanish();

    /** Who watches it. */
    SimulatedReactor.@Nullable Watch watch();

    void watch(SimulatedReactor.@Nullable Watch watch);

    /** Tells the reactor that the readiness may have changed. */
    default void touch() {
        SimulatedReactor.Watch watch = watch();
        if (watch != null) {
            watch.look();
        }
    }
}
