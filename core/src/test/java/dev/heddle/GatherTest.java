package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAll;
import static dev.heddle.Asyncio.gatherAllAsync;
import static dev.heddle.Asyncio.gatherAsync;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A gathering gives the results of all, in the order of the arguments. */
class GatherTest extends LoopFixture {

    private final Future<String> a = loop.createFuture();
    private final Future<String> b = loop.createFuture();
    private final Future<String> c = loop.createFuture();

    private Future<List<String>> gatherAbc() {
        return run(() -> gatherAsync(a, b, c));
    }

    @Test
    void resultsStandInTheOrderOfTheArguments() {
        Future<List<String>> all = gatherAbc();

        b.setResult("second");
        turns(2);
        c.setResult("third");
        turns(2);
        assertThat(all.done()).isFalse();
        a.setResult("first");
        turns(1);

        assertThat(all.result()).containsExactly("first", "second", "third");
    }

    @Test
    void nothingGatheredIsDoneAtOnce() {
        Future<List<Object>> all = run(() -> gatherAllAsync(List.of(), false));

        assertThat(all.done()).isTrue();
        assertThat(all.result()).isEmpty();
        assertThat(run(() -> gather(List.<Future<String>>of()))).isEmpty();
        assertThat(run(() -> gatherAll(List.of(), true))).isEmpty();
    }

    @Test
    void everythingDoneAlreadyIsDoneAtOnce() {
        a.setResult("a");
        b.setResult("b");

        Future<List<String>> all = run(() -> gatherAsync(a, b));

        assertThat(all.done()).isTrue();
        assertThat(all.result()).containsExactly("a", "b");
    }

    @Test
    void someDoneAlreadyAreNotWaitedFor() {
        a.setResult("a");
        Future<List<String>> all = gatherAbc();

        b.setResult("b");
        c.setResult("c");
        turns(1);

        assertThat(all.result()).containsExactly("a", "b", "c");
    }

    @Test
    void futureGivenTwiceStandsTwiceInTheResult() {
        Future<List<String>> all = run(() -> gatherAsync(a, b, b, a));

        a.setResult("a");
        b.setResult("b");
        turns(1);

        assertThat(all.result()).containsExactly("a", "b", "b", "a");
    }

    @Test
    void coroutineGivenTwiceRunsTwice() {
        var runs = new AtomicInteger();
        Coroutine<Integer> counting =
                () -> {
                    sleep(1);
                    return runs.incrementAndGet();
                };
        Coroutine<Integer> other = () -> 10;

        List<Integer> results = run(() -> gather(counting, counting, other, counting));

        assertThat(results).containsExactly(1, 2, 10, 3);
        assertThat(runs).hasValue(3);
    }

    @Test
    void nullIsAResult() {
        Future<List<String>> all = run(() -> gatherAsync(a, b));

        a.setResult(null);
        b.setResult("b");
        turns(1);

        assertThat(all.result()).isEqualTo(Arrays.asList(null, "b"));
    }

    @Test
    void coroutinesRunAtTheSameTime() {
        List<Double> ends =
                run(
                        () ->
                                gather(
                                        () -> sleep(3, 3.0) + 0 * loop.time(),
                                        () -> sleep(1, loop.time()),
                                        () -> {
                                            sleep(2);
                                            return loop.time();
                                        }));

        assertThat(ends).containsExactly(3.0, 0.0, 2.0);
        assertThat(loop.time()).isEqualTo(3);
    }

    @Test
    void coroutinesWithoutResultsAreGatheredToo() {
        var log = new ArrayList<String>();

        run(
                () ->
                        gather(
                                () -> {
                                    sleep(2);
                                    log.add("slow");
                                },
                                () -> {
                                    sleep(1);
                                    log.add("fast");
                                }));

        assertThat(log).containsExactly("fast", "slow");
    }

    @Test
    void tasksFuturesAndCoroutinesMayBeMixed() {
        loop.callLater(2, () -> a.setResult("future"));

        List<String> results =
                run(
                        () ->
                                gather(
                                        a,
                                        createTask(() -> sleep(1, "task")),
                                        (Coroutine<String>) () -> sleep(3, "coroutine"),
                                        (Awaitable<String>) () -> "awaitable"));

        assertThat(results).containsExactly("future", "task", "coroutine", "awaitable");
    }

    @Test
    void resultIsTheCallersOwn() {
        a.setResult("a");
        List<String> results = run(() -> gather(a));

        results.add("more");

        assertThat(results).containsExactly("a", "more");
    }

    @Test
    void futureOfAnotherLoopIsRefused() {
        EventLoop other = open(EventLoop.builder().clock(clock));
        Future<String> foreign = other.createFuture();

        run(
                () ->
                        assertThatIllegalArgumentException()
                                .isThrownBy(() -> gather(a, foreign))
                                .withMessageContaining("gather"));
    }

    @Test
    void coroutineBeforeAnArgumentThatIsRefusedDoesNotRun() {
        EventLoop other = open(EventLoop.builder().clock(clock));
        Future<String> foreign = other.createFuture();
        var log = new ArrayList<String>();
        Coroutine<String> coroutine =
                () -> {
                    log.add("ran");
                    return "result";
                };

        run(
                () -> {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> gather(coroutine, foreign));
                    sleep(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void nullIsNoAwaitable() {
        run(() -> assertThatNullPointerException().isThrownBy(() -> gather(a, null)));
    }

    @Test
    void gatheringNeedsARunningLoop() {
        assertThatIllegalStateException()
                .isThrownBy(() -> gatherAsync(a, b))
                .withMessageContaining("no running event loop");
    }
}
