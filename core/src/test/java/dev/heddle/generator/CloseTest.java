package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;

/** PEP 342: close(), with the return value that Python 3.13 added. */
class CloseTest {

    @Test
    void runsTheFinallyBlocksOfTheBodyFromTheInside() {
        var log = new ArrayList<String>();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            try {
                                try {
                                    y.yield(1);
                                } finally {
                                    log.add("inner");
                                }
                            } finally {
                                log.add("outer");
                            }
                        });

        try (generator) {
            generator.next();
        }

        assertThat(log).containsExactly("inner", "outer");
        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
    }

    @Test
    void catchingExceptionDoesNotSwallowIt() {
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            while (true) {
                                try {
                                    y.yield(1);
                                } catch (Exception e) {
                                    y.yield(2);
                                }
                            }
                        });
        generator.next();

        assertThatCode(generator::close).doesNotThrowAnyException();
    }

    @Test
    void isNullIfTheBodyLetsGeneratorExitOutAndItsValueIfItReturns() {
        Generator<Integer, Object, String> lets =
                Generator.of(
                        y -> {
                            y.yield(1);
                            return "not reached";
                        });
        Generator<Integer, Object, String> returns =
                Generator.of(
                        y -> {
                            try {
                                y.yield(1);
                                return "not reached";
                            } catch (GeneratorExit e) {
                                return "closed";
                            }
                        });
        lets.next();
        returns.next();

        assertThat(lets.closeAndGet()).isNull();
        assertThat(returns.closeAndGet()).isEqualTo("closed");
        assertThat(returns.closeAndGet()).isNull();
    }

    @Test
    void aReturnInFinallyDropsGeneratorExit() {
        Generator<Integer, Object, String> generator = Generator.of(CloseTest::returnsInFinally);
        generator.next();

        assertThat(generator.closeAndGet()).isEqualTo("finally");
    }

    @SuppressWarnings("finally")
    private static String returnsInFinally(Yielder<Integer, Object> y) {
        try {
            y.yield(1);
            return "not reached";
        } finally {
            return "finally";
        }
    }

    @Test
    void isAnErrorIfTheBodyYieldsAgainAndLeavesItSuspended() {
        Generator<Integer, Object, Void> stubborn =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } catch (GeneratorExit e) {
                                y.yield(2);
                                y.yield(3);
                            }
                        });
        stubborn.next();

        assertThatThrownBy(stubborn::close)
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("generator ignored GeneratorExit");
        assertThat(stubborn.state()).isEqualTo(State.SUSPENDED);
        assertThat(stubborn.next()).isEqualTo(3);
        assertThatCode(stubborn::close).doesNotThrowAnyException();
    }

    @Test
    void passesOnAnyOtherException() {
        var failure = new IOException("while closing");
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } finally {
                                thrower(failure);
                            }
                        });
        generator.next();

        assertThatThrownBy(generator::close).isSameAs(failure);
        assertThat(generator.state()).isEqualTo(State.CLOSED);
    }

    private static void thrower(Exception e) throws Exception {
        throw e;
    }

    @Test
    void marksAnUnstartedOneFinishedWithoutRunningIt() {
        var log = new ArrayList<String>();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            log.add("ran");
                            y.yield(1);
                        });

        generator.close();

        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThat(generator.hasNext()).isFalse();
        assertThat(log).isEmpty();
    }

    @Test
    void doesNothingToAFinishedOne() {
        Generator<Integer, Object, String> generator = Generator.of(y -> "value");
        assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);

        generator.close();

        assertThat(generator.closeAndGet()).isNull();
    }

    @Test
    void afterALoopItStillTellsWhatTheBodyReturned() {
        Generator<Integer, Object, String> generator =
                Generator.of(
                        y -> {
                            y.yield(1);
                            return "value";
                        });
        int sum = 0;
        for (int i : generator) {
            sum += i;
        }

        assertThat(sum).isEqualTo(1);
        assertThat(generator.closeAndGet()).isEqualTo("value");
        assertThat(generator.closeAndGet()).isNull();
    }
}
