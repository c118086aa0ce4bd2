package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A call of the JDK that blocks suspends the task and not the loop, and whoever ends the wait,
 * wherever he runs, wakes the task.
 */
class JdkBlockingTest extends LoopFixture {

    static Stream<Arguments> everythingEverywhere() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        for (JdkPlace place : JdkPlace.values()) {
            for (JdkBlocking blocking : JdkBlocking.all()) {
                cases.add(Arguments.of(blocking, place));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}, released on {1}")
    @MethodSource("everythingEverywhere")
    void blocksTheTaskOnlyAndIsWokenFromAnywhere(JdkBlocking blocking, JdkPlace place)
            throws Exception {
        var actor = new JdkPlace.Actor(place, loop);
        try (blocking) {
            run(
                    () -> {
                        try (actor) {
                            actor.perform(blocking::hold);
                            Task<Void> task = loop.createTask(blocking::block);

                            int progress = 0;
                            while (progress < 5) {
                                sleep(0); // this task and the loop go on
                                if (task.strand.isBlocked()) {
                                    progress++;
                                }
                            }
                            assertThat(task.done()).isFalse();
                            assertThat(task.toString()).contains("blocked in the JDK");

                            actor.perform(blocking::release);
                            task.await();
                        }
                    });
        }
    }
}
