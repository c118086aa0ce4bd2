package dev.heddle;

import static dev.heddle.Asyncio.coroutine;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.generator.Generator;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Cancels reach generator-based coroutines where they yield, however deep they delegate. */
class GeneratorCoroutineCancelTest extends LoopFixture {

    private static final int DEPTH = 10_000;

    private final Future<Integer> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @Test
    void cancelIsThrownWhereItYields() {
        Task<Integer> task =
                loop.createTask(
                        coroutine(
                                y -> {
                                    try {
                                        return y.yieldFrom(future);
                                    } catch (CancelledError e) {
                                        log.add("cancelled: " + e.cancelMessage());
                                        throw e;
                                    }
                                }));
        turns(1);

        task.cancel("enough");
        turns(1);

        assertThat(log).containsExactly("cancelled: enough");
        assertThat(task.cancelled()).isTrue();
        assertThat(future.cancelled()).isTrue();
    }

    @Test
    void cancelPassesThroughSubGeneratorsFromTheInside() {
        GeneratorCoroutine<Integer> inner = noting("inner", coroutine(y -> y.yieldFrom(future)));
        GeneratorCoroutine<Integer> outer = noting("outer", inner);
        Task<Integer> task = loop.createTask(outer);
        turns(1);

        task.cancel();
        turns(1);

        assertThat(log).containsExactly("inner finally", "outer finally");
        assertThat(task.cancelled()).isTrue();
    }

    private GeneratorCoroutine<Integer> noting(String name, GeneratorCoroutine<Integer> body) {
        return coroutine(
                y -> {
                    try {
                        return y.yieldFrom(body);
                    } finally {
                        log.add(name + " finally");
                    }
                });
    }

    @Test
    void cleanUpMayYield() {
        Task<Integer> task =
                loop.createTask(
                        coroutine(
                                y -> {
                                    try {
                                        return y.yieldFrom(future);
                                    } finally {
                                        y.yieldFrom(GeneratorCoroutine.sleep(5));
                                        log.add("cleaned up at " + loop.time());
                                    }
                                }));
        turns(1);

        task.cancel();
        run(() -> Asyncio.wait(List.of(task)));

        assertThat(log).containsExactly("cleaned up at 5.0");
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void cancelMayBeRefused() {
        Task<Integer> task =
                loop.createTask(
                        coroutine(
                                y -> {
                                    try {
                                        return y.yieldFrom(future);
                                    } catch (CancelledError e) {
                                        return 42;
                                    }
                                }));
        turns(1);

        task.cancel();
        turns(1);

        assertThat(task.result()).isEqualTo(42);
    }

    @Test
    void sleepOfTheOldStyleLeavesNoTimer() {
        Task<Void> task = loop.createTask(GeneratorCoroutine.sleep(1000));
        turns(1);
        assertThat(loop.turn.nextDeadline()).isNotNull();

        task.cancel();
        turns(1);

        assertThat(task.cancelled()).isTrue();
        assertThat(loop.turn.nextDeadline()).isNull();
    }

    @Test
    void sleepOfTheOldStyleForNoTimeTakesATurn() {
        Task<Void> task = loop.createTask(GeneratorCoroutine.sleep(0));

        turns(1);
        assertThat(task.done()).isFalse();
        turns(2);

        assertThat(task.done()).isTrue();
        assertThat(loop.time()).isZero();
    }

    @Test
    void timeoutsApply() {
        run(
                () -> {
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> timeout(1, GeneratorCoroutine.sleep(10)));
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(() -> waitFor(GeneratorCoroutine.sleep(10), 1));
                    assertThat(loop.time()).isEqualTo(2);
                });
    }

    @Test
    void taskThatIsAwaitedIsCancelled() {
        run(
                () -> {
                    Task<Void> child = createTask(() -> sleep(100));
                    Task<Void> parent = createTask(coroutine(y -> y.yieldFrom(child)));
                    sleep(1);

                    parent.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(parent::await);
                    assertThat(child.cancelled()).isTrue();
                });
    }

    /** A coroutine that delegates to another, {@code depth} times, to one that waits. */
    private GeneratorCoroutine<Integer> deep(int depth) {
        return coroutine(y -> depth == 0 ? y.yieldFrom(future) : y.yieldFrom(deep(depth - 1)) + 1);
    }

    @Test
    void resultPassesThroughTenThousandDelegations() {
        Task<Integer> task = loop.createTask(deep(DEPTH));
        turns(1);

        future.setResult(0);
        turns(1);

        assertThat(task.result()).isEqualTo(DEPTH);
    }

    @Test
    void cancelPassesThroughTenThousandDelegations() {
        Task<Integer> task = loop.createTask(deep(DEPTH));
        turns(1);

        task.cancel("deep down");
        turns(1);

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("deep down");
    }

    @Test
    void closingTheLoopRunsTheFinallyBlocks() {
        Task<Integer> task =
                loop.createTask(noting("outer", noting("inner", coroutine(y -> y.yield(future)))));
        turns(1);

        loop.close();

        assertThat(log).containsExactly("inner finally", "outer finally");
        assertThat(task.cancelled()).isTrue();
        assertThat(takeError().message()).contains("pending");
    }

    @Test
    void generatorThatAnotherOneHasFinishedIsOver() {
        Generator<Object, Object, String> generator = Generator.of(y -> "end");
        run(
                () -> {
                    assertThat(GeneratorCoroutine.drive(generator)).isEqualTo("end");
                    assertThat(GeneratorCoroutine.drive(generator)).isNull();
                });
    }
}
