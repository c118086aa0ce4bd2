package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.AsyncGenerator.State;
import dev.heddle.generator.GeneratorExit;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

/** How an async generator ends: closed, dropped, shut down, or with its loop (PEP 525). */
class AsyncGeneratorCloseTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    /** Yields for ever, and cleans up with a wait. */
    private AsyncGenerator<Integer, Object> endless(String name) {
        return AsyncGenerator.produce(
                y -> {
                    try {
                        for (int i = 0; ; i++) {
                            y.yield(i);
                        }
                    } finally {
                        sleep(1);
                        log.add(name + " cleaned up");
                    }
                });
    }

    @Test
    void closeLetsTheBodyCleanUpAndWaitsForThat() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = endless("it");
                    generator.next();

                    generator.close();

                    assertThat(log).containsExactly("it cleaned up");
                    assertThat(loop.time()).isEqualTo(1);
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                    generator.close(); // once more, without effect
                    assertThatThrownBy(generator::next).isInstanceOf(StopAsyncIteration.class);
                });
    }

    @Test
    void tryWithResourcesClosesOnAnEarlyExit() {
        run(
                () -> {
                    try (AsyncGenerator<Integer, Object> numbers = endless("it")) {
                        for (int n : numbers) {
                            if (n == 2) {
                                break;
                            }
                        }
                    }
                    log.add("behind");
                });

        assertThat(log).containsExactly("it cleaned up", "behind");
    }

    @Test
    void forEachClosesAlsoIfTheActionThrows() {
        run(
                () ->
                        assertThatThrownBy(
                                        () ->
                                                endless("it")
                                                        .forEach(
                                                                n -> {
                                                                    throw new ArithmeticException();
                                                                }))
                                .isInstanceOf(ArithmeticException.class));

        assertThat(log).containsExactly("it cleaned up");
    }

    @Test
    void generatorThatHasNotStartedIsFinishedWithoutRunning() {
        AsyncGenerator<Integer, Object> generator = endless("it");

        generator.close(); // needs no loop

        assertThat(generator.state()).isEqualTo(State.CLOSED);
        run(() -> assertThat(generator.hasNext()).isFalse());
        assertThat(log).isEmpty();
    }

    @Test
    void bodySeesGeneratorExitWhichAnExceptionHandlerDoesNotCatch() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } catch (Exception e) {
                                            log.add("an exception");
                                        } catch (GeneratorExit e) {
                                            log.add("exit"); // and it returns
                                        }
                                    });
                    generator.next();
                    generator.close();
                });

        assertThat(log).containsExactly("exit");
    }

    @Test
    void bodyThatYieldsInsteadOfEndingIsAnError() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } catch (GeneratorExit e) {
                                            y.yield(2);
                                        }
                                    });
                    generator.next();

                    assertThatThrownBy(generator::close)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("async generator ignored GeneratorExit");
                    generator.close(); // the second one is let out
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                });
    }

    @Test
    void errorOfTheCleanUpComesOutOfClose() {
        var error = new IOException("disk full");
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            throw error;
                                        }
                                    });
                    generator.next();

                    assertThat(catchThrowable(generator::close)).isSameAs(error);
                });
    }

    @Test
    void secondCloseWaitsForTheFirst() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = endless("it");
                    generator.next();
                    Task<Void> first = createTask(generator::close);
                    sleep(0.5);

                    generator.close();

                    assertThat(log).containsExactly("it cleaned up");
                    first.await();
                });
    }

    @Test
    void closeThatIsCancelledCancelsTheCleanUp() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = endless("it");
                    generator.next();
                    Task<Void> closing = createTask(generator::close);
                    sleep(0.5);

                    closing.cancel();
                    Asyncio.wait(List.of(closing));

                    assertThat(closing.cancelled()).isTrue();
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                });

        assertThat(log).isEmpty();
    }

    // ---------------------------------------------------------------- nobody closes it

    @Test
    void generatorThatIsDroppedIsClosedOnceItIsCollected() {
        run(
                () -> {
                    startAndDrop();
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                    while (log.isEmpty() && System.nanoTime() < deadline) {
                        System.gc();
                        sleep(1);
                    }
                });

        assertThat(log).containsExactly("dropped cleaned up");
    }

    private void startAndDrop() {
        endless("dropped").next();
    }

    @Test
    void shutdownClosesThoseThatAreLeftAtTheSameTime() {
        run(
                () -> {
                    List<AsyncGenerator<Integer, Object>> generators = new ArrayList<>();
                    for (String name : List.of("a", "b", "c")) {
                        generators.add(endless(name));
                    }
                    generators.get(0).next();
                    generators.get(1).next(); // and the third has not started
                    double before = loop.time();

                    loop.shutdownAsyncgens();

                    assertThat(log).containsExactly("a cleaned up", "b cleaned up");
                    assertThat(loop.time() - before).isEqualTo(1);
                    assertThat(generators)
                            .extracting(AsyncGenerator::state)
                            .containsExactly(State.CLOSED, State.CLOSED, State.CREATED);
                });
    }

    @Test
    void shutdownClosesAGeneratorThatAnotherOneClosesInItsCleanUp() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> inner = endless("inner");
                    AsyncGenerator<Integer, Object> outer =
                            AsyncGenerator.produce(
                                    y -> {
                                        try (inner) {
                                            while (true) {
                                                y.yield(inner.next());
                                            }
                                        }
                                    });
                    outer.next();

                    loop.shutdownAsyncgens();

                    assertThat(outer.state()).isEqualTo(State.CLOSED);
                    assertThat(inner.state()).isEqualTo(State.CLOSED);
                });

        assertThat(log).containsExactly("inner cleaned up");
    }

    @Test
    void errorsOfShutdownAreReported() {
        var error = new IOException("disk full");
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } finally {
                                            throw error;
                                        }
                                    });
                    generator.next();

                    loop.shutdownAsyncgens();
                });

        ErrorContext reported = takeError();
        assertThat(reported.exception()).isSameAs(error);
        assertThat(reported.message())
                .startsWith("an error occurred during closing of asynchronous generator");
    }

    @Test
    void startAfterShutdownIsWarnedOf() {
        run(
                () -> {
                    loop.shutdownAsyncgens();
                    try (var logged = new LoopLog();
                            AsyncGenerator<Integer, Object> late = endless("late")) {
                        late.next();

                        assertThat(logged.messages(Level.WARNING))
                                .singleElement()
                                .asString()
                                .contains("started after shutdownAsyncgens");
                    }
                });
    }

    @Test
    void runClosesWhatIsLeft() {
        List<AsyncGenerator<Integer, Object>> kept = new ArrayList<>();

        Asyncio.run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield(1);
                                        } catch (GeneratorExit e) {
                                            sleep(0);
                                            log.add("closed by run");
                                            throw e;
                                        }
                                    });
                    kept.add(generator);
                    generator.next();
                });

        assertThat(log).containsExactly("closed by run");
        assertThat(kept.getFirst().state()).isEqualTo(State.CLOSED);
    }

    // ---------------------------------------------------------------- the loop is closed

    @Test
    void closingTheLoopUnwindsASuspendedBody() {
        AsyncGenerator<Integer, Object> generator =
                AsyncGenerator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } catch (CancelledError e) {
                                log.add(e.getMessage());
                                throw e;
                            }
                        });
        run(generator::next);

        loop.close();

        assertThat(log).singleElement().asString().endsWith("is closed");
        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThat(takeError().message()).startsWith("Task was destroyed but it is pending!");
    }

    @Test
    void closingTheLoopUnwindsABodyThatATaskWaitsFor() {
        AsyncGenerator<Integer, Object> generator =
                AsyncGenerator.produce(
                        y -> {
                            try {
                                sleep(100);
                            } finally {
                                log.add("body");
                            }
                        });
        loop.createTask(
                () -> {
                    try (generator) {
                        generator.next();
                    } finally {
                        log.add("task");
                    }
                });
        turns(3);

        loop.close();

        assertThat(log).containsExactlyInAnyOrder("body", "task");
        assertThat(takeErrors())
                .hasSize(2)
                .allMatch(e -> e.message().startsWith("Task was destroyed but it is pending!"));
    }
}
