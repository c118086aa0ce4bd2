package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.reactor.CountingReactor;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Running until something is done, and stopping. */
class LoopRunTest extends LoopFixture {

    private final List<String> seen = new ArrayList<>();

    @Test
    void resultOfTheCoroutineIsReturned() {
        assertThat(run(() -> sleep(1, "done"))).isEqualTo("done");
        assertThat(loop.time()).isEqualTo(1);
    }

    @Test
    void errorOfTheCoroutineIsThrownAsTheSameObject() {
        var error = new TimeoutException("late");

        assertThatThrownBy(
                        () ->
                                run(
                                        () -> {
                                            throw error;
                                        }))
                .isSameAs(error);
    }

    @Test
    void futureThatIsAlreadyDoneIsRunToItsResult() {
        Future<String> future = loop.createFuture();
        future.setResult("there");

        assertThat(loop.runUntilComplete(future)).isEqualTo("there");
    }

    @Test
    void futureOfAnotherLoopIsRefused() {
        EventLoop other = open(EventLoop.builder());
        Future<String> future = other.createFuture();

        assertThatThrownBy(() -> loop.runUntilComplete(future))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("belongs to another loop");
    }

    @Test
    void stopEndsTheRunAfterTheCurrentTurn() {
        loop.callSoon(loop::stop);
        loop.callSoon(() -> seen.add("same turn"));
        loop.callSoon(() -> loop.callSoon(() -> seen.add("next run")));

        loop.runForever();

        assertThat(seen).containsExactly("same turn");

        loop.callSoon(loop::stop);
        loop.runForever();

        assertThat(seen).containsExactly("same turn", "next run");
    }

    @Test
    void stopBeforeTheRunMakesOneTurnThatDoesNotWait() {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().reactor(reactor));
        counted.callSoon(() -> seen.add("ready"));
        counted.callSoon(() -> counted.callSoon(() -> seen.add("later")));
        counted.stop();

        counted.runForever();

        assertThat(seen).containsExactly("ready");
        assertThat(reactor.timeouts()).containsExactly(0L);
    }

    @Test
    void stopBeforeTheRunCountsOnce() {
        loop.stop();
        loop.runForever();
        loop.callSoon(() -> loop.callSoon(loop::stop));

        loop.runForever(); // would miss the stop of its second turn if it made only one

        turns(1);
        assertThat(run(() -> sleep(1, "on"))).isEqualTo("on");
    }

    @Test
    void stopBeforeCompletionIsAnErrorAndTheTaskCanBeRunOn() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            loop.stop();
                            return sleep(5, "completed");
                        });

        assertThatThrownBy(() -> loop.runUntilComplete(task))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Event loop stopped before Future completed")
                .hasMessageContaining(task.getName());
        assertThat(task.done()).isFalse();
        assertThat(loop.runUntilComplete(task)).isEqualTo("completed");
    }

    @Test
    void callbackOfAnAbandonedRunDoesNotStopALaterOne() {
        Future<String> abandoned = loop.createFuture();
        loop.callSoon(loop::stop);
        assertThatThrownBy(() -> loop.runUntilComplete(abandoned))
                .isInstanceOf(IllegalStateException.class);

        abandoned.setResult("late");

        assertThat(run(() -> sleep(1, "whole"))).isEqualTo("whole");
    }

    @Test
    void callbackOfACompletedRunDoesNotStopALaterOne() {
        String first =
                run(
                        () -> {
                            loop.stop(); // the run ends before its own callback has had its turn
                            return "first";
                        });

        assertThat(first).isEqualTo("first");
        assertThat(run(() -> sleep(1, "second"))).isEqualTo("second");
    }

    @Test
    void interruptOfTheWaitingThreadStopsTheRunAndIsKept() {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().reactor(reactor));
        Thread loopThread = Thread.currentThread();
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        reactor.awaitAsleep();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                    loopThread.interrupt();
                                });

        counted.runForever();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(other).satisfies(Thread::join);
    }

    @Test
    void keyboardInterruptOfACallbackLeavesTheRunAndNothingIsLost() {
        loop.callSoon(
                () -> {
                    throw new KeyboardInterrupt();
                });
        loop.callSoon(() -> seen.add("rest of the batch"));

        assertThatThrownBy(loop::runForever).isInstanceOf(KeyboardInterrupt.class);
        assertThat(loop.isRunning()).isFalse();
        assertThat(seen).isEmpty();

        turns(1);

        assertThat(seen).containsExactly("rest of the batch");
    }

    @Test
    void keyboardInterruptOfTheMainTaskLeavesTheRunAndCountsAsRetrieved() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            throw new KeyboardInterrupt();
                        });

        assertThatThrownBy(() -> loop.runUntilComplete(task)).isInstanceOf(KeyboardInterrupt.class);

        assertThat(task.done()).isTrue();
        assertThat(run(() -> sleep(1, "no stop is pending"))).isEqualTo("no stop is pending");
    }

    @Test
    void isRunningIsTrueOnlyMeanwhile() {
        assertThat(loop.isRunning()).isFalse();
        loop.callSoon(() -> seen.add(String.valueOf(loop.isRunning())));

        turns(1);

        assertThat(seen).containsExactly("true");
        assertThat(loop.isRunning()).isFalse();
    }
}
