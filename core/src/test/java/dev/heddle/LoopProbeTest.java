package dev.heddle;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gatherAsync;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.sync.Lock;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LoopProbeTest extends LoopFixture {

    private final LoopProbe probe = LoopProbe.of(loop);

    // ---------------------------------------------------------------- idle

    @Test
    void idleWatchIsAskedBeforeTheClockJumps() {
        var asked = new ArrayList<String>();
        probe.onIdle(
                (next, outside) -> {
                    asked.add("%d of %d, %b".formatted(clock.nanoTime(), next, outside));
                    return -1;
                });

        run(
                () -> {
                    sleep(0);
                    sleep(1);
                    sleep(2);
                });

        assertThat(asked)
                .containsExactly("0 of 1000000000, false", "1000000000 of 3000000000, false");
    }

    @Test
    void idleWatchThatMakesSomethingReadyKeepsTheClockFromJumping() {
        var future = loop.<String>createFuture();
        probe.onIdle(
                (next, outside) -> {
                    probe.onIdle(null);
                    future.setResult("woken at " + clock.nanoTime());
                    return 0;
                });
        loop.callLater(5, () -> {}).cancel();

        assertThat(run(() -> future.await())).isEqualTo("woken at 0");
    }

    @Test
    void idleWatchMayHaveTheLoopWaitForAnotherThread() {
        var asked = new ArrayList<Long>();
        var future = loop.<String>createFuture();
        probe.onIdle(
                (next, outside) -> {
                    asked.add(next);
                    if (asked.size() == 1) {
                        onOtherThread(
                                () -> {
                                    loop.callSoonThreadsafe(() -> future.setResult("came"));
                                });
                    }
                    return 60_000_000_000L;
                });

        assertThat(run(() -> future.await())).isEqualTo("came");
        assertThat(asked).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void idleWatchIsToldOfJobsOutside() {
        var outsides = new ArrayList<Boolean>();
        probe.onIdle(
                (next, outside) -> {
                    outsides.add(outside);
                    return -1;
                });

        run(() -> loop.runInExecutor(null, () -> "job").await());

        assertThat(outsides).doesNotContain(false);
    }

    @Test
    void errorOfTheIdleWatchEndsTheRun() {
        probe.onIdle(
                (next, outside) -> {
                    probe.onIdle(null);
                    throw new IllegalStateException("deadlock");
                });
        var future = loop.<Void>createFuture();
        var task = loop.createTask(() -> future.await());

        assertThatThrownBy(() -> loop.runUntilComplete(task)).hasMessage("deadlock");
        assertThat(loop.isRunning()).isFalse();

        future.setResult(null);
        loop.runUntilComplete(task);
    }

    // ---------------------------------------------------------------- what is there

    @Test
    void timersAreListedInTheOrderInWhichTheyAreDue() {
        TimerHandle late = loop.callLater(2, () -> {});
        TimerHandle early = loop.callLater(1, () -> {});
        TimerHandle alsoEarly = loop.callLater(1, () -> {});
        loop.callLater(0.5, () -> {}).cancel();
        var sleeper = loop.createTask(() -> sleep(0.1));
        turns(1);

        assertThat(probe.pendingTimers().stream().map(LoopProbe.PendingTimer::handle))
                .containsExactly(early, alsoEarly, late);

        List.of(late, early, alsoEarly).forEach(Handle::cancel);
        loop.runUntilComplete(sleeper);
    }

    @Test
    void tasksTellWhatTheyWaitForAndWhoseTurnItIs() {
        run(
                () -> {
                    var lock = new Lock();
                    Future<Void> future = createFuture();
                    Task<Void> holder =
                            createTask(
                                    () ->
                                            lock.with(
                                                    () -> {
                                                        future.await();
                                                    }));
                    Task<Void> locked = createTask(() -> lock.with(() -> {}));
                    Task<Void> joiner = createTask(() -> locked.await());
                    Future<List<Void>> both = gatherAsync(holder, joiner);
                    Task<?> gatherer = createTask(() -> both.await());
                    sleep(0);
                    sleep(0);

                    assertThat(stateOf(holder).awaited()).isSameAs(future);
                    assertThat(probe.tasksBehind(stateOf(holder))).isEmpty();
                    assertThat(stateOf(locked).awaited()).hasToString(lock.toString());
                    assertThat(behind(locked)).isEqualTo(List.of(holder));
                    assertThat(behind(joiner)).isEqualTo(List.of(locked));
                    assertThat(behind(gatherer)).isEqualTo(List.of(holder, joiner));
                    assertThat(stateOf(Asyncio.currentTask()).awaited()).isNull();

                    future.setResult(null);
                    gatherer.await();
                });
    }

    private List<Task<?>> behind(Task<?> task) {
        return probe.tasksBehind(stateOf(task));
    }

    private LoopProbe.TaskState stateOf(Task<?> task) {
        return probe.tasks().stream().filter(s -> s.task() == task).findFirst().orElseThrow();
    }

    @Test
    void busyTurnsCountThoseThatRunSomething() {
        long before = probe.busyTurns();
        turns(3);
        assertThat(probe.busyTurns()).isEqualTo(before);

        loop.callSoon(() -> loop.callSoon(() -> {}));
        assertThat(probe.nothingReady()).isFalse();
        turns(3);

        assertThat(probe.busyTurns()).isEqualTo(before + 2);
        assertThat(probe.nothingReady()).isTrue();
    }

    @Test
    void unretrievedFailuresAreReportedOnDemandAndOnce() {
        var future = loop.<String>createFuture();
        future.setException(new IllegalStateException("nobody looks"));

        probe.reportUnretrieved();
        probe.reportUnretrieved();

        assertThat(takeError().exception()).hasMessage("nobody looks");
        assertThat(future.failure()).isNotNull(); // it has to live until here
    }
}
