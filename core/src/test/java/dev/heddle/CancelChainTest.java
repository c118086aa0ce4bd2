package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;

/** Cancels that pass through many tasks, or come back to where they began. */
class CancelChainTest extends LoopFixture {

    @Test
    void cancelPassesThroughTenThousandTasks() {
        Future<Integer> future = loop.createFuture();
        var chain = new ArrayList<Task<Integer>>();
        chain.add(loop.createTask(() -> future.await()));
        for (int i = 1; i < 10_000; i++) {
            Task<Integer> previous = chain.getLast();
            chain.add(loop.createTask(() -> previous.await()));
        }
        turns(1);

        assertThat(chain.getLast().cancel()).isTrue();
        turns(chain.size());

        assertThat(future.cancelled()).isTrue();
        assertThat(chain).allMatch(Future::cancelled).allMatch(t -> t.cancelling() == 1);
    }

    @Test
    void resultPassesThroughTenThousandTasks() {
        Future<Integer> future = loop.createFuture();
        var chain = new ArrayList<Task<Integer>>();
        chain.add(loop.createTask(() -> future.await() + 1));
        for (int i = 1; i < 10_000; i++) {
            Task<Integer> previous = chain.getLast();
            chain.add(loop.createTask(() -> previous.await() + 1));
        }
        turns(1);

        future.setResult(0);

        assertThat(loop.runUntilComplete(chain.getLast())).isEqualTo(10_000);
    }

    @Test
    void cancelOfTwoTasksThatWaitForEachOtherEndsBoth() {
        var tasks = new ArrayList<Task<Void>>();
        tasks.add(loop.createTask(() -> tasks.get(1).await(), TaskOptions.DEFAULT));
        tasks.add(loop.createTask(() -> tasks.get(0).await(), TaskOptions.DEFAULT));
        turns(1);

        assertThat(tasks.get(0).cancel("deadlock")).isTrue();
        turns(3);

        assertThat(tasks).allMatch(Future::cancelled);
    }

    @Test
    void runnerEndsTasksThatWaitForEachOther() {
        var tasks = new ArrayList<Task<Void>>();
        var runner = new Runner(null, () -> open(EventLoop.builder().clock(clock)));

        try (runner) {
            runner.run(
                    () -> {
                        tasks.add(createTask(() -> tasks.get(1).await(), TaskOptions.DEFAULT));
                        tasks.add(createTask(() -> tasks.get(0).await(), TaskOptions.DEFAULT));
                        sleep(1);
                    });
        }

        assertThat(tasks).allMatch(Future::cancelled);
        assertThat(tasks.getFirst().getLoop().isClosed()).isTrue();
    }
}
