package dev.heddle;

import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/**
 * The turn in which a cancel arrives, counted from 1. The numbers are those of CPython's asyncio,
 * where the same programs were run.
 */
class CancelTurnTest extends LoopFixture {

    private final Future<Integer> f = loop.createFuture();
    private final List<String> log = new ArrayList<>();
    private int turn;

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
    void childThatIsAwaited() {
        Task<Object> inner = start("inner", () -> f.await());
        start("outer", () -> inner.await());

        run(1);
        inner.cancel();
        run(5);

        assertThat(log).containsExactly("2: inner cancelled", "3: outer cancelled");
    }

    @Test
    void parentThatAwaits() {
        Task<Object> inner = start("inner", () -> f.await());
        Task<Object> outer = start("outer", () -> inner.await());

        run(1);
        outer.cancel();
        run(5);

        assertThat(log).containsExactly("2: inner cancelled", "3: outer cancelled");
    }

    @Test
    void gatheringOfSleepers() {
        Task<Object> task =
                start(
                        "gather",
                        () ->
                                gather(
                                        () -> start("one", () -> sleep(1000, 1)).await(),
                                        () -> sleep(1000, 2)));

        run(3);
        task.cancel();
        run(5);

        assertThat(log).containsExactly("4: one cancelled", "6: gather cancelled");
    }

    @Test
    void taskBeforeItsStart() {
        Task<Object> task = start("task", () -> 1);
        task.cancel();
        task.addDoneCallback(t -> note("callback"));
        start("waiter", () -> task.await());

        assertThat(task.done()).isFalse();
        run(1);
        assertThat(task.done()).isTrue();
        run(3);

        assertThat(log).containsExactly("1: waiter cancelled", "2: callback");
    }

    @Test
    void shieldingTask() {
        Task<Object> task = start("shield", () -> shield(f));

        run(1);
        task.cancel();
        run(5);

        assertThat(log).containsExactly("2: shield cancelled");
        assertThat(f.done()).isFalse();
    }

    @Test
    void taskThatCancelsItselfAndSleeps() {
        start("long", () -> cancelMyselfAnd(() -> sleep(100, 1)));
        start("short", () -> cancelMyselfAnd(() -> sleep(0, 1)));

        run(3);

        assertThat(log).containsExactly("2: long cancelled", "2: short cancelled");
    }

    @Test
    void taskThatCancelsItselfAndAwaits() {
        start("task", () -> cancelMyselfAnd(() -> f.await()));

        run(1);
        assertThat(f.cancelled()).isTrue();
        run(3);

        assertThat(log).containsExactly("2: task cancelled");
    }

    private static <T> T cancelMyselfAnd(Coroutine<T> next) throws Exception {
        currentTask().cancel();
        return next.await();
    }

    @Test
    void taskThatIsWokenAlready() {
        Task<Object> task = start("task", () -> f.await());

        run(1);
        f.setResult(1);
        assertThat(task.cancel()).isTrue();
        run(5);

        assertThat(log).containsExactly("2: task cancelled");
    }

    @Test
    void taskWhoseSleepIsOver() {
        Task<Object> task = start("task", () -> sleep(1, 1));
        loop.callLater(1, () -> note("callback cancels " + task.cancel()));

        run(1);
        clock.advance(java.time.Duration.ofSeconds(1));
        run(5);

        assertThat(log).containsExactly("2: callback cancels true", "3: task cancelled");
    }

    @Test
    void twiceBeforeItArrives() {
        Task<Object> task =
                start(
                        "task",
                        () -> {
                            try {
                                return f.await();
                            } catch (CancelledError e) {
                                note("caught " + e.cancelMessage());
                            }
                            return sleep(0, "end");
                        });

        run(1);
        task.cancel("first");
        task.cancel("second");
        run(5);

        assertThat(log).containsExactly("2: caught first", "3: task = end");
        assertThat(task.cancelling()).isEqualTo(2);
    }
}
