package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/** Cancels of an async generator and its consumers that come at the worst moment. */
class AsyncGeneratorRaceTest extends LoopFixture {

    private final List<Integer> got = new ArrayList<>();

    private static AsyncGenerator<Integer, Object> numbers(int end) {
        return AsyncGenerator.produce(
                y -> {
                    for (int i = 0; i < end; i++) {
                        y.yield(i);
                    }
                });
    }

    /** Cancels {@code task} when the generator has answered it, and it has not gone on yet. */
    private static void cancelBehindTheAnswer(Task<?> task) {
        while (!(task.awaitedFuture() instanceof Future<?> step && step.done())) {
            sleep(0);
        }
        task.cancel("late");
    }

    @Test
    void cancelBehindAValueIsMetByTheNextWaitAndTheValueIsThere() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> numbers = numbers(3);
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        got.add(numbers.next());
                                        sleep(1);
                                        got.add(-1);
                                    });

                    cancelBehindTheAnswer(task);

                    assertThatThrownBy(task::await)
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("late");
                    got.add(numbers.next());
                    numbers.close();
                });

        assertThat(got).containsExactly(0, 1);
    }

    @Test
    void cancelBehindAnErrorLosesNeither() {
        var failure = new IOException("disk");

        run(
                () -> {
                    AsyncGenerator<Integer, Object> fails =
                            AsyncGenerator.produce(
                                    y -> {
                                        throw failure;
                                    });
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        assertThatThrownBy(fails::next).isSameAs(failure);
                                        got.add(1);
                                        sleep(1);
                                        got.add(-1);
                                    });

                    cancelBehindTheAnswer(task);

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                });

        assertThat(got).containsExactly(1);
    }

    @Test
    void cancelBehindTheEndOfCloseIsMetByTheNextWait() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> numbers = numbers(3);
                    numbers.next();
                    Task<Void> task =
                            createTask(
                                    () -> {
                                        numbers.close();
                                        got.add(1);
                                        sleep(1);
                                        got.add(-1);
                                    });

                    cancelBehindTheAnswer(task);

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                    assertThat(task.cancelling()).isEqualTo(1);
                });

        assertThat(got).containsExactly(1);
    }

    @Test
    void scopeThatIsCancelledBehindAValueThrowsAtTheNextWait() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> numbers = numbers(3);
                    var scope = new CancelScope();
                    Task<Void> task =
                            createTask(
                                    () ->
                                            scope.run(
                                                    s -> {
                                                        got.add(numbers.next());
                                                        sleep(1);
                                                        got.add(-1);
                                                    }));
                    while (!(task.awaitedFuture() instanceof Future<?> step && step.done())) {
                        sleep(0);
                    }
                    scope.cancel();
                    task.await();

                    assertThat(scope.cancelledCaught()).isTrue();
                    assertThat(task.cancelling()).isZero();
                    got.add(numbers.next());
                    numbers.close();
                });

        assertThat(got).containsExactly(0, 1);
    }

    @Test
    void timeoutOfTheBodyThatEndedWhileItWasSuspendedLeavesTheTaskCancellable() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> late =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            timeout(
                                                    1,
                                                    () -> {
                                                        y.yield(1);
                                                    });
                                        } catch (TimeoutException e) {
                                            got.add(2);
                                        }
                                        sleep(1000);
                                    });
                    got.add(late.next());
                    sleep(5); // the body's time is over, while nobody asks
                    Task<Integer> task = createTask(late::next);
                    sleep(1);

                    task.cancel();

                    assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                });

        assertThat(got).containsExactly(1, 2);
        assertThat(loop.time()).isEqualTo(6);
    }

    @Test
    void noValueIsLostHoweverConsumersAreCancelled() {
        for (int seed = 0; seed < 200; seed++) {
            got.clear();
            var random = new Random(seed);
            run(() -> consumeWithCancels(random));

            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i)).as("value %d of seed %d", i, seed).isEqualTo(i);
            }
            assertThat(got).hasSize(20);
        }
    }

    /** Each consumer takes values and notes them at once; some are cancelled. */
    private void consumeWithCancels(Random random) {
        AsyncGenerator<Integer, Object> numbers = numbers(20);
        while (got.size() < 20) {
            Task<Void> consumer =
                    createTask(
                            () -> {
                                for (int number : numbers) {
                                    got.add(number);
                                    for (int i = random.nextInt(3); i > 0; i--) {
                                        sleep(0);
                                    }
                                }
                            });
            for (int i = random.nextInt(12); i > 0; i--) {
                sleep(0);
            }
            boolean accepted = consumer.cancel();
            Asyncio.wait(List.of(consumer));
            assertThat(consumer.cancelled()).isEqualTo(accepted);
        }
        numbers.close();
    }

    // ---------------------------------------------------------------- shutdown

    @Test
    void generatorThatCancelsItselfInItsCleanUpDoesNotStopTheShutdown() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> first =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            Asyncio.currentTask().cancel();
                                            sleep(0);
                                        }
                                    });
                    AsyncGenerator<Integer, Object> second =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(2);
                                        } finally {
                                            sleep(1);
                                            got.add(2);
                                        }
                                    });
                    first.next();
                    second.next();

                    loop.shutdownAsyncgens();

                    assertThat(first.state()).isEqualTo(AsyncGenerator.State.CLOSED);
                });

        assertThat(got).containsExactly(2);
    }

    @Test
    void shutdownWithAnEagerTaskFactoryClosesAll() {
        EventLoop eager = open(EventLoop.builder().clock(clock).taskFactory(TaskFactory.EAGER));

        eager.runUntilComplete(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        int number = i;
                        AsyncGenerator<Integer, Object> open =
                                AsyncGenerator.produce(
                                        y -> {
                                            try {
                                                y.yield(1);
                                            } finally {
                                                got.add(number);
                                            }
                                        });
                        open.next();
                    }
                    eager.shutdownAsyncgens();
                });

        assertThat(got).containsExactlyInAnyOrder(0, 1, 2);
    }
}
