package dev.heddle;

import static dev.heddle.Asyncio.asCompleted;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The turn in which each wait ends, counted from 1. The numbers are those of CPython's asyncio,
 * where the same programs were run.
 */
class TaskTurnTest extends LoopFixture {

    private final Future<Integer> f = loop.createFuture();
    private final Future<Integer> g = loop.createFuture();
    private final List<String> log = new ArrayList<>();
    private int turn;

    /** Starts a task that notes with what {@code coroutine} ends, and when. */
    private Task<Object> start(String name, Coroutine<?> coroutine) {
        return loop.createTask(
                () -> {
                    try {
                        Object result = coroutine.await();
                        note(name + " = " + result);
                        return result;
                    } catch (CancelledError e) {
                        note(name + " cancelled");
                        throw e;
                    } catch (Exception e) {
                        note(name + " failed");
                        return e;
                    }
                });
    }

    private void note(String what) {
        log.add(turn + ": " + what);
    }

    private void run(int turns) {
        for (int i = 0; i < turns; i++) {
            turn++;
            turns(1);
        }
    }

    @Test
    void future() {
        start("task", () -> f.await());

        run(1);
        f.setResult(1);
        run(5);

        assertThat(log).containsExactly("2: task = 1");
    }

    @Test
    void taskThatWaitsForATask() {
        Task<Object> inner = start("inner", () -> f.await());
        start("outer", () -> inner.await());

        run(1);
        f.setResult(1);
        run(5);

        assertThat(log).containsExactly("2: inner = 1", "3: outer = 1");
    }

    @Test
    void gathering() {
        start("gather", () -> gather(f, g));

        run(1);
        f.setResult(1);
        g.setResult(2);
        run(5);

        assertThat(log).containsExactly("3: gather = [1, 2]");
    }

    @Test
    void gatheringOfWhatIsDone() {
        f.setResult(1);
        start("gather", () -> gather(f, f));

        run(1);

        assertThat(log).containsExactly("1: gather = [1, 1]");
    }

    @Test
    void failedGathering() {
        start("gather", () -> gather(f, g));

        run(1);
        f.setException(new Exception());
        run(5);

        assertThat(log).containsExactly("3: gather failed");
    }

    @Test
    void waiting() {
        start("wait", () -> Asyncio.wait(List.of(f, g)).done().size());

        run(1);
        f.setResult(1);
        g.setResult(2);
        run(5);

        assertThat(log).containsExactly("3: wait = 2");
    }

    @Test
    void waitingForWhatIsDone() {
        f.setResult(1);
        start("wait", () -> Asyncio.wait(List.of(f)).done().size());

        run(5);

        assertThat(log).containsExactly("3: wait = 1");
    }

    @Test
    void waitingForTheFirstSeesWhoCameMeanwhile() {
        start("wait", () -> Asyncio.wait(List.of(f, g), ReturnWhen.FIRST_COMPLETED).done().size());

        run(1);
        f.setResult(1);
        run(1);
        g.setResult(2);
        run(5);

        assertThat(log).containsExactly("3: wait = 2");
    }

    @Test
    void waitingForNoTime() {
        var all = ReturnWhen.ALL_COMPLETED;
        start("wait", () -> Asyncio.wait(List.of(f), Duration.ZERO, all).done().size());

        run(5);

        assertThat(log).containsExactly("3: wait = 0");
    }

    @Test
    void waitForAFuture() {
        start("waitFor", () -> waitFor(f, 10));

        run(1);
        f.setResult(1);
        run(5);

        assertThat(log).containsExactly("2: waitFor = 1");
    }

    @Test
    void waitForNoTimeForATask() {
        start(
                "waitFor",
                () -> {
                    Task<Object> inner = start("inner", () -> sleep(1000, 1));
                    sleep(0);
                    return waitFor(inner, 0);
                });

        run(8);

        assertThat(log).containsExactly("3: inner cancelled", "5: waitFor failed");
    }

    @Test
    void shielding() {
        start("shield", () -> shield(f));

        run(1);
        f.setResult(1);
        run(5);

        assertThat(log).containsExactly("3: shield = 1");
    }

    @Test
    void asCompletedInBothForms() {
        start(
                "plain",
                () -> {
                    for (Awaitable<Integer> each : asCompleted(List.of(f, g))) {
                        note("plain " + each.await());
                    }
                    return "end";
                });
        start(
                "original",
                () -> {
                    for (Future<Integer> each : asCompleted(List.of(f, g)).futures()) {
                        note("original " + each.result());
                    }
                    return "end";
                });

        run(1);
        f.setResult(1);
        run(3);
        g.setResult(2);
        run(5);

        assertThat(log)
                .containsExactly(
                        "3: plain 1",
                        "3: original 1",
                        "6: plain 2",
                        "6: plain = end",
                        "6: original 2",
                        "6: original = end");
    }

    @Test
    void sleepOfZero() {
        start(
                "sleep",
                () -> {
                    for (int i = 0; i < 3; i++) {
                        sleep(0);
                        note("slept");
                    }
                    return "end";
                });

        run(5);

        assertThat(log).containsExactly("2: slept", "3: slept", "4: slept", "4: sleep = end");
    }

    @Test
    void timeoutOfZero() {
        start("long", () -> timeout(0, () -> sleep(1000, 1)));
        start("short", () -> timeout(0, () -> sleep(0, 1)));
        start("none", () -> timeout(0, () -> 1));

        run(5);

        assertThat(log).containsExactly("1: none = 1", "2: short failed", "3: long failed");
    }

    @Test
    void taskMadeByATaskStartsInTheNextTurn() {
        start(
                "parent",
                () -> {
                    createTask(() -> note("child"));
                    note("parent goes on");
                    return null;
                });

        run(3);

        assertThat(log).containsExactly("1: parent goes on", "1: parent = null", "2: child");
    }
}
