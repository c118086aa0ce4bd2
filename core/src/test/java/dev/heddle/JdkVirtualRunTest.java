package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.internal.Jdk;
import dev.heddle.reactor.CountingReactor;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** A virtual thread cannot carry others: a loop that is run on one gets a platform thread. */
class JdkVirtualRunTest extends LoopFixture {

    private static <T> T onVirtualThread(Callable<T> body) throws Throwable {
        var result = new CompletableFuture<T>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        result.complete(body.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @Test
    void runWorksOnAPlatformThreadOfItsOwn() throws Throwable {
        Thread carrier =
                onVirtualThread(
                        () ->
                                Asyncio.run(
                                        () -> {
                                            sleep(0.001);
                                            assertThat(Asyncio.currentTask()).isNotNull();
                                            return Jdk.get().currentCarrier();
                                        }));

        assertThat(carrier.isVirtual()).isFalse();
        assertThat(carrier.getName()).startsWith("heddle-loop-");
        carrier.join(); // it ends with the run
    }

    @Test
    void errorComesOutAsTheSameObject() {
        var error = new IOException("checked");

        Assertions.assertThatThrownBy(
                        () ->
                                onVirtualThread(
                                        () ->
                                                Asyncio.run(
                                                        () -> {
                                                            throw error;
                                                        })))
                .isSameAs(error);
    }

    @Test
    void loopKnowsThatItRunsThereAndNotOnTheCaller() throws Throwable {
        boolean seen =
                onVirtualThread(
                        () -> {
                            boolean inside = loop.runUntilComplete(() -> loop.onThread());
                            return inside && EventLoop.runningOrNull() == null;
                        });

        assertThat(seen).isTrue();
        assertThat(loop.isRunning()).isFalse();
    }

    @Test
    void loopCanBeRunOnAVirtualThreadAndThenOnAPlatformThread() throws Throwable {
        Task<String> task = loop.createTask(() -> sleep(10, "done"));

        String first = onVirtualThread(() -> loop.runUntilComplete(() -> sleep(5, "first")));

        assertThat(first).isEqualTo("first");
        assertThat(loop.runUntilComplete(task)).isEqualTo("done");
        assertThat(loop.time()).isEqualTo(10);
    }

    @Test
    void interruptOfTheVirtualThreadStopsTheLoop() throws InterruptedException {
        var reactor = new CountingReactor();
        EventLoop counted = open(EventLoop.builder().reactor(reactor));
        var flag = new AtomicReference<Boolean>();
        Thread runner =
                Thread.startVirtualThread(
                        () -> {
                            counted.runForever();
                            flag.set(Thread.currentThread().isInterrupted());
                        });
        reactor.awaitAsleep();

        runner.interrupt();

        runner.join();
        assertThat(flag).hasValue(true);
        assertThat(counted.isRunning()).isFalse();
    }

    @Test
    void manyVirtualThreadsRunLoopsAtTheSameTime() throws Throwable {
        CompletableFuture<?>[] runs = new CompletableFuture<?>[8];
        for (int i = 0; i < runs.length; i++) {
            int number = i;
            var result = new CompletableFuture<Integer>();
            runs[i] = result;
            Thread.startVirtualThread(
                    () -> result.complete(Asyncio.run(() -> sleep(0.001, number))));
        }

        for (int i = 0; i < runs.length; i++) {
            assertThat(runs[i].get()).isEqualTo(i);
        }
    }
}
