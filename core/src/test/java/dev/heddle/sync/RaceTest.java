package dev.heddle.sync;

import org.junit.jupiter.api.Test;

/** No wake-up is lost, no rule is broken, whenever tasks are cancelled: 100,000 programs each. */
class RaceTest {

    @Test
    void lock() {
        Race.run(Race.PROGRAMS, WaitQueue::new, LockRace::new);
    }

    @Test
    void event() {
        Race.run(Race.PROGRAMS, WaitQueue::new, EventRace::new);
    }

    @Test
    void condition() {
        Race.run(Race.PROGRAMS, WaitQueue::new, ConditionRace::new);
    }

    @Test
    void semaphore() {
        Race.run(Race.PROGRAMS, WaitQueue::new, SemaphoreRace::new);
    }

    @Test
    void barrier() {
        Race.run(Race.PROGRAMS, WaitQueue::new, BarrierRace::new);
    }

    @Test
    void queue() {
        Race.run(Race.PROGRAMS, WaitQueue::new, QueueRace::fifo);
    }

    @Test
    void priorityQueue() {
        Race.run(Race.PROGRAMS, WaitQueue::new, QueueRace::priority);
    }

    @Test
    void lifoQueue() {
        Race.run(Race.PROGRAMS, WaitQueue::new, QueueRace::lifo);
    }

    @Test
    void capacityLimiter() {
        Race.run(Race.PROGRAMS, WaitQueue::new, CapacityLimiterRace::new);
    }

    @Test
    void memoryChannel() {
        Race.run(Race.PROGRAMS, WaitQueue::new, MemoryChannelRace::new);
    }
}
