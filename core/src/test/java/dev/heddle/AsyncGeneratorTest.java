package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.AsyncGenerator.State;
import dev.heddle.generator.StopIteration;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** Async generators: next, send and throwInto, from one task and from several (PEP 525). */
class AsyncGeneratorTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    /** Yields 1, 2, ... up to {@code last}, a second apart. */
    private AsyncGenerator<Integer, Object> countTo(int last) {
        return AsyncGenerator.produce(
                y -> {
                    for (int i = 1; i <= last; i++) {
                        sleep(1);
                        y.yield(i);
                    }
                });
    }

    // ---------------------------------------------------------------- iterating

    @Test
    void forStatementSuspendsBetweenTheValues() {
        run(
                () -> {
                    for (int n : countTo(3)) {
                        log.add(n + " at " + loop.time());
                    }
                });

        assertThat(log).containsExactly("1 at 1.0", "2 at 2.0", "3 at 3.0");
    }

    @Test
    void nothingRunsBeforeTheFirstValueIsAskedFor() {
        AsyncGenerator<Integer, Object> generator = AsyncGenerator.produce(y -> log.add("ran"));

        run(() -> sleep(1));

        assertThat(log).isEmpty();
        assertThat(generator.state()).isEqualTo(State.CREATED);
    }

    @Test
    void bodyRunsOnlyWhileATaskWaitsForIt() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        log.add("before 1");
                                        y.yield(1);
                                        log.add("before 2");
                                        y.yield(2);
                                    });
                    generator.next();
                    sleep(1);
                    assertThat(log).containsExactly("before 1");

                    generator.next();
                    assertThat(log).containsExactly("before 1", "before 2");
                    generator.close();
                });
    }

    @Test
    void nullIsAValue() {
        run(
                () -> {
                    AsyncGenerator<String, Object> generator =
                            AsyncGenerator.produce(y -> y.yield(null));

                    assertThat(generator.hasNext()).isTrue();
                    assertThat(generator.next()).isNull();
                    assertThat(generator.hasNext()).isFalse();
                });
    }

    @Test
    void endIsAnExceptionForNextAndStaysSo() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = countTo(1);
                    assertThat(generator.next()).isEqualTo(1);

                    for (int i = 0; i < 2; i++) {
                        assertThatThrownBy(generator::next)
                                .isInstanceOf(StopAsyncIteration.class)
                                .isInstanceOf(NoSuchElementException.class);
                    }
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                });
    }

    @Test
    void tasksMayTakeTurns() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = countTo(4);
                    for (int i = 0; i < 2; i++) {
                        log.add(createTask(generator::next).await());
                        log.add(generator.next());
                    }
                    generator.close();
                });

        assertThat(log).containsExactly(1, 2, 3, 4);
    }

    @Test
    void bodyStaysOnOneThreadWhoeverAsks() {
        run(
                () -> {
                    AsyncGenerator<Thread, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        while (true) {
                                            y.yield(Thread.currentThread());
                                            Thread.yield();
                                        }
                                    });
                    Thread first = generator.next();
                    // Often enough for the JIT, which takes currentThread for a constant.
                    for (int i = 0; i < 20_000; i++) {
                        Thread next = createTask(generator::next).await();
                        if (next != first) {
                            log.add(next);
                        }
                    }
                    generator.close();
                });

        assertThat(log).isEmpty();
    }

    // ---------------------------------------------------------------- sending and throwing

    @Test
    void valueThatIsSentIsTheResultOfYield() {
        run(
                () -> {
                    AsyncGenerator<Integer, Integer> total =
                            AsyncGenerator.of(
                                    y -> {
                                        int sum = 0;
                                        while (true) {
                                            Integer sent = y.yield(sum);
                                            log.add(sent);
                                            sum += sent == null ? 0 : sent;
                                        }
                                    });
                    assertThat(total.send(null)).isZero();

                    assertThat(total.send(5)).isEqualTo(5);
                    assertThat(total.next()).isEqualTo(5);
                    assertThat(total.send(2)).isEqualTo(7);
                    total.close();
                });

        assertThat(log).containsExactly(5, null, 2);
    }

    @Test
    void nothingCanBeSentBeforeTheStart() {
        run(
                () -> {
                    AsyncGenerator<Integer, Integer> generator =
                            AsyncGenerator.of(y -> log.add(y.yield(1)));

                    assertThatThrownBy(() -> generator.send(7))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("has not started");
                    assertThat(generator.next()).isEqualTo(1);
                    generator.close();
                });
    }

    @Test
    void nothingCanBeSentOrThrownAfterALookAhead() {
        run(
                () -> {
                    AsyncGenerator<Integer, Integer> generator =
                            AsyncGenerator.of(
                                    y -> {
                                        y.yield(1);
                                        y.yield(2);
                                    });
                    generator.hasNext();

                    assertThatThrownBy(() -> generator.send(7))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("hasNext()");
                    assertThatThrownBy(() -> generator.throwInto(new IOException()))
                            .isInstanceOf(IllegalStateException.class);
                    assertThat(generator.send(null)).isEqualTo(1);
                    assertThat(generator.next()).isEqualTo(2);
                    generator.close();
                });
    }

    @Test
    void exceptionIsThrownAtTheYieldAndTheBodyMayGoOn() {
        var error = new UncheckedIOException("thrown in", new IOException());
        run(
                () -> {
                    AsyncGenerator<String, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        try {
                                            y.yield("first");
                                        } catch (UncheckedIOException e) {
                                            sleep(1);
                                            y.yield("caught " + e.getMessage());
                                        }
                                        y.yield("not caught");
                                    });
                    generator.next();

                    assertThat(generator.throwInto(error)).isEqualTo("caught thrown in");
                    assertThat(catchThrowable(() -> generator.throwInto(error))).isSameAs(error);
                    assertThat(generator.state()).isEqualTo(State.CLOSED);
                    assertThat(catchThrowable(() -> generator.throwInto(error))).isSameAs(error);
                });
    }

    @Test
    void exceptionThrownIntoAGeneratorThatHasNotStartedFinishesIt() {
        var error = new IOException("thrown in");
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = countTo(1);

                    assertThat(catchThrowable(() -> generator.throwInto(error))).isSameAs(error);
                    assertThatThrownBy(generator::next).isInstanceOf(StopAsyncIteration.class);
                });
    }

    // ---------------------------------------------------------------- errors of the body

    @Test
    void errorOfTheBodyComesAsTheSameObjectOnce() {
        var error = new IOException("broken");
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        y.yield(1);
                                        throw error;
                                    });
                    generator.next();

                    assertThat(catchThrowable(generator::next)).isSameAs(error);
                    assertThatThrownBy(generator::next).isInstanceOf(StopAsyncIteration.class);
                });
    }

    @Test
    void checkedExceptionCanBeDeclared() {
        AsyncGenerator<Integer, Object> generator =
                AsyncGenerator.produce(
                        y -> {
                            throw new IOException("broken");
                        });
        run(
                () -> {
                    try {
                        for (int n : generator.mayThrow(IOException.class)) {
                            log.add(n);
                        }
                    } catch (IOException e) {
                        log.add(e.getMessage());
                    }
                });

        assertThat(log).containsExactly("broken");
    }

    @Test
    void stopIterationOfTheBodyDoesNotEndALoopFurtherOut() {
        run(
                () -> {
                    for (RuntimeException stop :
                            List.of(new StopIteration(1), new StopAsyncIteration())) {
                        AsyncGenerator<Integer, Object> generator =
                                AsyncGenerator.produce(
                                        y -> {
                                            throw stop;
                                        });

                        assertThatThrownBy(generator::next)
                                .isExactlyInstanceOf(RuntimeException.class)
                                .hasMessageStartingWith("async generator raised Stop")
                                .hasCause(stop);
                    }
                });
    }

    // ---------------------------------------------------------------- misuse

    @Test
    void twoTasksCannotWaitAtOnce() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = countTo(2);
                    Task<Integer> first = createTask(generator::next);
                    sleep(0);
                    assertThat(generator.state()).isEqualTo(State.RUNNING);

                    for (VoidCoroutine second :
                            List.<VoidCoroutine>of(
                                    generator::next,
                                    generator::hasNext,
                                    () -> generator.send(null),
                                    () -> generator.throwInto(new IOException()),
                                    generator::close)) {
                        assertThatThrownBy(second::await)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("already running: another task waits for it");
                    }

                    assertThat(first.await()).isEqualTo(1);
                    generator.close();
                });
    }

    @Test
    void bodyCannotAskItself() {
        run(
                () -> {
                    var self = new ArrayList<AsyncGenerator<Integer, Object>>();
                    self.add(AsyncGenerator.produce(y -> y.yield(self.getFirst().next())));

                    assertThatThrownBy(self.getFirst()::next)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already running: its own body has called it");
                });
    }

    @Test
    void onlyTheBodysOwnTaskYields() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator =
                            AsyncGenerator.produce(y -> createTask(() -> y.yield(1)).await());

                    assertThatThrownBy(generator::next)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("must yield in its own task");
                });
    }

    @Test
    void generatorBelongsToTheLoopThatStartedIt() {
        EventLoop other = open(EventLoop.builder().name("other"));
        AsyncGenerator<Integer, Object> generator = countTo(2);
        run(generator::next);

        assertThatThrownBy(() -> other.runUntilComplete(generator::next))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to EventLoop(test")
                .hasMessageContaining("EventLoop(other");
        run(generator::close);
    }

    @Test
    void callbackCannotWaitForIt() {
        AsyncGenerator<Integer, Object> generator = countTo(2);
        loop.callSoon(generator::next);
        turns(1);

        assertThat(takeError().exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was called in a callback");
        assertThat(generator.state()).isEqualTo(State.CREATED);
        assertThatThrownBy(generator::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop");
    }

    @Test
    void bodyMustBeGiven() {
        assertThatThrownBy(() -> AsyncGenerator.of(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> AsyncGenerator.produce(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> countTo(1).throwInto(null))
                .isInstanceOf(NullPointerException.class);
    }

    // ---------------------------------------------------------------- where the body runs

    private static final ContextVar<String> USER = ContextVar.of("user", "nobody");

    @Test
    void bodyHasItsOwnContextACopyOfThatOfTheTaskThatAskedFirst() {
        run(
                () -> {
                    AsyncGenerator<String, Object> generator =
                            AsyncGenerator.produce(
                                    y -> {
                                        y.yield(USER.get());
                                        USER.set("body");
                                        y.yield(USER.get());
                                        y.yield(USER.get());
                                    });
                    USER.set("ann");
                    log.add(generator.next());
                    USER.set("bob");
                    log.add(generator.next());
                    log.add(USER.get());
                    log.add(createTask(generator::next).await());
                    generator.close();
                });

        assertThat(log).containsExactly("ann", "body", "bob", "body");
    }

    @Test
    void suspendedBodyIsNotAmongThePendingTasks() {
        run(
                () -> {
                    AsyncGenerator<Integer, Object> generator = countTo(2);
                    Task<Integer> asking = createTask(generator::next);
                    sleep(0);
                    sleep(0);
                    assertThat(loop.allTasks())
                            .hasSize(3)
                            .last()
                            .matches(t -> t.getName().startsWith("AsyncGenerator-"));

                    asking.await();

                    assertThat(loop.allTasks()).containsExactly(loop.currentTask());
                    generator.close();
                });
    }

    @Test
    void bodyMayUseATaskGroupAcrossItsYields() {
        run(
                () -> {
                    AsyncGenerator<Object, Object> generator =
                            AsyncGenerator.produce(
                                    y ->
                                            Asyncio.taskGroup(
                                                    group -> {
                                                        var one =
                                                                group.createTask(() -> sleep(1, 1));
                                                        var two =
                                                                group.createTask(() -> sleep(2, 2));
                                                        y.yield(one.await());
                                                        y.yield(two.await());
                                                    }));
                    generator.forEach(log::add);
                });

        assertThat(log).containsExactly(1, 2);
    }
}
