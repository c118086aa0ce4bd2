package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** callSoonThreadsafe: the order, and handles that another thread can cancel. */
class HandleThreadsafeTest extends LoopFixture {

    private final List<Object> seen = new ArrayList<>();

    @Test
    void whatAnotherThreadHasQueuedBeforeComesFirst() {
        onOtherThread(() -> loop.callSoonThreadsafe(() -> seen.add("hello")));
        loop.callSoon(() -> seen.add("world"));

        turns(1);

        assertThat(seen).containsExactly("hello", "world");
    }

    @Test
    void foreignCallbacksStandInTheQueueInTheOrderOfArrival() {
        loop.callSoon(
                () -> {
                    loop.callSoon(() -> seen.add(1));
                    onOtherThread(() -> loop.callSoonThreadsafe(() -> seen.add(2)));
                    loop.callSoonThreadsafe(() -> seen.add(3));
                    onOtherThread(() -> loop.callSoonThreadsafe(() -> seen.add(4)));
                    loop.callSoon(() -> seen.add(5));
                });

        turns(2);

        assertThat(seen).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void eachThreadsCallbacksKeepTheirOrder() {
        List<Thread> threads = new ArrayList<>();
        List<List<Integer>> byThread = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            List<Integer> ran = new ArrayList<>();
            byThread.add(ran);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < 1000; i++) {
                                            int number = i;
                                            loop.callSoonThreadsafe(() -> ran.add(number));
                                        }
                                    }));
        }

        run(
                () -> {
                    while (byThread.stream().mapToInt(List::size).sum() < 4000) {
                        sleep(0);
                    }
                });

        assertThat(byThread).allSatisfy(ran -> assertThat(ran).hasSize(1000).isSorted());
        assertThat(threads).allSatisfy(Thread::join);
    }

    @Test
    void virtualThreadsOffTheLoopMayCallToo() throws InterruptedException {
        Thread.startVirtualThread(() -> loop.callSoonThreadsafe(() -> seen.add("virtual"))).join();

        turns(1);

        assertThat(seen).containsExactly("virtual");
    }

    @Test
    void cancelFromAnotherThreadPreventsACallbackThatHasNotStarted() {
        Handle handle = loop.callSoonThreadsafe(() -> seen.add("ran"));

        onOtherThread(
                () -> {
                    handle.cancel();
                    handle.cancel();
                });

        assertThat(handle.cancelled()).isTrue();
        turns(1);
        assertThat(seen).isEmpty();
    }

    @Test
    void submitterCanTakeItsCallbackBack() {
        loop.callSoon(
                () ->
                        onOtherThread(
                                () -> {
                                    Handle handle =
                                            loop.callSoonThreadsafe(() -> seen.add("first"));
                                    loop.callSoonThreadsafe(() -> seen.add("second"));
                                    handle.cancel();
                                }));

        turns(2);

        assertThat(seen).containsExactly("second");
    }

    @Test
    void cancelWhileTheCallbackRunsWaitsForItsEnd() throws InterruptedException {
        assertWaitsForTheEnd(Handle::cancel);
    }

    @Test
    void cancelledWhileTheCallbackRunsWaitsForItsEnd() throws InterruptedException {
        assertWaitsForTheEnd(Handle::cancelled);
    }

    private void assertWaitsForTheEnd(java.util.function.Consumer<Handle> query)
            throws InterruptedException {
        var handle = new CompletableFuture<Handle>();
        var running = new CountDownLatch(1);
        var endedBefore = new AtomicReference<Boolean>();
        var ended = new AtomicReference<>(false);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        running.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                    query.accept(handle.join());
                                    endedBefore.set(ended.get());
                                });
        handle.complete(
                loop.callSoonThreadsafe(
                        () -> {
                            running.countDown();
                            while (other.isAlive() && other.getState() != Thread.State.WAITING) {
                                Thread.onSpinWait(); // until it waits for the handle's lock
                            }
                            seen.add("ran");
                            ended.set(true);
                        }));

        turns(1);

        other.join();
        assertThat(seen).containsExactly("ran");
        assertThat(endedBefore).hasValue(true);
    }

    @Test
    void cancelFromInsideHasNoEffectOnThatRun() {
        List<Handle> own = new ArrayList<>();
        own.add(
                loop.callSoonThreadsafe(
                        () -> {
                            own.getFirst().cancel();
                            seen.add("completed");
                        }));

        turns(2);

        assertThat(seen).containsExactly("completed");
    }

    @Test
    void taskThatACallbackStartsEagerlyMayCancelItsHandle() {
        List<Handle> own = new ArrayList<>();
        own.add(
                loop.callSoonThreadsafe(
                        () -> {
                            loop.createTask(
                                    () -> {
                                        own.getFirst().cancel(); // waits for the callback's end
                                        return seen.add("task");
                                    },
                                    TaskOptions.DEFAULT.withEagerStart(true));
                            seen.add("callback");
                        }));

        run(() -> loop.allTasks().getFirst() == null ? null : sleep(1, seen));

        assertThat(seen).containsExactly("callback", "task");
    }

    @Test
    void failureOfAForeignCallbackIsReported() {
        var error = new IllegalArgumentException("foreign");
        Handle handle =
                onOtherThread(
                        () ->
                                loop.callSoonThreadsafe(
                                        () -> {
                                            throw error;
                                        }));

        turns(1);

        ErrorContext context = takeError();
        assertThat(context.exception()).isSameAs(error);
        assertThat(context.handle()).isSameAs(handle);
    }
}
