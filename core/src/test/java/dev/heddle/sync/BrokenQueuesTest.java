package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.sync.BrokenQueues.LastFirst;
import dev.heddle.sync.BrokenQueues.LosingTurns;
import dev.heddle.sync.BrokenQueues.NoPassOn;
import dev.heddle.sync.BrokenQueues.Overtaking;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** The races of {@link RaceTest} notice a wait queue that breaks a rule. */
class BrokenQueuesTest {

    private static final int ENOUGH = Race.PROGRAMS;

    private static Arguments broken(String what, WaitQueue.Maker queues, Race.Maker race) {
        return Arguments.argumentSet(what, queues, race);
    }

    static Stream<Arguments> brokenQueues() {
        return Stream.of(
                broken("lock, wake-up lost", NoPassOn::new, LockRace::new),
                broken("lock, overtaking", Overtaking::new, LockRace::new),
                broken("lock, last first", LastFirst::new, LockRace::new),
                broken("event, last first", LastFirst::new, EventRace::new),
                broken("condition, wake-up lost", NoPassOn::new, ConditionRace::new),
                broken("condition, overtaking", Overtaking::new, ConditionRace::new),
                broken("semaphore, wake-up lost", NoPassOn::new, SemaphoreRace::new),
                broken("semaphore, overtaking", Overtaking::new, SemaphoreRace::new),
                broken("semaphore, last first", LastFirst::new, SemaphoreRace::new),
                broken("queue, wake-up lost", NoPassOn::new, QueueRace::fifo),
                broken("queue, overtaking", Overtaking::new, QueueRace::fifo),
                broken("queue, last first", LastFirst::new, QueueRace::fifo),
                broken("queue, losing turns", LosingTurns::new, QueueRace::fifo),
                broken("channel, losing turns", LosingTurns::new, MemoryChannelRace::new),
                broken("priority queue, wake-up lost", NoPassOn::new, QueueRace::priority),
                broken("lifo queue, wake-up lost", NoPassOn::new, QueueRace::lifo),
                broken("limiter, wake-up lost", NoPassOn::new, CapacityLimiterRace::new),
                broken("limiter, overtaking", Overtaking::new, CapacityLimiterRace::new),
                broken("channel, wake-up lost", NoPassOn::new, MemoryChannelRace::new),
                broken("channel, overtaking", Overtaking::new, MemoryChannelRace::new),
                broken("channel, last first", LastFirst::new, MemoryChannelRace::new),
                broken("barrier, wake-up lost", NoPassOn::new, BarrierRace::new),
                broken("barrier, last first", LastFirst::new, BarrierRace::new));
    }

    @ParameterizedTest
    @MethodSource("brokenQueues")
    void raceFailsWithBrokenQueue(WaitQueue.Maker queues, Race.Maker race) {
        assertThatThrownBy(() -> Race.run(ENOUGH, queues, race))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("heddle.race.seed");
    }
}
