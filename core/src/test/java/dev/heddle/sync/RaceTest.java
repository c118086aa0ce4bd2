package dev.heddle.sync;

import org.junit.jupiter.api.Test;

class RaceTest {

    @Test
    void lock() {
        Race.run(Race.PROGRAMS, WaitQueue::new, LockRace::new);
    }
}
