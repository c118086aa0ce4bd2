package dev.heddle.testing.guide;

import dev.heddle.testing.Seeds;
import dev.heddle.testing.net.SimulatedNetwork;

import java.util.Random;

class CounterTest {

    @Seeds(200)
    void everyAddCountsOnce(SimulatedNetwork network, Random random) {
        CounterSimulation.run(network, random, CounterServer::rememberingRequests);
    }
}
