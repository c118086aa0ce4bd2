package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Random calls among three loops, with random cancels. However these race, a call ends after its
 * callee, and a cancel that was accepted ends its task.
 */
class LoopGroupCallRaceTest extends LoopGroupFixture {

    private static final int ROUNDS = 30;
    private static final int CALLS = 60;

    private final LoopGroup group = open(3);
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();

    @Test
    void noCancelAndNoResultIsLost() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            int base = seed * 1000;
            group.runOnAll(
                    () -> {
                        int index = group.loops().indexOf(Asyncio.getRunningLoop());
                        callAtRandom(new Random(base + index));
                    });
        }

        assertThat(cancelled).as("calls cancelled").hasPositiveValue();
        assertThat(completed).as("calls completed").hasPositiveValue();
        assertThat(cancelled.get() + completed.get()).isEqualTo(ROUNDS * CALLS * 3);
    }

    private void callAtRandom(Random random) {
        List<Task<?>> tasks = new ArrayList<>();
        List<Boolean> accepted = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            int id = i;
            var plan = new Random(random.nextLong());
            tasks.add(createTask(() -> callOnce(id, plan)));
            accepted.add(false);
            if (random.nextInt(3) == 0) {
                sleep(0);
            }
            if (random.nextBoolean()) {
                int which = random.nextInt(tasks.size());
                if (tasks.get(which).cancel()) {
                    accepted.set(which, true);
                }
            }
        }
        Asyncio.gatherAll(tasks, true);
        for (int i = 0; i < CALLS; i++) {
            Task<?> task = tasks.get(i);
            assertThat(task.cancelled()).as("end of %s", task).isEqualTo(accepted.get(i));
            if (!task.cancelled()) {
                assertThat(task.exception()).isNull();
            }
            (task.cancelled() ? cancelled : completed).incrementAndGet();
        }
    }

    private void callOnce(int id, Random plan) {
        var running = new AtomicBoolean();
        try {
            int result =
                    LoopGroup.call(
                            group.loops().get(plan.nextInt(3)), () -> callee(id, plan, running));
            assertThat(result).isEqualTo(id);
        } finally {
            assertThat(running).as("callee outlives its call").isFalse();
        }
        sleep(0); // where a cancel is thrown that came too late for the call
    }

    private int callee(int id, Random plan, AtomicBoolean running) {
        running.set(true);
        try {
            for (int i = plan.nextInt(4); i > 0; i--) {
                sleep(0);
            }
            if (plan.nextInt(4) == 0) {
                return LoopGroup.call(group.loops().get(plan.nextInt(3)), () -> sleep(0, id));
            }
            return id;
        } finally {
            try {
                if (plan.nextBoolean()) {
                    sleep(0);
                }
            } finally {
                running.set(false);
            }
        }
    }
}
