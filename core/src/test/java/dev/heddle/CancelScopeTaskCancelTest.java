package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.moveOnAfter;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Task.cancel in scopes: it passes all borders, and its count is kept. */
class CancelScopeTaskCancelTest extends LoopFixture {

    private final List<String> log = new ArrayList<>();

    /** Runs a task that somebody cancels at 1 s. */
    private Task<?> cancelled(VoidCoroutine body) {
        return run(
                () -> {
                    Task<?> task = createTask(body);
                    loop.callLater(1, () -> task.cancel("outside"));
                    Asyncio.wait(List.of(task));
                    return task;
                });
    }

    private static void assertCancelled(Task<?> task) {
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("outside");
        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
    }

    @Test
    void cancelPassesScopesThatAreNotCancelled() {
        Task<?> task = cancelled(() -> moveOnAfter(50, a -> moveOnAfter(50, b -> sleep(100))));

        assertCancelled(task);
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void cancelPassesShields() {
        Task<?> task = cancelled(() -> new CancelScope().shield(true).run(s -> sleep(100)));

        assertCancelled(task);
    }

    @Test
    void cancelAtTheSameTimeAsTheScopePasses() {
        Task<?> task = cancelled(() -> moveOnAfter(1, s -> sleep(100)));

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
    }

    @Test
    void cancelInTheCleanUpOfACancelledScopePasses() {
        Task<?> task =
                cancelled(
                        () ->
                                moveOnAfter(
                                        0.5,
                                        s -> {
                                            try {
                                                sleep(100);
                                            } finally {
                                                new CancelScope().shield(true).run(c -> sleep(50));
                                            }
                                        }));

        assertCancelled(task);
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void cancelThatIsSwallowedAndTakenBackLeavesTheScopeItsOwn() {
        run(
                () -> {
                    Task<?> self = currentTask();
                    loop.callLater(1, () -> self.cancel());
                    CancelScope scope =
                            moveOnAfter(
                                    5,
                                    s -> {
                                        try {
                                            sleep(100);
                                        } catch (CancelledError e) {
                                            self.uncancel();
                                        }
                                        sleep(100);
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(loop.time()).isEqualTo(5);
                });
    }

    @Test
    void scopeInTheCleanUpOfACancelledTaskCatchesItsOwn() {
        Task<?> task =
                cancelled(
                        () -> {
                            try {
                                sleep(100);
                            } finally {
                                CancelScope scope = moveOnAfter(5, s -> sleep(100));
                                log.add("caught: " + scope.cancelledCaught());
                                sleep(1);
                            }
                        });

        assertCancelled(task);
        assertThat(log).containsExactly("caught: true");
        assertThat(loop.time()).isEqualTo(7);
    }

    @Test
    void cancelThatIsDueAtTheEntryPassesACancelledScope() {
        run(
                () -> {
                    Task<?> task =
                            createTask(
                                    () -> {
                                        currentTask().cancel("by itself");
                                        var scope = new CancelScope();
                                        scope.cancel();
                                        scope.run(s -> sleep(1));
                                        log.add("behind the scope");
                                    });
                    Asyncio.wait(List.of(task));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::result)
                            .withMessage("by itself");
                });

        assertThat(log).isEmpty();
    }

    @Test
    void timeoutInACancelledScopeLeavesTheErrorToTheScope() {
        run(
                () -> {
                    CancelScope scope =
                            moveOnAfter(
                                    1,
                                    s -> {
                                        timeout(
                                                0.5,
                                                () -> {
                                                    try {
                                                        sleep(100);
                                                    } finally {
                                                        new CancelScope()
                                                                .shield(true)
                                                                .run(c -> sleep(2));
                                                    }
                                                });
                                        log.add("behind the timeout");
                                    });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void timeoutAroundACancelledScopeOutranksIt() {
        run(
                () -> {
                    Throwable thrown =
                            catchThrowable(
                                    () ->
                                            timeout(
                                                    1,
                                                    () -> {
                                                        moveOnAfter(1, s -> sleep(100));
                                                        log.add("behind the scope");
                                                    }));

                    assertThat(thrown).isInstanceOf(TimeoutException.class);
                    assertThat(currentTask().cancelling()).isZero();
                    sleep(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void outsideCancelThatIsDueWhenATimeoutIsEnteredIsNotTakenForIt() {
        run(
                () -> {
                    Task<?> task =
                            createTask(
                                    () -> {
                                        currentTask().cancel("by itself");
                                        timeout(0, () -> sleep(1));
                                    });
                    Asyncio.wait(List.of(task));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::result)
                            .withMessage("by itself");
                    assertThat(task.cancelling()).isEqualTo(1);
                });
    }
}
