package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.flow;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;

/** A task that walks over the items of a publisher: the subscriber's side of Reactive Streams. */
class FlowIteratorTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    /** A publisher that does what the test says, and logs what it is asked for. */
    private final class ByHand implements Flow.Publisher<String>, Flow.Subscription {

        private Flow.Subscriber<? super String> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super String> s) {
            log.add("subscribe");
            subscriber = s;
            s.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            log.add("request " + n);
        }

        @Override
        public void cancel() {
            log.add("cancel");
        }

        void send(String... items) {
            for (String item : items) {
                subscriber.onNext(item);
            }
        }
    }

    private final ByHand publisher = new ByHand();

    /** Starts a task that logs all items, and lets it wait for the first one. */
    private Task<Void> logAll(FlowIterator<String> items) {
        Task<Void> task =
                createTask(
                        () -> {
                            for (String item : items) {
                                log.add(item);
                            }
                            log.add("end");
                        });
        sleep(0);
        return task;
    }

    // ---------------------------------------------------------------- items

    @Test
    void itemsComeInOrderAndThenTheEnd() {
        run(
                () -> {
                    Task<Void> task = logAll(flow(publisher));
                    publisher.send("a", "b");
                    publisher.subscriber.onComplete();
                    task.await();
                });

        assertThat(log).containsExactly("subscribe", "request 64", "a", "b", "end");
    }

    @Test
    void publisherMaySignalFromAnyThread() {
        int count = 10_000;
        try (var numbers = new SubmissionPublisher<Integer>()) {
            run(
                    () -> {
                        try (FlowIterator<Integer> items = flow(numbers, 8)) {
                            loop.runInExecutor(
                                    null,
                                    () -> {
                                        while (!numbers.hasSubscribers()) {
                                            Thread.onSpinWait();
                                        }
                                        for (int i = 0; i < count; i++) {
                                            numbers.submit(i); // blocks when the buffer is full
                                        }
                                        numbers.close();
                                        return null;
                                    });
                            int next = 0;
                            for (int item : items) {
                                assertThat(item).isEqualTo(next++);
                            }
                            assertThat(next).isEqualTo(count);
                        }
                    });
        }
    }

    @Test
    void nothingIsSubscribedBeforeTheFirstQuestion() {
        FlowIterator<String> items = flow(publisher);

        items.close();

        assertThat(log).isEmpty();
        run(() -> assertThat(items.hasNext()).isFalse());
        assertThat(log).isEmpty();
    }

    @Test
    void nextWithoutAFurtherItemThrows() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<String> task = createTask(items::next);
                    sleep(0);
                    publisher.subscriber.onComplete();

                    assertThatThrownBy(task::await).isInstanceOf(NoSuchElementException.class);
                });
    }

    @Test
    void errorComesAsTheSameObjectBehindTheItems() {
        var error = new IOException("broken");
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<Void> task = logAll(items);
                    publisher.send("a");
                    publisher.subscriber.onError(error);

                    assertThat(catchThrowable(task::await)).isSameAs(error);
                    assertThat(items.hasNext()).isFalse();
                });

        assertThat(log).containsExactly("subscribe", "request 64", "a");
    }

    // ---------------------------------------------------------------- backpressure

    @Test
    void publisherIsAskedForMoreAsItemsAreTaken() {
        run(
                () -> {
                    try (FlowIterator<String> items = flow(publisher, 4)) {
                        loop.callSoon(() -> publisher.send("a", "b", "c", "d"));
                        items.next();
                        log.add("one taken");
                        items.next();
                        log.add("two taken");
                        items.next();
                        log.add("three taken");
                    }
                });

        assertThat(log)
                .containsExactly(
                        "subscribe",
                        "request 4",
                        "one taken",
                        "two taken",
                        "request 3",
                        "three taken",
                        "cancel");
    }

    @Test
    void bufferForOneItemAsksForOneAtATime() {
        run(
                () -> {
                    Task<Void> task = logAll(flow(publisher, 1));
                    publisher.send("a");
                    sleep(0);
                    publisher.send("b");
                    sleep(0);
                    publisher.subscriber.onComplete();
                    task.await();
                });

        assertThat(log)
                .containsExactly(
                        "subscribe", "request 1", "request 1", "a", "request 1", "b", "end");
    }

    @Test
    void publisherThatSendsMoreThanRequestedIsCancelled() {
        run(
                () -> {
                    Task<Void> task = logAll(flow(publisher, 2));
                    publisher.send("a", "b", "c", "d");

                    assertThatThrownBy(task::await)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("more items than were requested");
                });

        assertThat(log).containsExactly("subscribe", "request 2", "cancel", "a", "b");
    }

    @Test
    void bufferMustHaveRoom() {
        assertThatThrownBy(() -> flow(publisher, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bufferSize must be positive, and is 0");
        assertThatThrownBy(() -> flow(null)).isInstanceOf(NullPointerException.class);
    }

    // ---------------------------------------------------------------- the end

    @Test
    void tryWithResourcesCancelsOnAnEarlyExit() {
        run(
                () -> {
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        try (FlowIterator<String> items = flow(publisher)) {
                                            for (String item : items) {
                                                log.add(item);
                                                break;
                                            }
                                        }
                                        log.add("behind");
                                    });
                    sleep(0);
                    publisher.send("a", "b");
                    task.await();
                    publisher.send("too late");
                });

        assertThat(log).containsExactly("subscribe", "request 64", "a", "cancel", "behind");
    }

    @Test
    void endOfTheTaskCancelsWhatItHasForgotten() {
        run(
                () -> {
                    FlowIterator<String> forgotten = flow(publisher);
                    Task<String> task = createTask(forgotten::next);
                    sleep(0);
                    publisher.send("a");

                    task.await();
                    sleep(0);
                });

        assertThat(log).containsExactly("subscribe", "request 64", "cancel");
    }

    @Test
    void cancelOfTheTaskEndsItsWait() {
        run(
                () -> {
                    Task<Void> task = logAll(flow(publisher));

                    task.cancel();

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    sleep(0);
                });

        assertThat(log).containsExactly("subscribe", "request 64", "cancel");
    }

    @Test
    void itemThatComesWithACancelIsNotLost() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    loop.callSoon(() -> publisher.send("a"));
                    assertThat(items.next()).isEqualTo("a"); // here, so that it stays open
                    Task<String> task = createTask(items::next);
                    sleep(0);

                    publisher.send("b");
                    task.cancel();

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    assertThat(items.next()).isEqualTo("b");
                    items.close();
                });
    }

    @Test
    void closeEndsTheWaitOfAnotherTask() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<Void> task = logAll(items);

                    items.close();
                    task.await();
                });

        assertThat(log).containsExactly("subscribe", "request 64", "cancel", "end");
    }

    @Test
    void closingTheLoopCancels() {
        loop.createTask(() -> flow(publisher).hasNext());
        turns(1);

        loop.close();

        assertThat(log).containsExactly("subscribe", "request 64", "cancel");
        publisher.send("into the void");
        takeErrors();
    }

    // ---------------------------------------------------------------- misuse

    @Test
    void twoTasksCannotWaitAtOnce() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<Void> first = logAll(items);

                    assertThatThrownBy(items::next)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("waits already for the next item");
                    items.close();
                    first.await();
                });
    }

    @Test
    void nullIsRefusedWhereItIsSignalled() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<Void> task = logAll(items);
                    var subscriber = publisher.subscriber;

                    assertThatThrownBy(() -> subscriber.onNext(null))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> subscriber.onError(null))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> subscriber.onSubscribe(null))
                            .isInstanceOf(NullPointerException.class);
                    items.close();
                    task.await();
                });
    }

    @Test
    void secondSubscriptionIsCancelled() {
        run(
                () -> {
                    FlowIterator<String> items = flow(publisher);
                    Task<Void> task = logAll(items);
                    log.clear();

                    publisher.subscriber.onSubscribe(publisher);

                    assertThat(log).containsExactly("cancel");
                    items.close();
                    task.await();
                });
    }

    @Test
    void publisherThatThrowsIsAnErrorOfTheTask() {
        var error = new IllegalStateException("no subscribers today");
        run(
                () -> {
                    FlowIterator<String> items =
                            flow(
                                    subscriber -> {
                                        throw error;
                                    });

                    assertThat(catchThrowable(items::hasNext)).isSameAs(error);
                    assertThat(items.hasNext()).isFalse();
                });
    }
}
