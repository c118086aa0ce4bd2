package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.reactor.Clock;
import dev.heddle.reactor.CountingReactor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tasks of a group that are shielded from a scope around it. */
class CancelScopeGroupShieldTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    private void sleepLong(String name) {
        sleepAndLog(name, 100);
    }

    private void sleepAndLog(String name, double seconds) {
        try {
            sleep(seconds);
            log.add(name + " ended at " + loop.time());
        } catch (CancelledError e) {
            log.add(name + " cancelled at " + loop.time());
            throw e;
        }
    }

    private void shielded(String name, double seconds) {
        new CancelScope().shield(true).run(s -> sleepAndLog(name, seconds));
    }

    /** Runs a group in a scope that is cancelled at 1 s, and must catch that. */
    private void group(TaskGroup.VoidBody body) {
        run(
                () -> {
                    CancelScope scope = moveOnAfter(1, s -> taskGroup(body));

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(scope.tasks).isEmpty();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(0);
                });
    }

    @Test
    void shieldOfATaskHoldsAndTheGroupWaitsForIt() {
        group(
                group -> {
                    group.createTask(() -> shielded("task", 5));
                    sleepLong("body");
                });

        assertThat(log).containsExactly("body cancelled at 1.0", "task ended at 5.0");
    }

    @Test
    void shieldOfATaskHoldsWhenTheBodyIsCancelledLater() {
        group(
                group -> {
                    group.createTask(() -> shielded("task", 10));
                    shielded("body", 5);
                    sleepLong("body again");
                });

        assertThat(log)
                .containsExactly(
                        "body ended at 5.0", "body again cancelled at 5.0", "task ended at 10.0");
    }

    @Test
    void shieldedBodyKeepsItsOwnScopeButNotTheTasks() {
        run(
                () ->
                        moveOnAfter(
                                1,
                                s ->
                                        taskGroup(
                                                group -> {
                                                    group.createTask(() -> sleepLong("task"));
                                                    shielded("body", 5);
                                                })));

        assertThat(log).containsExactly("task cancelled at 1.0", "body ended at 5.0");
    }

    @Test
    void groupInAShieldedScopeIsShielded() {
        TaskGroup.VoidBody body = group -> group.createTask(() -> sleepAndLog("task", 5));

        run(() -> moveOnAfter(1, s -> new CancelScope().shield(true).run(t -> taskGroup(body))));

        assertThat(log).containsExactly("task ended at 5.0");
    }

    private static void cleanUp() throws IOException {
        try {
            sleep(100);
        } finally {
            throw new IOException("clean-up");
        }
    }

    @Test
    void failureInACancelledScopeDoesNotBreakTheShieldsOfTheOthers() {
        run(
                () -> {
                    var thrown =
                            catchThrowableOfType(
                                    ExceptionGroup.class,
                                    () ->
                                            moveOnAfter(
                                                    1,
                                                    s ->
                                                            taskGroup(
                                                                    group -> {
                                                                        group.createTask(
                                                                                () -> cleanUp());
                                                                        group.createTask(
                                                                                () ->
                                                                                        shielded(
                                                                                                "task",
                                                                                                5));
                                                                        shielded("body", 3);
                                                                    })));

                    assertThat(thrown.leaves()).hasSize(1);
                });

        assertThat(log).containsExactly("body ended at 3.0", "task ended at 5.0");
    }

    @Test
    void outsideCancelWhileShieldedTasksAreAwaitedCancelsThem() {
        run(
                () -> {
                    Task<?> host =
                            createTask(
                                    () ->
                                            moveOnAfter(
                                                    1,
                                                    s ->
                                                            taskGroup(
                                                                    group -> {
                                                                        group.createTask(
                                                                                () ->
                                                                                        shielded(
                                                                                                "task",
                                                                                                50));
                                                                        sleepLong("body");
                                                                    })));
                    loop.callLater(3, () -> host.cancel("outside"));
                    Asyncio.wait(List.of(host));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(host::result)
                            .withMessage("outside");
                });

        assertThat(log).containsExactly("body cancelled at 1.0", "task cancelled at 3.0");
    }

    @Test
    void awaitOfATaskOfTheGroupDoesNotBreakItsShield() {
        group(
                group -> {
                    Task<?> task = group.createTask(() -> shielded("task", 5));
                    try {
                        task.await();
                    } finally {
                        log.add("body cancelled at " + loop.time());
                        assertThat(task.cancelling()).isZero();
                        try {
                            task.await();
                        } finally {
                            assertThat(task.cancelling()).isZero();
                        }
                    }
                });

        assertThat(log).containsExactly("body cancelled at 1.0", "task ended at 5.0");
    }

    @Test
    void groupThatWaitsInACancelledScopeDoesNotKeepTheLoopBusy() {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().clock(Clock.virtual()).reactor(reactor));
        var polls = new ArrayList<Integer>();
        TaskGroup.VoidBody body =
                group -> {
                    group.createTask(() -> new CancelScope().shield(true).run(s -> sleep(50)));
                    for (int at : new int[] {2, 40}) {
                        counted.callLater(at, () -> polls.add(reactor.timeouts().size()));
                    }
                };

        counted.runUntilComplete(() -> moveOnAfter(1, s -> taskGroup(body)));

        assertThat(counted.time()).isEqualTo(50);
        assertThat(polls.get(1) - polls.get(0)).as("turns from 2 s to 40 s").isBetween(1, 3);
    }
}
