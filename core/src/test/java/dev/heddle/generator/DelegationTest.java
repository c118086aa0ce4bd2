package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** PEP 380, steps 1 to 7, where the inner one is a generator too. */
class DelegationTest {

    private final List<Object> log = new ArrayList<>();

    /** Yields 1, 2; returns what it was sent; remembers how it ended. */
    private final Generator<Integer, String, String> inner =
            Generator.of(
                    y -> {
                        try {
                            return y.mayThrow(IOException.class).yield(1) + y.yield(2);
                        } catch (IOException e) {
                            log.add("inner caught " + e.getMessage());
                            return "after " + y.yield(9);
                        } catch (GeneratorExit e) {
                            log.add("inner exits");
                            throw e;
                        }
                    });

    private final Generator<Integer, String, String> outer =
            Generator.of(
                    y -> {
                        y.yield(0);
                        try {
                            log.add("inner returned " + y.yieldFrom(inner));
                        } catch (Throwable e) {
                            log.add("outer got " + e.getClass().getSimpleName());
                            if (e instanceof Error) {
                                throw e;
                            }
                        }
                        y.yield(100);
                        return "outer end";
                    });

    @Test
    void valuesAndAnswersPassStraightThrough() {
        assertThat(outer.next()).isEqualTo(0);
        assertThat(outer.next()).isEqualTo(1);
        assertThat(log).isEmpty();
        assertThat(outer.send("a")).isEqualTo(2);
        assertThat(log).isEmpty();
        assertThat(outer.send("b")).isEqualTo(100);
        assertThat(log).containsExactly("inner returned ab");
        assertThat(catchThrowableOfType(StopIteration.class, outer::next).value())
                .isEqualTo("outer end");
    }

    @Test
    void anExhaustedInnerOneYieldsNothingOutward() {
        Generator<Integer, Object, String> empty = Generator.of(y -> "nothing");
        Generator<Integer, Object, String> both =
                Generator.of(y -> y.yieldFrom(empty) + y.yieldFrom(empty));

        // The second time it had finished before, and its value was gone.
        assertThat(catchThrowableOfType(StopIteration.class, both::next).value())
                .isEqualTo("nothingnull");
    }

    @Test
    void whatIsThrownInReachesTheInnerOneAndItsAnswerGoesOut() {
        outer.next();
        outer.next();

        assertThat(outer.throwInto(new IOException("x"))).isEqualTo(9);
        assertThat(log).containsExactly("inner caught x");
        assertThat(outer.send("z")).isEqualTo(100);
        assertThat(log).containsExactly("inner caught x", "inner returned after z");
    }

    @Test
    void anExceptionOfTheInnerOneIsRaisedInTheOuterOne() {
        outer.next();
        outer.next();

        assertThat(outer.throwInto(new IllegalArgumentException())).isEqualTo(100);
        assertThat(log).containsExactly("outer got IllegalArgumentException");
        assertThat(inner.state()).isEqualTo(State.CLOSED);
        assertThat(outer.delegate()).isNull();
    }

    @Test
    void throwingIntoTheInnerOneMayFinishIt() {
        Generator<Integer, Object, String> returns =
                Generator.of(
                        y -> {
                            try {
                                y.mayThrow(IOException.class).yield(1);
                                return "not reached";
                            } catch (IOException e) {
                                return "ended by " + e.getMessage();
                            }
                        });
        Generator<Object, Object, String> delegating =
                Generator.of(
                        y -> {
                            y.yield(y.yieldFrom(returns));
                            return null;
                        });
        delegating.next();

        assertThat(delegating.throwInto(new IOException("x"))).isEqualTo("ended by x");
    }

    @Test
    void closingGoesInsideOut() {
        outer.next();
        outer.next();

        outer.close();

        assertThat(log).containsExactly("inner exits", "outer got GeneratorExit");
        assertThat(inner.state()).isEqualTo(State.CLOSED);
        assertThat(outer.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void generatorExitThrownInClosesTheInnerOneAndComesOutAsTheSameObject() {
        var exit = new GeneratorExit();
        outer.next();
        outer.next();

        assertThatThrownBy(() -> outer.throwInto(exit)).isSameAs(exit);
        assertThat(log).containsExactly("inner exits", "outer got GeneratorExit");
    }

    @Test
    void anErrorWhileTheInnerOneClosesIsRaisedInTheOuterOneInsteadOfGeneratorExit() {
        Generator<Integer, Object, Void> failing =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } finally {
                                fail("inner");
                            }
                        });
        Generator<Integer, Object, String> handling =
                Generator.of(
                        y -> {
                            try {
                                y.mayThrow(IOException.class).yieldFrom(failing);
                                return "not reached";
                            } catch (IOException e) {
                                return "handled " + e.getMessage();
                            }
                        });
        handling.next();

        assertThat(handling.closeAndGet()).isEqualTo("handled inner");
    }

    private static void fail(String message) throws IOException {
        throw new IOException(message);
    }

    @Test
    void aReturnOfTheInnerOneWhileItClosesDoesNotStopTheClosing() {
        Generator<Integer, Object, String> returning =
                Generator.of(
                        y -> {
                            try {
                                y.yield(1);
                                return "";
                            } catch (GeneratorExit e) {
                                return "swallowed";
                            }
                        });
        Generator<Integer, Object, String> delegating =
                Generator.of(
                        y -> {
                            try {
                                y.yieldFrom(returning);
                                return "not reached";
                            } catch (GeneratorExit e) {
                                return "outer was told";
                            }
                        });
        delegating.next();

        assertThat(delegating.closeAndGet()).isEqualTo("outer was told");
    }

    @Test
    void anInnerOneThatIgnoresGeneratorExitIsLeftAloneAndTheOuterOneGoesOn() {
        Generator<Integer, Object, Void> stubborn =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } catch (GeneratorExit e) {
                                y.yieldFrom(List.of(2, 3));
                            }
                        });
        Generator<Integer, Object, String> middle =
                Generator.of(
                        y -> {
                            try {
                                y.yieldFrom(stubborn);
                                return "not reached";
                            } catch (IllegalStateException e) {
                                log.add(e.getMessage());
                                y.yieldFrom(List.of(11, 12));
                                return "middle end";
                            }
                        });
        Generator<Integer, Object, String> top =
                Generator.of(
                        y -> {
                            try {
                                y.yieldFrom(middle);
                                return "not reached";
                            } catch (IllegalStateException e) {
                                log.add(e.getMessage());
                                y.yieldFrom(List.of(21, 22));
                                return "top end";
                            }
                        });
        top.next();

        // Each ignores it and yields: so does the next one further out, for throwInto a value.
        assertThat(top.throwInto(new GeneratorExit())).isEqualTo(21);

        assertThat(log).hasSize(2).allMatch(e -> e.toString().contains("ignored GeneratorExit"));
        assertThat(stubborn.next()).isEqualTo(3);
        assertThat(middle.next()).isEqualTo(12);
        assertThat(top.next()).isEqualTo(22);
        assertThat(top.hasNext()).isFalse();
        assertThat(top.closeAndGet()).isEqualTo("top end");
        assertThat(middle.state()).isEqualTo(State.SUSPENDED);
        assertThat(stubborn.hasNext()).isFalse();
        assertThat(middle.hasNext()).isFalse();
        assertThat(middle.closeAndGet()).isEqualTo("middle end");
    }

    @Test
    void aCleanUpThatYieldsFromAGeneratorWithoutValuesIsNoIgnoring() {
        Generator<Integer, Object, String> cleanUp =
                Generator.of(
                        y -> {
                            log.add("cleaned up");
                            return "clean";
                        });
        Generator<Integer, Object, Void> tidy =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } finally {
                                log.add(y.yieldFrom(cleanUp));
                            }
                        });
        Generator<Integer, Object, Void> delegating = Generator.produce(y -> y.yieldFrom(tidy));
        delegating.next();

        delegating.close();

        assertThat(log).containsExactly("cleaned up", "clean");
        assertThat(tidy.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aCleanUpThatYieldsFromAGeneratorWithValuesIs() {
        Generator<Integer, Object, Void> chatty =
                Generator.produce(y -> y.yieldFrom(List.of(5, 6)));
        Generator<Integer, Object, Void> untidy =
                Generator.produce(
                        y -> {
                            try {
                                y.yield(1);
                            } finally {
                                y.yieldFrom(chatty);
                            }
                        });
        Generator<Integer, Object, Void> delegating = Generator.produce(y -> y.yieldFrom(untidy));
        delegating.next();

        assertThatThrownBy(delegating::close).hasMessageContaining("ignored GeneratorExit");
        assertThat(delegating.state()).isEqualTo(State.CLOSED);
        assertThat(untidy.delegate()).isSameAs(chatty);
        assertThat(untidy.next()).isEqualTo(6);
        assertThatThrownBy(untidy::next).isInstanceOf(GeneratorExit.class);
    }

    @Test
    void stopIterationThatEscapesTheInnerOneReachesTheOuterOneAsARuntimeException() {
        var stop = new StopIteration("thrown in");
        outer.next();
        outer.next();

        assertThat(outer.throwInto(stop)).isEqualTo(100);
        assertThat(log).containsExactly("outer got RuntimeException");
    }

    @Test
    void delegateTellsWhatItYieldsFrom() {
        Generator<Integer, String, String> top = Generator.of(y -> y.yieldFrom(outer));

        assertThat(outer.delegate()).isNull();
        top.next();
        assertThat(top.delegate()).isSameAs(outer);
        assertThat(outer.delegate()).isNull();
        top.next();
        assertThat(outer.delegate()).isSameAs(inner);
        top.close();
        assertThat(top.delegate()).isNull();
        assertThat(outer.delegate()).isNull();
    }
}
