package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** PEP 380, steps 1 to 8, where the inner one is an iterator or a delegate of the user's own. */
class ForeignDelegateTest {

    private final List<Object> log = new ArrayList<>();

    private static Generator<Object, Object, Object> delegatingTo(Delegate<?, Object, ?> inner) {
        return Generator.of(
                y -> {
                    try {
                        return "returned " + y.yieldFrom(inner);
                    } catch (Throwable e) {
                        y.yield(e);
                        return "recovered";
                    }
                });
    }

    private static Generator<Object, Object, Object> delegatingTo(Iterator<?> inner) {
        return Generator.of(
                y -> {
                    try {
                        return "returned " + y.yieldFrom(inner);
                    } catch (Throwable e) {
                        y.yield(e);
                        return "recovered";
                    }
                });
    }

    private static Object endOf(Generator<?, ?, ?> generator) {
        assertThat(generator.hasNext()).isFalse();
        return generator.closeAndGet();
    }

    // ---- Plain iterators

    @Test
    void anIteratorsElementsPassThroughAndItReturnsNull() {
        var generator = delegatingTo(List.of("a", "b").iterator());

        assertThat(generator.next()).isEqualTo("a");
        assertThat(generator.send(null)).isEqualTo("b");
        assertThat(endOf(generator)).isEqualTo("returned null");
    }

    @Test
    void iterablesStreamsAndArraysToo() {
        var closed = new AtomicInteger();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            y.yieldFrom(List.of(1, 2));
                            y.yieldFrom(Stream.of(3, 4).onClose(closed::incrementAndGet));
                            y.yieldFrom(new Integer[] {5, 6});
                        });

        assertThat(generator.stream()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(closed).hasValue(1);
    }

    @Test
    void aStreamIsClosedWithTheGenerator() {
        var closed = new AtomicInteger();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> y.yieldFrom(Stream.of(1, 2).onClose(closed::incrementAndGet)));
        generator.next();

        generator.close();

        assertThat(closed).hasValue(1);
    }

    @Test
    void anIteratorTakesNoValueAndTheErrorIsRaisedInTheOuterOne() {
        Iterator<String> iterator = List.of("a", "b").iterator();
        var generator = delegatingTo(iterator);
        generator.next();

        assertThat(generator.send("answer"))
                .isInstanceOf(UnsupportedOperationException.class)
                .asString()
                .contains("plain iterator", "answer");
        assertThat(generator.delegate()).isNull();
        assertThat(iterator.next()).isEqualTo("b");
        assertThat(endOf(generator)).isEqualTo("recovered");
    }

    @Test
    void whatIsThrownInIsRaisedInTheOuterOne() {
        Iterator<String> iterator = List.of("a", "b").iterator();
        var generator = delegatingTo(iterator);
        var failure = new IOException();
        generator.next();

        assertThat(generator.throwInto(failure)).isSameAs(failure);
        assertThat(iterator.next()).isEqualTo("b");
    }

    @Test
    void aStopIterationThrownInIsNotTakenForTheEndOfTheIterator() {
        var generator = delegatingTo(List.of("a", "b").iterator());
        var stop = new StopIteration("thrown in");
        generator.next();

        assertThat(generator.throwInto(stop)).isSameAs(stop);
    }

    private class CloseableIterator implements Iterator<Object>, AutoCloseable {
        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Object next() {
            return "element";
        }

        @Override
        public void close() throws IOException {
            log.add("closed");
        }
    }

    @Test
    void closingClosesAnAutoCloseableIteratorFirst() {
        var exits = new ArrayList<Object>();
        Generator<Object, Object, Void> generator =
                Generator.produce(
                        y -> {
                            try {
                                y.yieldFrom(new CloseableIterator());
                            } catch (GeneratorExit e) {
                                log.add("exit");
                                exits.add(e);
                                throw e;
                            }
                        });
        generator.next();

        generator.close();

        assertThat(log).containsExactly("closed", "exit");
    }

    @Test
    void anErrorWhileTheIteratorClosesReplacesGeneratorExit() {
        var failure = new IOException("cannot close");
        var generator =
                delegatingTo(
                        new CloseableIterator() {
                            @Override
                            public void close() throws IOException {
                                throw failure;
                            }
                        });
        generator.next();

        assertThat(generator.throwInto(new GeneratorExit())).isSameAs(failure);
    }

    @Test
    void anIteratorThatIsInTruthAGeneratorIsTreatedAsOne() {
        Generator<Object, Object, Object> inner = Generator.of(y -> y.yield("ready"));
        var generator = delegatingTo((Iterator<Object>) inner);
        generator.next();

        assertThat(generator.delegate()).isSameAs(inner);
        assertThatThrownBy(() -> generator.send("answer"))
                .isInstanceOfSatisfying(
                        StopIteration.class,
                        e -> assertThat(e.value()).isEqualTo("returned answer"));
    }

    @Test
    void delegateTellsWhichIterator() {
        Iterator<String> iterator = List.of("a").iterator();
        var generator = delegatingTo(iterator);
        generator.next();

        assertThat(generator.delegate()).isSameAs(iterator);
        assertThat(endOf(generator)).isEqualTo("returned null");
        assertThat(generator.delegate()).isNull();
    }

    // ---- Delegates of the user's own

    /** Writes down what is called, and answers as told. */
    private class Recorder implements Delegate<Object, Object, Object> {
        @Override
        public Object next() {
            log.add("next");
            return "value";
        }

        @Override
        public Object send(Object value) {
            log.add("send " + value);
            throw new StopIteration("result");
        }

        @Override
        public Object throwInto(Throwable exception) {
            log.add("throw " + exception.getMessage());
            return "survived";
        }

        @Override
        public void close() {
            log.add("close");
        }
    }

    @Test
    void nullIsNextAndAnythingElseIsSend() {
        var generator = delegatingTo(new Recorder());
        generator.next();
        generator.send(null);
        assertThatThrownBy(() -> generator.send(5))
                .isInstanceOfSatisfying(
                        StopIteration.class,
                        e -> assertThat(e.value()).isEqualTo("returned result"));

        assertThat(log).containsExactly("next", "next", "send 5");
    }

    @Test
    void aValueInAnswerToAnExceptionGoesOutward() {
        var generator = delegatingTo(new Recorder());
        generator.next();

        assertThat(generator.throwInto(new IOException("x"))).isEqualTo("survived");
        assertThat(generator.next()).isEqualTo("value");
        assertThat(log).containsExactly("next", "throw x", "next");
    }

    @Test
    void closeIsCalledInsteadOfThrowingGeneratorExit() {
        var generator = delegatingTo(new Recorder());
        var exit = new GeneratorExit();
        generator.next();

        assertThat(generator.throwInto(exit)).isSameAs(exit);
        assertThat(log).containsExactly("next", "close");
    }

    @Test
    void aStopIterationThrownInAndRaisedUnchangedIsNotTheEnd() {
        // Step 8.
        var stop = new StopIteration("thrown in");
        var generator =
                delegatingTo(
                        new Recorder() {
                            @Override
                            public Object throwInto(Throwable exception) {
                                throw (StopIteration) exception;
                            }
                        });
        generator.next();

        assertThat(generator.throwInto(stop)).isSameAs(stop);
    }

    @Test
    void aStopIterationOfItsOwnInAnswerToOneThrownInIsTheEnd() {
        var generator =
                delegatingTo(
                        new Recorder() {
                            @Override
                            public Object throwInto(Throwable exception) {
                                throw new StopIteration("own");
                            }
                        });
        generator.next();

        assertThatThrownBy(() -> generator.throwInto(new StopIteration("thrown in")))
                .isInstanceOfSatisfying(
                        StopIteration.class, e -> assertThat(e.value()).isEqualTo("returned own"));
    }

    @Test
    void anOldExceptionThatCameBackLaterIsTheEndAgain() {
        // The rule is about the exception that is being thrown in, not about any earlier one.
        var stop = new StopIteration("thrown in");
        var generator =
                delegatingTo(
                        new Recorder() {
                            @Override
                            public Object send(Object value) {
                                throw stop;
                            }
                        });
        generator.next();
        generator.throwInto(stop);

        assertThatThrownBy(() -> generator.send("now"))
                .isInstanceOfSatisfying(
                        StopIteration.class,
                        e -> assertThat(e.value()).isEqualTo("returned thrown in"));
    }

    @Test
    void stopIterationFromCloseIsAnErrorAndNotTheEnd() {
        var stop = new StopIteration("from close");
        var generator =
                delegatingTo(
                        new Recorder() {
                            @Override
                            public void close() {
                                throw stop;
                            }
                        });
        generator.next();

        assertThat(generator.throwInto(new GeneratorExit())).isSameAs(stop);
    }

    @Test
    void aDelegateThatIsOnlyALambdaHasTheDefaultsOfPep380() {
        Delegate<Object, Object, Object> lambda = () -> "value";
        var failure = new IOException();

        assertThat(lambda.send(null)).isEqualTo("value");
        assertThatThrownBy(() -> lambda.send("answer"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("answer");
        assertThatThrownBy(() -> lambda.throwInto(failure)).isSameAs(failure);
        lambda.close();
    }

    @Test
    void aDelegateMayStandBetweenGenerators() {
        Generator<Object, Object, Object> innermost =
                Generator.of(y -> "innermost got " + y.yield("ready"));
        var forwarding =
                new Delegate<Object, Object, Object>() {
                    @Override
                    public Object next() {
                        return innermost.next();
                    }

                    @Override
                    public Object send(Object value) {
                        return innermost.send(value);
                    }
                };
        var middle = delegatingTo(forwarding);
        Generator<Object, Object, Object> outer = Generator.of(y -> y.yieldFrom(middle));

        assertThat(outer.next()).isEqualTo("ready");
        assertThatThrownBy(() -> outer.send("x"))
                .isInstanceOfSatisfying(
                        StopIteration.class,
                        e -> assertThat(e.value()).isEqualTo("returned innermost got x"));
    }
}
