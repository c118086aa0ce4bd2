package dev.heddle.testing.guide;

import dev.heddle.testing.Seeds;
import dev.heddle.testing.net.SimulatedNetwork;

import java.util.Random;

/** The plain server must fail this; so it is run by {@link PlantedBugTest}, or by name. */
class CounterBug {

    /** The trace of the last run. */
    static String trace = "";

    @Seeds(1000)
    void everyAddCountsOnce(SimulatedNetwork network, Random random) {
        try {
            CounterSimulation.run(network, random, CounterServer::new);
        } finally {
            trace = network.traceText();
        }
    }
}
