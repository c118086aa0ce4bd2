package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.NoSuchElementException;

/** PEP 342: yield is an expression, send, return, and how a generator ends. */
class GeneratorTest {

    @Test
    void nothingOfTheBodyRunsBeforeTheFirstValueIsAskedFor() {
        var log = new ArrayList<String>();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            log.add("started");
                            y.yield(1);
                        });

        assertThat(log).isEmpty();
        assertThat(generator.next()).isEqualTo(1);
        assertThat(log).containsExactly("started");
    }

    @Test
    void yieldIsAnExpressionWhoseValueIsWhatWasSent() {
        Generator<String, Integer, Void> echo =
                Generator.of(
                        y -> {
                            Integer got = y.yield("ready");
                            while (true) {
                                got = y.yield("got " + got);
                            }
                        });

        assertThat(echo.next()).isEqualTo("ready");
        assertThat(echo.send(42)).isEqualTo("got 42");
        assertThat(echo.next()).isEqualTo("got null");
        assertThat(echo.send(null)).isEqualTo("got null");
        assertThat(echo.send(7)).isEqualTo("got 7");
    }

    @Test
    void nullCanBeYielded() {
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            y.yield(null);
                            y.yield(2);
                        });

        assertThat(generator.hasNext()).isTrue();
        assertThat(generator.next()).isNull();
        assertThat(generator.next()).isEqualTo(2);
        assertThat(generator.hasNext()).isFalse();
    }

    @Test
    void sendingAValueToAGeneratorThatHasNotStartedIsAnErrorAndChangesNothing() {
        Generator<Integer, String, Void> generator =
                Generator.of(
                        y -> {
                            y.yield(1);
                            return null;
                        });

        assertThatThrownBy(() -> generator.send("early"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has not started");
        assertThat(generator.state()).isEqualTo(State.CREATED);
        assertThat(generator.send(null)).isEqualTo(1);
    }

    @Test
    void theReturnValueTravelsInStopIteration() {
        Generator<Integer, Integer, String> generator = Generator.of(y -> "sum " + y.yield(1));

        generator.next();
        var stop = catchThrowableOfType(StopIteration.class, () -> generator.send(5));

        assertThat(stop.value()).isEqualTo("sum 5");
        assertThat(stop).hasMessageContaining("returned sum 5");
    }

    @Test
    void afterTheEndEveryNextAndSendRaisesStopIterationWithoutValue() {
        Generator<Integer, Integer, String> generator = Generator.of(y -> "value");

        assertThat(catchThrowableOfType(StopIteration.class, generator::next).value())
                .isEqualTo("value");
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowableOfType(StopIteration.class, generator::next).value()).isNull();
            assertThat(catchThrowableOfType(StopIteration.class, () -> generator.send(1)).value())
                    .isNull();
        }
        assertThat(generator.hasNext()).isFalse();
    }

    @Test
    void nextKeepsTheContractOfIteratorAndShowsWhereItWasCalled() {
        Generator<Integer, Object, Void> empty = Generator.produce(y -> {});

        Throwable stop = catchThrowable(empty::next);

        assertThat(stop).isInstanceOf(NoSuchElementException.class);
        assertThat(stop.getStackTrace()).isNotEmpty();
    }

    @Test
    void stopIterationFromSendCostsNoStackTrace() {
        Generator<Integer, Object, Void> empty = Generator.produce(y -> {});

        assertThat(catchThrowable(() -> empty.send(null)).getStackTrace()).isEmpty();
    }

    @Test
    void anExceptionThatEscapesArrivesAsItIsAndFinishesForGood() {
        var failure = new IOException("checked");
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            y.yield(1);
                            throw failure;
                        });

        generator.next();

        assertThatThrownBy(generator::next).isSameAs(failure);
        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
    }

    @Test
    void stopIterationThatEscapesTheBodyBecomesARuntimeException() {
        // PEP 479
        Generator<Integer, Object, Void> empty = Generator.produce(y -> {});
        Generator<Integer, Object, Void> careless = Generator.produce(y -> y.yield(empty.next()));

        assertThatThrownBy(careless::next)
                .isExactlyInstanceOf(RuntimeException.class)
                .hasMessage("generator raised StopIteration")
                .hasCauseInstanceOf(StopIteration.class);
        assertThat(careless.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void stateTellsWhereTheGeneratorStands() {
        var seen = new ArrayList<State>();
        var self = new ArrayList<Generator<Integer, Object, Void>>();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            seen.add(self.getFirst().state());
                            y.yield(1);
                        });
        self.add(generator);

        seen.add(generator.state());
        generator.next();
        seen.add(generator.state());
        generator.hasNext();
        seen.add(generator.state());

        assertThat(seen)
                .containsExactly(State.CREATED, State.RUNNING, State.SUSPENDED, State.CLOSED);
        assertThat(generator.toString()).endsWith("[CLOSED]");
    }

    @Test
    void yieldWorksAtAnyDepthOfCallsBelowTheBody() {
        Generator<Integer, Object, Void> generator = Generator.produce(y -> countDown(y, 50));

        assertThat(generator.stream().mapToInt(i -> i).sum()).isEqualTo(50 * 51 / 2);
    }

    private static void countDown(Yielder<Integer, Object> y, int n) {
        if (n > 0) {
            countDown(y, n - 1);
            y.yield(n);
        }
    }

    @Test
    void theBodyMayUseAnotherGeneratorByItself() {
        Generator<Integer, Object, Void> inner =
                Generator.produce(y -> y.yieldFrom(new Integer[] {1, 2, 3}));
        Generator<Integer, Object, Void> squares =
                Generator.produce(
                        y -> {
                            for (int i : inner) {
                                y.yield(i * i);
                            }
                        });

        assertThat(squares.stream()).containsExactly(1, 4, 9);
    }

    @Test
    void aYieldUnderALockOfTheBodyLeavesItTaken() {
        var lock = new Object();
        Generator<Boolean, Object, Void> generator =
                Generator.produce(
                        y -> {
                            synchronized (lock) {
                                y.yield(Thread.holdsLock(lock));
                                y.yield(Thread.holdsLock(lock));
                            }
                            y.yield(Thread.holdsLock(lock));
                        });

        assertThat(generator.stream()).containsExactly(true, true, false);
    }

    @Test
    void aCheckedExceptionOfTheBodyCanBeDeclaredAndSoCaught() {
        Generator<String, Object, Void> lines =
                Generator.produce(
                        y -> {
                            y.yield("line");
                            throw new IOException("broken");
                        });
        var log = new ArrayList<String>();

        try {
            for (String line : lines.mayThrow(IOException.class)) {
                log.add(line);
            }
        } catch (IOException e) {
            log.add(e.getMessage());
        }

        assertThat(log).containsExactly("line", "broken");
    }
}
