package dev.heddle.sync;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.Task;

import org.junit.jupiter.api.Test;

import java.util.NoSuchElementException;

/** A queue that is shut down takes nothing, gives what it has, and lets nobody wait. */
class QueueShutdownTest extends SyncFixture {

    private final Queue<String> queue = new Queue<>(2);

    private static void assertShutDown(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(QueueShutDownException.class).isThrownBy(call);
    }

    @Test
    void emptyOneThrowsToAll() {
        run(
                () -> {
                    queue.shutdown();

                    assertShutDown(() -> queue.put("a"));
                    assertShutDown(() -> queue.putNowait("a"));
                    assertShutDown(() -> queue.get());
                    assertShutDown(() -> queue.getNowait());
                    queue.join();
                });
    }

    @Test
    void whatIsThereCanStillBeGot() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    queue.shutdown();
                    queue.shutdown();

                    assertShutDown(() -> queue.put("c"));
                    assertThat(queue.get()).isEqualTo("a");
                    assertThat(queue.getNowait()).isEqualTo("b");
                    assertShutDown(() -> queue.get());
                });
    }

    @Test
    void waitingGettersEnd() {
        run(
                () -> {
                    Task<String> a = createTask(() -> queue.get());
                    Task<String> b = createTask(() -> queue.get());
                    sleep(0);

                    queue.shutdown();

                    assertShutDown(a::await);
                    assertShutDown(b::await);
                });
    }

    @Test
    void waitingPuttersEndAndHavePutNothing() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    Task<Void> c = createTask(() -> queue.put("c"));
                    Task<Void> d = createTask(() -> queue.put("d"));
                    sleep(0);

                    queue.shutdown();

                    assertShutDown(c::await);
                    assertShutDown(d::await);
                    assertThat(queue.qsize()).isEqualTo(2);
                });
    }

    @Test
    void putterThatWasWokenBeforeTheShutdownHasPutNothing() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    Task<Void> c = createTask(() -> queue.put("c"));
                    sleep(0);

                    queue.getNowait();
                    queue.shutdown();

                    assertShutDown(c::await);
                    assertThat(queue.qsize()).isOne();
                });
    }

    @Test
    void getterThatWasWokenBeforeTheShutdownGetsItsItem() {
        run(
                () -> {
                    Task<String> getter = createTask(() -> queue.get());
                    sleep(0);

                    queue.putNowait("a");
                    queue.shutdown();

                    assertThat(getter.await()).isEqualTo("a");
                });
    }

    @Test
    void immediateShutdownDropsWhatIsThere() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");

                    queue.shutdown(true);

                    assertThat(queue.empty()).isTrue();
                    assertShutDown(() -> queue.get());
                    queue.join(); // nothing is left to do
                });
    }

    @Test
    void itemsThatWereGotBeforeAnImmediateShutdownHaveToBeDone() {
        run(
                () -> {
                    queue.put("a");
                    queue.put("b");
                    queue.get();
                    Task<Void> join = createTask(() -> queue.join());
                    sleep(0);

                    queue.shutdown(true);
                    settle();
                    assertThat(join.done()).isFalse();
                    assertThat(queue.statistics())
                            .isEqualTo(new Queue.Statistics(0, 2, 1, 0, 0, true));

                    queue.taskDone();
                    join.await();
                });
    }

    @Test
    void joinWaitsForWhatIsThereAlsoAfterAShutdown() {
        run(
                () -> {
                    queue.put("a");
                    queue.shutdown();
                    Task<Void> join = createTask(() -> queue.join());
                    queue.get();
                    settle();
                    assertThat(join.done()).isFalse();

                    queue.taskDone();
                    join.await();
                });
    }

    @Test
    void iterationGetsItemsUntilTheShutdown() {
        run(
                () -> {
                    Task<Void> consumer =
                            createTask(
                                    () -> {
                                        for (String item : queue) {
                                            log.add(item);
                                        }
                                        log.add("end");
                                    });
                    queue.put("a");
                    sleep(1);
                    queue.put("b");
                    queue.put("c");
                    queue.shutdown();
                    consumer.await();

                    assertThat(log).containsExactly("a", "b", "c", "end");
                });
    }

    @Test
    void iteratorHasNoMoreAfterTheEnd() {
        run(
                () -> {
                    queue.put("a");
                    queue.shutdown();
                    var items = queue.iterator();

                    assertThat(items.hasNext()).isTrue();
                    assertThat(items.hasNext()).isTrue();
                    assertThat(items.next()).isEqualTo("a");
                    assertThat(items.hasNext()).isFalse();
                    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(items::next);
                });
    }
}
