package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/** What a group of loops is, and how work gets to its loops. */
class LoopGroupTest extends LoopGroupFixture {

    @Test
    void eachLoopRunsOnAThreadOfItsOwn() {
        LoopGroup group = open(LoopGroup.builder().loops(3).name("web"));

        List<String> carriers = group.runOnAll(() -> carrier());

        assertThat(carriers).containsExactly("heddle-web-0", "heddle-web-1", "heddle-web-2");
        assertThat(group.loops()).hasSize(3).allMatch(EventLoop::isRunning);
        assertThat(group.loops().getFirst()).hasToString("EventLoop(web-0, running)");
        assertThat(group).hasToString("LoopGroup(web, 3 loops, open)");
    }

    @Test
    void loopsRunAtTheSameTime() {
        LoopGroup group = open(3);
        var all = new CountDownLatch(3);

        group.runOnAll(
                () -> {
                    all.countDown();
                    all.await(); // hangs unless each of the others gets here
                });

        assertThat(all.getCount()).isZero();
    }

    @Test
    void thereIsALoopForEachProcessorByDefault() {
        LoopGroup group = open(LoopGroup.builder());

        assertThat(group.loops()).hasSize(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void numbersOfLoopsThatMakeNoSenseAreRefused() {
        for (int n : new int[] {-1, 0, 1025}) {
            assertThatThrownBy(() -> LoopGroup.of(n))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 1024")
                    .hasMessageContaining("" + n);
        }
    }

    @Test
    void nextGivesEachLoopInTurn() {
        LoopGroup group = open(3);

        List<EventLoop> six =
                List.of(
                        group.next(),
                        group.next(),
                        group.next(),
                        group.next(),
                        group.next(),
                        group.next());

        assertThat(six.subList(0, 3)).containsExactlyElementsOf(group.loops());
        assertThat(six.subList(3, 6)).containsExactlyElementsOf(group.loops());
    }

    @Test
    void nextMayBeAskedByTasksOfTheGroup() {
        LoopGroup group = open(2);

        List<EventLoop> given = group.runOnAll(() -> group.next());

        assertThat(given).containsExactlyInAnyOrderElementsOf(group.loops());
    }

    @Test
    void currentIsTheGroupOfTheRunningLoop() {
        LoopGroup one = open(2);
        LoopGroup other = open(1);

        assertThat(one.runOnAll(LoopGroup::current)).containsExactly(one, one);
        assertThat(other.runOnAll(LoopGroup::current)).containsExactly(other);
        assertThat(LoopGroup.current()).isNull();
        assertThat(run(() -> LoopGroup.current() == null)).isTrue();
    }

    @Test
    void submitRunsInTheNextLoop() {
        LoopGroup group = open(2);

        String first = group.submit(() -> carrier()).join();
        String second = group.submit(() -> carrier()).join();

        assertThat(Set.of(first, second))
                .isEqualTo(
                        Set.of("heddle-" + group.name() + "-0", "heddle-" + group.name() + "-1"));
    }

    @Test
    void taskOfAnotherLoopAwaitsWhatWasSubmitted() {
        LoopGroup group = open(2);

        List<Integer> results = run(() -> List.of(await(group.submit(() -> sleep(0.001, 7))), 1));

        assertThat(results).containsExactly(7, 1);
    }

    @Test
    void submittedFailureIsTheCauseForAThread() {
        LoopGroup group = open(1);
        var failure = new IOException("disk");

        assertThatThrownBy(
                        () ->
                                group.submit(
                                                () -> {
                                                    throw failure;
                                                })
                                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isSameAs(failure);
    }

    @Test
    void submittedFailureIsTheSameObjectForATask() {
        LoopGroup group = open(1);
        var failure = new IOException("disk");

        run(
                () -> {
                    var result =
                            group.submit(
                                    () -> {
                                        throw failure;
                                    });
                    assertThatThrownBy(() -> await(result)).isSameAs(failure);
                });
    }

    @Test
    void cancelOfWhatWasSubmittedCancelsItsTask() throws InterruptedException {
        LoopGroup group = open(1);
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);

        var result =
                group.submit(
                        () -> {
                            begun.countDown();
                            try {
                                sleep(1000);
                            } catch (CancelledError e) {
                                cancelled.countDown();
                                throw e;
                            }
                        });
        begun.await();
        result.cancel(true);

        cancelled.await();
        assertThat(result.isCancelled()).isTrue();
    }

    @Test
    void debugIsForAllLoops() {
        assertThat(open(LoopGroup.builder().loops(2).debug(true)).loops())
                .allMatch(EventLoop::getDebug);
        assertThat(open(LoopGroup.builder().loops(2).debug(false)).loops())
                .noneMatch(EventLoop::getDebug);
    }

    @Test
    void loopFactoryOpensTheLoops() {
        LoopGroup group =
                open(
                        LoopGroup.builder()
                                .loops(2)
                                .loopFactory(i -> EventLoop.builder().name("own " + i).build()));

        assertThat(group.loops().get(1)).hasToString("EventLoop(own 1, running)");
    }

    @Test
    void loopsThatWereOpenedAreClosedIfAnotherCannotBe() {
        var opened = new HashSet<EventLoop>();

        assertThatThrownBy(
                        () ->
                                LoopGroup.builder()
                                        .loops(3)
                                        .loopFactory(
                                                i -> {
                                                    if (i == 2) {
                                                        throw new IllegalStateException("no more");
                                                    }
                                                    var loop = EventLoop.create();
                                                    opened.add(loop);
                                                    return loop;
                                                })
                                        .build())
                .hasMessage("no more");

        assertThat(opened).hasSize(2).allMatch(EventLoop::isClosed);
    }

    @Test
    void errorsOfCallbacksReachTheHandlerOfTheGroup() throws InterruptedException {
        LoopGroup group = open(1);
        var failure = new IllegalStateException("callback");
        var after = new CountDownLatch(1);

        EventLoop loop = group.next();
        loop.callSoonThreadsafe(
                () -> {
                    throw failure;
                });
        loop.callSoonThreadsafe(after::countDown);
        after.await();

        assertThat(takeErrors())
                .singleElement()
                .satisfies(error -> assertThat(error.exception()).isSameAs(failure));
    }

    @Test
    void groupMayBeOpenedAndClosedInATask() {
        List<Integer> results =
                run(
                        () -> {
                            try (LoopGroup group = open(2)) {
                                return group.runOnAll(() -> sleep(0.001, 1));
                            }
                        });

        assertThat(results).containsExactly(1, 1);
    }
}
