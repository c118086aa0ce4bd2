package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The same body in each loop of a group. */
class LoopGroupRunOnAllTest extends LoopGroupFixture {

    private final LoopGroup group = open(3);

    @Test
    void resultsComeInTheOrderOfTheLoops() {
        List<EventLoop> ran = group.runOnAll(() -> Asyncio.getRunningLoop());

        assertThat(ran).containsExactlyElementsOf(group.loops());
    }

    @Test
    void inATaskItSuspendsTheTaskAndNotItsLoop() {
        run(
                () -> {
                    var turn = new CountDownLatch(1);
                    createTask(() -> turn.countDown());

                    group.runOnAll(() -> turn.await()); // hangs if the loop stood still

                    assertThat(turn.getCount()).isZero();
                });
    }

    @Test
    void inATaskOfTheGroupItselfToo() {
        List<List<Integer>> results =
                LoopGroupRunOnAllTest.<List<List<Integer>>>inFirst(
                        group, () -> List.of(group.runOnAll(() -> 5)));

        assertThat(results).containsExactly(List.of(5, 5, 5));
    }

    private static <T> T inFirst(LoopGroup group, Coroutine<T> coroutine) {
        return group.loops().getFirst().runCoroutineThreadsafe(coroutine).join();
    }

    @Test
    void oneThatFailsEndsTheOthersAndIsThrownAsItIs() {
        var failure = new IOException("port taken");
        var others = new CountDownLatch(2);
        var cancelled = new AtomicInteger();

        assertThatThrownBy(
                        () ->
                                group.runOnAll(
                                        () -> {
                                            if (Asyncio.getRunningLoop() == group.loops().get(1)) {
                                                others.await();
                                                throw failure;
                                            }
                                            try {
                                                others.countDown();
                                                sleep(1000);
                                            } finally {
                                                cancelled.incrementAndGet();
                                            }
                                        }))
                .isSameAs(failure);

        assertThat(cancelled).hasValue(2);
        assertThat(group.runOnAll(() -> 1)).as("the group goes on").hasSize(3);
    }

    @Test
    void errorsOfTheOthersAreSuppressed() {
        var others = new CountDownLatch(2);

        assertThatThrownBy(
                        () ->
                                group.runOnAll(
                                        () -> {
                                            if (Asyncio.getRunningLoop() == group.loops().get(0)) {
                                                others.await();
                                                throw new IOException("first");
                                            }
                                            try {
                                                others.countDown();
                                                sleep(1000);
                                            } catch (CancelledError e) {
                                                throw new IOException("while ending");
                                            }
                                        }))
                .hasMessage("first")
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed())
                                        .extracting(Throwable::getMessage)
                                        .containsExactly("while ending", "while ending"));
    }

    @Test
    void cancelOfTheTaskCancelsAllAndWaitsForThem() {
        var begun = new CountDownLatch(3);
        var ended = new AtomicInteger();

        run(
                () -> {
                    var task =
                            createTask(
                                    () ->
                                            group.runOnAll(
                                                    () -> {
                                                        try {
                                                            begun.countDown();
                                                            sleep(1000);
                                                        } finally {
                                                            sleep(0.001);
                                                            ended.incrementAndGet();
                                                        }
                                                    }));
                    begun.await();
                    task.cancel();
                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);

                    assertThat(ended).hasValue(3);
                });
    }

    @Test
    void contextVariablesGoAlongFromAThread() {
        var user = ContextVar.of("user", "nobody");
        var context = new Context();

        List<String> seen =
                context.run(
                        () -> {
                            user.set("ada");
                            return group.runOnAll(() -> user.get());
                        });

        assertThat(seen).containsExactly("ada", "ada", "ada");
    }

    @Test
    void loopThatFailsEndsTheOthersAndItsErrorIsThrown() {
        var begun = new CountDownLatch(3);
        var interrupt = new KeyboardInterrupt();
        var cancelled = new AtomicInteger();
        Runnable fail =
                () -> {
                    throw interrupt;
                };

        assertThatThrownBy(
                        () ->
                                group.runOnAll(
                                        () -> {
                                            try {
                                                begun.countDown();
                                                begun.await();
                                                if (Asyncio.getRunningLoop()
                                                        == group.loops().get(2)) {
                                                    Asyncio.getRunningLoop().callSoon(fail);
                                                }
                                                sleep(1000);
                                            } finally {
                                                cancelled.incrementAndGet();
                                            }
                                        }))
                .isSameAs(interrupt);

        assertThat(cancelled).hasValue(3);
        assertThat(group.failure()).isSameAs(interrupt);
    }

    @Test
    void closedGroupEndsItWithCancelledError() {
        var begun = new CountDownLatch(3);

        assertThatThrownBy(
                        () ->
                                group.runOnAll(
                                        () -> {
                                            begun.countDown();
                                            begun.await();
                                            group.shutdown();
                                            sleep(1000);
                                        }))
                .isInstanceOf(CancelledError.class);
    }
}
