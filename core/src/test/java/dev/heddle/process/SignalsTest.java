package dev.heddle.process;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.CancelledError;
import dev.heddle.ContextVar;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Signals that this JVM sends itself; those that are not handled go to the test. */
@SuppressWarnings("sunapi")
class SignalsTest extends ProcessFixture {

    private final Semaphore unhandled = new Semaphore(0);
    private final SignalHandler ours = signal -> unhandled.release();
    private SignalHandler usr2Before;
    private SignalHandler winchBefore;

    @BeforeEach
    void takeSignals() {
        usr2Before = Signal.handle(new Signal("USR2"), ours);
        winchBefore = Signal.handle(new Signal("WINCH"), ours);
    }

    @AfterEach
    void giveSignalsBack() {
        Signal.handle(new Signal("USR2"), usr2Before);
        Signal.handle(new Signal("WINCH"), winchBefore);
    }

    private void assertUnhandled() throws InterruptedException {
        assertThat(unhandled.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void handlerRunsAsACallbackOfTheLoop() {
        run(
                () -> {
                    Future<String> where = createFuture();
                    Signals.addSignalHandler(
                            "USR2",
                            () ->
                                    where.setResult(
                                            EventLoop.runningOrNull()
                                                    + " "
                                                    + EventLoop.runningOrNull().currentTask()));
                    Signals.raise("USR2");

                    assertThat(await(where)).isEqualTo(loop + " null");
                    assertThat(Signals.removeSignalHandler("USR2")).isTrue();
                });
    }

    @Test
    void namesMayHaveSigAndBeInLowerCase() {
        run(
                () -> {
                    Future<Boolean> came = createFuture();
                    Signals.addSignalHandler("SIGUSR2", () -> came.setResult(true));
                    Signals.raise("sigusr2");
                    await(came);

                    assertThat(Signals.removeSignalHandler("usr2")).isTrue();
                });
    }

    @Test
    void removeTellsWhetherThereWasOneAndPutsTheOldOneBack() throws Exception {
        run(
                () -> {
                    assertThat(Signals.removeSignalHandler("USR2")).isFalse();
                    Signals.addSignalHandler("USR2", () -> {});
                    assertThat(Signals.removeSignalHandler("USR2")).isTrue();
                    assertThat(Signals.removeSignalHandler("USR2")).isFalse();
                });

        Signals.raise("USR2");
        assertUnhandled();
    }

    @Test
    void handlerReplacesTheOneBefore() {
        run(
                () -> {
                    List<String> called = new ArrayList<>();
                    Future<Boolean> came = createFuture();
                    Signals.addSignalHandler("USR2", () -> called.add("first"));
                    Signals.addSignalHandler("USR2", () -> came.setResult(called.add("second")));
                    Signals.raise("USR2");
                    await(came);

                    assertThat(called).containsExactly("second");
                    Signals.removeSignalHandler("USR2");
                });
    }

    @Test
    void handlerRunsInTheContextInWhichItWasAdded() {
        var colour = ContextVar.of("colour", "none");
        run(
                () -> {
                    Future<String> seen = createFuture();
                    colour.set("blue");
                    Signals.addSignalHandler("USR2", () -> seen.setResult(colour.get()));
                    colour.set("red");
                    Signals.raise("USR2");

                    assertThat(await(seen)).isEqualTo("blue");
                    Signals.removeSignalHandler("USR2");
                });
    }

    @Test
    void handlerThatThrowsIsReported() {
        run(
                () -> {
                    Future<Boolean> came = createFuture();
                    Signals.addSignalHandler(
                            "USR2",
                            () -> {
                                came.setResult(true);
                                throw new IllegalArgumentException("oh");
                            });
                    Signals.raise("USR2");
                    await(came);
                    Signals.removeSignalHandler("USR2");
                });

        assertThat(takeError().exception()).hasMessage("oh");
    }

    @Test
    void eachLoopGetsIt() throws Exception {
        EventLoop other = open();
        var ready = new CountDownLatch(1);
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        other.runUntilComplete(
                                                () -> {
                                                    Future<Boolean> came = createFuture();
                                                    Signals.addSignalHandler(
                                                            "USR2", () -> came.setResult(true));
                                                    ready.countDown();
                                                    await(came);
                                                }));
        ready.await();
        run(
                () -> {
                    Future<Boolean> came = createFuture();
                    Signals.addSignalHandler("USR2", () -> came.setResult(true));
                    Signals.raise("USR2");
                    await(came);
                    Signals.removeSignalHandler("USR2");
                });
        thread.join();

        assertThat(unhandled.availablePermits()).isZero();
        other.close();
        Signals.raise("USR2");
        assertUnhandled();
    }

    @Test
    void closingTheLoopPutsAllBack() throws Exception {
        run(
                () -> {
                    Signals.addSignalHandler("USR2", () -> {});
                    var _ = Signals.receive("USR2", "WINCH");
                });
        loop.close();

        Signals.raise("USR2");
        assertUnhandled();
        Signals.raise("WINCH");
        assertUnhandled();
    }

    @Test
    void whoHandlesItLaterKeepsIt() throws Exception {
        var theirs = new Semaphore(0);
        run(
                () -> {
                    Signals.addSignalHandler("USR2", () -> {});
                    Signal.handle(new Signal("USR2"), signal -> theirs.release());
                    Signals.removeSignalHandler("USR2");
                });

        Signals.raise("USR2");
        assertThat(theirs.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void signalsThatCannotBeHandledAreRefused() {
        run(
                () -> {
                    for (String name : List.of("KILL", "STOP", "SEGV", "NONSENSE", "")) {
                        assertThatThrownBy(() -> Signals.addSignalHandler(name, () -> {}))
                                .as(name)
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("USR1")
                                .hasMessageContaining("'" + name + "'");
                    }
                    assertThatThrownBy(() -> Signals.receive("USR2", "KILL"))
                            .isInstanceOf(IllegalArgumentException.class);
                    assertThatThrownBy(() -> Signals.receive())
                            .isInstanceOf(IllegalArgumentException.class);
                });
    }

    @Test
    void receiverWaitsForSignals() {
        run(
                () -> {
                    try (var signals = Signals.receive("USR2", "SIGWINCH")) {
                        var next = createTask(signals::next);
                        sleep(0);
                        assertThat(next.done()).isFalse();
                        Signals.raise("WINCH");
                        assertThat(await(next)).isEqualTo("WINCH");

                        Signals.raise("USR2");
                        for (String signal : signals) {
                            assertThat(signal).isEqualTo("USR2");
                            break;
                        }
                    }
                });
    }

    @Test
    void receiverKeepsEachSignalOnce() {
        run(
                () -> {
                    Future<Boolean> third = createFuture();
                    int[] count = {0};
                    try (var signals = Signals.receive("USR2", "WINCH")) {
                        Signals.addSignalHandler(
                                "USR2",
                                () -> {
                                    if (++count[0] == 3) {
                                        third.setResult(true);
                                    } else {
                                        Signals.raise("USR2");
                                    }
                                });
                        Signals.raise("USR2");
                        await(third);
                        sleep(0);
                        Signals.raise("WINCH");

                        assertThat(signals.next()).isEqualTo("USR2");
                        assertThat(signals.next()).isEqualTo("WINCH");
                    }
                    Signals.removeSignalHandler("USR2");
                });
    }

    @Test
    void closeEndsTheIteration() {
        run(
                () -> {
                    var signals = Signals.receive("USR2");
                    var waiting = createTask(signals::hasNext);
                    var other = createTask(signals::next);
                    sleep(0);
                    signals.close();
                    signals.close();

                    assertThat(await(waiting)).isFalse();
                    assertThatThrownBy(() -> await(other))
                            .isInstanceOf(NoSuchElementException.class);
                });
    }

    @Test
    void cancelOfAReceivingTaskLosesNoSignal() {
        run(
                () -> {
                    try (var signals = Signals.receive("USR2")) {
                        var cancelled = createTask(signals::next);
                        sleep(0);
                        cancelled.cancel();
                        assertThatThrownBy(() -> await(cancelled))
                                .isInstanceOf(CancelledError.class);

                        Signals.raise("USR2");
                        assertThat(signals.next()).isEqualTo("USR2");
                    }
                });
    }
}
