package dev.heddle;

import static dev.heddle.Asyncio.publisher;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A publisher whose items come from tasks: sections 1 and 3 of the rules of Reactive Streams. */
class FlowPublisherTest extends LoopFixture {

    /** Logs its signals, and does what the test says at each. */
    private static class Logging implements Flow.Subscriber<Object> {

        final List<Object> log = new CopyOnWriteArrayList<>();
        final CountDownLatch over = new CountDownLatch(1);
        volatile Flow.Subscription subscription;
        Consumer<Flow.Subscription> atFirst = s -> {};
        Consumer<Object> atItem = item -> {};

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            log.add("subscribed");
            atFirst.accept(s);
        }

        @Override
        public void onNext(Object item) {
            log.add(item);
            atItem.accept(item);
        }

        @Override
        public void onError(Throwable error) {
            log.add(error);
            over.countDown();
        }

        @Override
        public void onComplete() {
            log.add("complete");
            over.countDown();
        }
    }

    private final Logging subscriber = new Logging();
    private final List<Object> bodyLog = new ArrayList<>();

    private static FlowEmitter.Body<Object> count(int last) {
        return emitter -> {
            for (int i = 1; i <= last; i++) {
                emitter.emit(i);
            }
        };
    }

    /** Emits for ever, and logs how it ends. */
    private FlowEmitter.Body<Object> endless() {
        return emitter -> {
            try {
                for (int i = 1; ; i++) {
                    emitter.emit(i);
                }
            } catch (CancelledError e) {
                bodyLog.add("cancelled");
                throw e;
            }
        };
    }

    /** Lets everything run that can without more requests. */
    private static void settle() {
        for (int i = 0; i < 10; i++) {
            sleep(0);
        }
    }

    // ---------------------------------------------------------------- items on request

    @Test
    void itemsComeAsTheyAreRequested() {
        run(
                () -> {
                    publisher(count(4)).subscribe(subscriber);
                    settle();
                    assertThat(subscriber.log).containsExactly("subscribed");

                    subscriber.subscription.request(1);
                    settle();
                    assertThat(subscriber.log).containsExactly("subscribed", 1);

                    subscriber.subscription.request(1);
                    subscriber.subscription.request(1);
                    settle();
                    assertThat(subscriber.log).containsExactly("subscribed", 1, 2, 3);

                    subscriber.subscription.request(10);
                    settle();
                    assertThat(subscriber.log)
                            .containsExactly("subscribed", 1, 2, 3, 4, "complete");
                });
    }

    @Test
    void endNeedsNoRequest() {
        var exact = new Logging();
        exact.atFirst = s -> s.request(2);
        run(
                () -> {
                    publisher(count(0)).subscribe(subscriber);
                    publisher(count(2)).subscribe(exact);
                    settle();
                });

        assertThat(subscriber.log).containsExactly("subscribed", "complete");
        assertThat(exact.log).containsExactly("subscribed", 1, 2, "complete");
    }

    @Test
    void requestsAddUpToWithoutLimit() {
        subscriber.atFirst =
                s -> {
                    s.request(Long.MAX_VALUE);
                    s.request(Long.MAX_VALUE); // 3.17
                };
        run(
                () -> {
                    publisher(count(1000)).subscribe(subscriber);
                    for (int i = 0; i < 100; i++) {
                        sleep(0);
                    }
                });

        assertThat(subscriber.log).hasSize(1002).endsWith(1000, "complete");
    }

    @Test
    void requestInsideOfOnNextDoesNotRecur() {
        int[] depth = {0, 0};
        subscriber.atFirst = s -> s.request(1);
        subscriber.atItem =
                item -> {
                    depth[1] = Math.max(depth[1], ++depth[0]);
                    subscriber.subscription.request(1); // 3.3
                    depth[0]--;
                };
        run(
                () -> {
                    publisher(count(50)).subscribe(subscriber);
                    for (int i = 0; i < 100; i++) {
                        sleep(0);
                    }
                });

        assertThat(subscriber.log).hasSize(52).endsWith("complete");
        assertThat(depth[1]).isOne();
    }

    @Test
    void requestsAndCancelMayComeFromOtherThreads() throws InterruptedException {
        subscriber.atItem = item -> onOtherThread(() -> subscriber.subscription.request(1));
        run(
                () -> {
                    Flow.Publisher<Object> numbers = publisher(count(100));
                    onOtherThread(() -> numbers.subscribe(subscriber));
                    onOtherThread(() -> subscriber.subscription.request(1));
                    subscriber.over.await();
                });

        assertThat(subscriber.log).hasSize(102).endsWith(100, "complete");
    }

    @Test
    void othersGetTheirTurnBetweenManyItems() {
        var seen = new ArrayList<Integer>();
        subscriber.atFirst = s -> s.request(Long.MAX_VALUE);
        run(
                () -> {
                    publisher(count(10_000)).subscribe(subscriber);
                    settle();
                    seen.add(subscriber.log.size());
                    subscriber.over.await();
                });

        assertThat(seen.getFirst()).isLessThan(10_000);
    }

    // ---------------------------------------------------------------- the source

    @Test
    void eachSubscriptionHasATaskOfItsOwn() {
        var second = new Logging();
        subscriber.atFirst = s -> s.request(1);
        second.atFirst = s -> s.request(2);
        run(
                () -> {
                    Flow.Publisher<Object> cold = publisher(endless());
                    cold.subscribe(subscriber);
                    cold.subscribe(second);
                    settle();

                    assertThat(subscriber.log).containsExactly("subscribed", 1);
                    assertThat(second.log).containsExactly("subscribed", 1, 2);
                    assertThat(loop.allTasks()).hasSize(3);
                    subscriber.subscription.cancel();
                    second.subscription.cancel();
                    settle();
                });
    }

    @Test
    void asyncGeneratorIsASourceAndIsClosed() {
        Supplier<AsyncGenerator<Object, Object>> source =
                () ->
                        AsyncGenerator.produce(
                                y -> {
                                    try {
                                        for (int i = 1; ; i++) {
                                            sleep(1);
                                            y.yield(i + " at " + loop.time());
                                        }
                                    } finally {
                                        sleep(0);
                                        bodyLog.add("closed");
                                    }
                                });
        subscriber.atFirst = s -> s.request(3);
        subscriber.atItem =
                item -> {
                    if (item.equals("2 at 2.0")) {
                        subscriber.subscription.cancel();
                    }
                };
        run(
                () -> {
                    publisher(source).subscribe(subscriber);
                    sleep(10);
                });

        assertThat(subscriber.log).containsExactly("subscribed", "1 at 1.0", "2 at 2.0");
        assertThat(bodyLog).containsExactly("closed");
    }

    @Test
    void collectionIsASource() {
        subscriber.atFirst = s -> s.request(10);
        run(
                () -> {
                    Flow.Publisher<Object> letters = publisher(() -> List.of("a", "b"));
                    letters.subscribe(subscriber);
                    settle();
                });

        assertThat(subscriber.log).containsExactly("subscribed", "a", "b", "complete");
    }

    @Test
    void errorOfTheSourceIsTheSubscribersAsTheSameObject() {
        var error = new IOException("broken");
        subscriber.atFirst = s -> s.request(10);
        run(
                () -> {
                    Flow.Publisher<Object> failing =
                            publisher(
                                    emitter -> {
                                        emitter.emit(1);
                                        throw error;
                                    });
                    failing.subscribe(subscriber);
                    settle();
                });

        assertThat(subscriber.log).containsExactly("subscribed", 1, error);
    }

    @Test
    void nullIsNoItem() {
        run(
                () -> {
                    publisher((FlowEmitter<Object> emitter) -> emitter.emit(null))
                            .subscribe(subscriber);
                    settle();
                });

        assertThat(subscriber.log).hasSize(2).last().isInstanceOf(NullPointerException.class);
    }

    @Test
    void onlyThePublishersOwnTaskEmits() {
        subscriber.atFirst = s -> s.request(10);
        run(
                () -> {
                    FlowEmitter.Body<Object> strange =
                            emitter -> Asyncio.createTask(() -> emitter.emit(1)).await();
                    publisher(strange).subscribe(subscriber);
                    settle();
                });

        assertThat(subscriber.log)
                .last()
                .isInstanceOf(IllegalStateException.class)
                .asString()
                .contains("in the publisher's own task");
    }

    // ---------------------------------------------------------------- cancel

    @Test
    void cancelEndsTheBodyAndAllSignals() {
        subscriber.atFirst = s -> s.request(1);
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber);
                    settle();

                    subscriber.subscription.cancel();
                    subscriber.subscription.cancel(); // 3.7
                    subscriber.subscription.request(5); // 3.6
                    settle();

                    assertThat(loop.allTasks()).containsExactly(loop.currentTask());
                });

        assertThat(subscriber.log).containsExactly("subscribed", 1);
        assertThat(bodyLog).containsExactly("cancelled");
    }

    @Test
    void cancelInsideOfASignalTakesEffectAtOnce() {
        var early = new Logging();
        early.atFirst = Flow.Subscription::cancel;
        subscriber.atFirst = s -> s.request(10);
        subscriber.atItem = item -> subscriber.subscription.cancel();
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber);
                    publisher(endless()).subscribe(early);
                    settle();
                });

        assertThat(subscriber.log).containsExactly("subscribed", 1);
        assertThat(early.log).containsExactly("subscribed");
        assertThat(bodyLog).containsExactly("cancelled"); // the other one has not started
    }

    @Test
    void cancelEndsABodyThatWaitsForSomethingElse() {
        run(
                () -> {
                    FlowEmitter.Body<Object> waiting =
                            emitter -> {
                                try {
                                    sleep(100);
                                } finally {
                                    bodyLog.add("ended at " + loop.time());
                                }
                            };
                    publisher(waiting).subscribe(subscriber);
                    sleep(3);

                    subscriber.subscription.cancel();
                    settle();
                });

        assertThat(bodyLog).containsExactly("ended at 3.0");
        assertThat(subscriber.log).containsExactly("subscribed");
    }

    @Test
    void errorAfterTheCancelIsReported() {
        run(
                () -> {
                    FlowEmitter.Body<Object> failing =
                            emitter -> {
                                try {
                                    sleep(100);
                                } finally {
                                    throw new IOException("clean-up failed");
                                }
                            };
                    publisher(failing).subscribe(subscriber);
                    sleep(3);
                    subscriber.subscription.cancel();
                    settle();
                });

        assertThat(takeError().exception()).hasMessage("clean-up failed");
        assertThat(subscriber.log).containsExactly("subscribed");
    }

    @Test
    void requestOfNothingIsAnErrorForTheSubscriber() {
        var negative = new Logging();
        negative.atFirst = s -> s.request(-1);
        subscriber.atFirst = s -> s.request(1);
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber);
                    publisher(endless()).subscribe(negative);
                    settle();

                    subscriber.subscription.request(0); // 3.9
                    settle();
                });

        assertThat(subscriber.log)
                .hasSize(3)
                .last()
                .isInstanceOf(IllegalArgumentException.class)
                .asString()
                .contains("must request a positive number, and this is 0");
        assertThat(negative.log).hasSize(2).last().isInstanceOf(IllegalArgumentException.class);
        assertThat(bodyLog).containsExactly("cancelled");
    }

    // ---------------------------------------------------------------- trouble

    @Test
    void subscriberMustBeGiven() {
        run(
                () ->
                        assertThatThrownBy(() -> publisher(count(1)).subscribe(null))
                                .isInstanceOf(NullPointerException.class)); // 1.9
    }

    @Test
    void subscriberThatThrowsIsReportedAndGetsNoMore() {
        var error = new IllegalStateException("bad subscriber");
        subscriber.atFirst = s -> s.request(10);
        subscriber.atItem =
                item -> {
                    throw error;
                };
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber);
                    settle();
                });

        assertThat(subscriber.log).containsExactly("subscribed", 1);
        assertThat(takeError().exception()).isSameAs(error);
        assertThat(bodyLog).containsExactly("cancelled");
    }

    @Test
    void subscriberThatThrowsInOnSubscribeIsReportedAndNothingStarts() {
        var error = new IllegalStateException("bad subscriber");
        subscriber.atFirst =
                s -> {
                    throw error;
                };
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber); // returns normally (1.9)
                    settle();
                });

        assertThat(takeError().exception()).isSameAs(error);
        assertThat(bodyLog).isEmpty();
    }

    @Test
    void taskThatIsCancelledByOthersIsAnErrorForTheSubscriber() {
        run(
                () -> {
                    publisher(endless()).subscribe(subscriber);
                    settle();

                    loop.allTasks().getLast().cancel(); // as a Runner does in the end
                    settle();
                });

        assertThat(subscriber.log).hasSize(2).last().isInstanceOf(CancelledError.class);
    }

    @Test
    void closedLoopIsAnErrorForTheSubscriber() {
        Flow.Publisher<Object> numbers = run(() -> publisher(count(3)));
        var pending = new Logging();
        numbers.subscribe(pending);
        turns(2);

        loop.close();
        numbers.subscribe(subscriber);

        assertThat(pending.log).hasSize(2).last().isInstanceOf(CancelledError.class);
        assertThat(subscriber.log)
                .hasSize(2)
                .last()
                .isInstanceOf(IllegalStateException.class)
                .asString()
                .contains("closed");
        takeErrors();
    }

    @Test
    void publisherNeedsARunningLoop() {
        assertThatThrownBy(() -> publisher(count(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop");
    }

    // ---------------------------------------------------------------- there and back

    @Test
    void itemsGoThroughAPublisherAndBackWithBackpressure() {
        var made = new int[1];
        run(
                () -> {
                    Supplier<AsyncGenerator<Integer, Object>> source =
                            () ->
                                    AsyncGenerator.produce(
                                            y -> {
                                                while (true) {
                                                    y.yield(++made[0]);
                                                }
                                            });
                    Flow.Publisher<Integer> numbers = publisher(source);
                    try (FlowIterator<Integer> items = Asyncio.flow(numbers, 4)) {
                        for (int i = 1; i <= 100; i++) {
                            assertThat(items.next()).isEqualTo(i);
                            settle();
                            // Four in the buffer, and one that the publisher holds ready.
                            assertThat(made[0]).isLessThanOrEqualTo(i + 4 + 1);
                        }
                    }
                    settle();
                });
    }
}
