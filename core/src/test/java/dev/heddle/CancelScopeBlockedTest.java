package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/** A scope interrupts what is blocked in a call of the JDK. */
class CancelScopeBlockedTest extends LoopFixture {

    private static final long LONG = 1_000_000;

    private final List<String> log = new ArrayList<>();

    /** Runs a body in a scope, which is cancelled when it is blocked. */
    private CancelScope cancelledWhenBlocked(CancelScope.VoidBody body) {
        return run(
                () -> {
                    var scope = new CancelScope();
                    Task<?> host = currentTask();
                    Task<?> canceller =
                            createTask(
                                    () -> {
                                        while (!host.strand.isBlocked()) {
                                            sleep(0);
                                        }
                                        scope.cancel("enough");
                                    });
                    scope.run(body);
                    canceller.await();
                    assertThat(Thread.currentThread().isInterrupted()).isFalse();
                    Thread.sleep(1); // throws if an interrupt was left behind
                    return scope;
                });
    }

    @Test
    void blockedCallEndsAndTheScopeCatches() {
        CancelScope scope =
                cancelledWhenBlocked(
                        s -> {
                            Thread.sleep(LONG);
                            log.add("never");
                        });

        assertThat(scope.cancelledCaught()).isTrue();
        assertThat(scope.caught())
                .hasMessage("enough")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(log).isEmpty();
    }

    @Test
    void blockedCallInAnInnerScopeEndsTheOuterOne() {
        CancelScope scope =
                cancelledWhenBlocked(
                        s -> {
                            new CancelScope().run(inner -> Thread.sleep(LONG));
                            log.add("never");
                        });

        assertThat(scope.cancelledCaught()).isTrue();
        assertThat(log).isEmpty();
    }

    @Test
    void blockedCallOfATaskOfAGroupEnds() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.run(
                            s ->
                                    Asyncio.taskGroup(
                                            group -> {
                                                Task<?> task =
                                                        group.createTask(
                                                                () ->
                                                                        new LinkedBlockingQueue<>()
                                                                                .take());
                                                while (!task.strand.isBlocked()) {
                                                    sleep(0);
                                                }
                                                s.cancel();
                                                Asyncio.wait(List.of(task));
                                            }));

                    assertThat(scope.cancelledCaught()).isTrue();
                });
    }

    @Test
    void blockedCallInAShieldedScopeIsLeftAlone() {
        var latch = new CountDownLatch(1);
        run(
                () -> {
                    var scope = new CancelScope();
                    Task<?> host = currentTask();
                    createTask(
                            () -> {
                                while (!host.strand.isBlocked()) {
                                    sleep(0);
                                }
                                scope.cancel();
                                latch.countDown();
                            });
                    scope.run(
                            s -> {
                                new CancelScope().shield(true).run(inner -> latch.await());
                                log.add("behind the shield");
                                sleep(1);
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                });

        assertThat(log).containsExactly("behind the shield");
    }

    @Test
    void swallowedInterruptComesAsACancelAtTheNextWait() {
        CancelScope scope =
                cancelledWhenBlocked(
                        s -> {
                            try {
                                Thread.sleep(LONG);
                            } catch (InterruptedException e) {
                                log.add("swallowed");
                            }
                            sleep(1);
                            log.add("never");
                        });

        assertThat(scope.cancelledCaught()).isTrue();
        assertThat(log).containsExactly("swallowed");
    }

    @Test
    void otherErrorThatAnInterruptHasCausedPasses() {
        assertThatThrownBy(
                        () ->
                                cancelledWhenBlocked(
                                        s -> {
                                            try {
                                                Thread.sleep(LONG);
                                            } catch (InterruptedException e) {
                                                throw new IOException("own", e);
                                            }
                                        }))
                .hasMessage("own");
        turns(3);
    }

    @Test
    void callThatBlocksInACancelledScopeEndsAtOnce() {
        run(
                () -> {
                    var scope = new CancelScope();
                    scope.cancel("in advance");

                    scope.run(
                            s -> {
                                Thread.sleep(LONG);
                                log.add("never");
                            });

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(scope.caught()).hasMessage("in advance");
                    Thread.sleep(1);
                });

        assertThat(log).isEmpty();
    }

    @Test
    void cancelThatIsDueEndsACallThatBlocksOnlyThen() {
        run(
                () -> {
                    Task<?> task =
                            createTask(
                                    () -> {
                                        currentTask().cancel("by itself");
                                        new LinkedBlockingQueue<>().take();
                                    });
                    Asyncio.wait(List.of(task));

                    assertThatExceptionOfType(CancelledError.class)
                            .isThrownBy(task::result)
                            .withMessage("by itself");
                });
    }

    @Test
    void interruptThatCameTooLateIsNotLeftBehind() {
        var lock = new ReentrantLock();
        lock.lock(); // by this thread; tasks have their own

        Task<?> host =
                loop.createTask(
                        () -> {
                            var scope = new CancelScope();
                            log.add("locks");
                            scope.run(
                                    s -> {
                                        loop.callSoon(scope::cancel);
                                        lock.lock(); // cannot be interrupted
                                        lock.unlock();
                                    });
                            assertThat(scope.cancelCalled()).isTrue();
                            assertThat(scope.cancelledCaught()).isFalse();
                            Thread.sleep(1);
                            log.add("slept");
                        });
        turns(3);
        lock.unlock();
        loop.runUntilComplete(host);

        assertThat(log).containsExactly("locks", "slept");
    }

    @Test
    void shieldedCleanUpIsNotInterruptedByWhatCameBefore() {
        var lock = new ReentrantLock();
        lock.lock();

        Task<?> host =
                loop.createTask(
                        () -> {
                            var scope = new CancelScope();
                            scope.run(
                                    s -> {
                                        loop.callSoon(scope::cancel);
                                        try {
                                            lock.lock();
                                            lock.unlock();
                                        } finally {
                                            new CancelScope()
                                                    .shield(true)
                                                    .run(
                                                            cleanUp -> {
                                                                Thread.sleep(1);
                                                                log.add("cleaned up");
                                                            });
                                        }
                                        sleep(1);
                                    });
                            assertThat(scope.cancelledCaught()).isTrue();
                            Thread.sleep(1);
                        });
        turns(3);
        lock.unlock();
        loop.runUntilComplete(host);

        assertThat(log).containsExactly("cleaned up");
    }
}
