package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A generator as an iterator, an iterable and a stream; hasNext() runs ahead by one value. */
class LookaheadTest {

    private final List<Object> log = new ArrayList<>();

    private final Generator<Integer, String, String> generator =
            Generator.of(
                    y -> {
                        try {
                            for (int i = 1; i <= 3; i++) {
                                log.add(y.yield(i));
                            }
                            return "end";
                        } finally {
                            log.add("cleaned up");
                        }
                    });

    @Test
    void hasNextAdvancesOnceAndNextTakesTheValue() {
        assertThat(generator.hasNext()).isTrue();
        assertThat(generator.hasNext()).isTrue();
        assertThat(generator.next()).isEqualTo(1);
        assertThat(generator.next()).isEqualTo(2);
        assertThat(generator.send(null)).isEqualTo(3);
        assertThat(generator.hasNext()).isFalse();
        assertThat(generator.hasNext()).isFalse();
        assertThat(log).containsExactly(null, null, null, "cleaned up");
    }

    @Test
    void sendNullTakesTheValueToo() {
        generator.hasNext();

        assertThat(generator.send(null)).isEqualTo(1);
        assertThat(generator.send("answer")).isEqualTo(2);
        assertThat(log).containsExactly("answer");
    }

    @Test
    void betweenHasNextAndNextNothingCanBeSentOrThrown() {
        generator.hasNext();

        assertThatThrownBy(() -> generator.send("answer"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hasNext() has already run");
        assertThatThrownBy(() -> generator.throwInto(new IOException()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("hasNext() has already run");
        assertThat(generator.next()).isEqualTo(1);
        assertThat(generator.send("answer")).isEqualTo(2);
    }

    @Test
    void closeDropsTheValue() {
        generator.hasNext();

        generator.close();

        assertThat(generator.hasNext()).isFalse();
        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void theReturnValueThatHasNextSawIsNotLost() {
        while (generator.hasNext()) {
            generator.next();
        }

        var first = catchThrowableOfType(StopIteration.class, generator::next);
        var second = catchThrowableOfType(StopIteration.class, generator::next);

        assertThat(first.value()).isEqualTo("end");
        assertThat(second.value()).isNull();
    }

    @Test
    void hasNextThrowsWhatTheBodyThrows() {
        var failure = new IOException("checked");
        Generator<Integer, Object, Void> failing =
                Generator.produce(
                        y -> {
                            throw failure;
                        });

        assertThatThrownBy(failing::hasNext).isSameAs(failure);
        assertThat(failing.hasNext()).isFalse();
    }

    @Test
    void aForStatementWalksOverIt() {
        var seen = new ArrayList<Integer>();
        for (int i : generator) {
            seen.add(i);
        }

        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void leavingALoopDoesNotCloseButTryWithResourcesDoes() {
        try (generator) {
            for (int i : generator) {
                if (i == 2) {
                    break;
                }
            }
            assertThat(generator.state()).isEqualTo(State.SUSPENDED);
        }
        assertThat(log).containsExactly(null, "cleaned up");
    }

    @Test
    void aStreamTakesNoMoreThanItNeedsAndClosesTheGenerator() {
        Generator<Integer, Object, Void> naturals =
                Generator.produce(
                        y -> {
                            for (int i = 0; ; i++) {
                                log.add(i);
                                y.yield(i);
                            }
                        });

        try (var stream = naturals.stream()) {
            assertThat(stream.filter(i -> i % 2 == 1).limit(2).toList()).containsExactly(1, 3);
        }

        assertThat(log).containsExactly(0, 1, 2, 3);
        assertThat(naturals.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aDelegateThatWasLookedIntoYieldsThatValueFirst() {
        generator.hasNext();
        Generator<Integer, String, String> outer = Generator.of(y -> y.yieldFrom(generator));

        assertThat(outer.next()).isEqualTo(1);
        assertThat(outer.send("answer")).isEqualTo(2);
        assertThat(log).containsExactly("answer");
    }

    @Test
    void aDelegateLookedIntoBehindItsOuterOneRefusesAnAnswerInTheOuterOne() {
        Generator<Integer, String, String> outer =
                Generator.of(
                        y -> {
                            try {
                                return y.yieldFrom(generator);
                            } catch (IllegalStateException e) {
                                log.add("refused");
                                return y.yieldFrom(generator);
                            }
                        });
        outer.next();
        generator.hasNext();

        assertThat(outer.send("answer")).isEqualTo(2);
        assertThat(log).containsExactly(null, "refused");
        assertThat(outer.next()).isEqualTo(3);
    }

    @Test
    void aDelegateLookedIntoBehindItsOuterOneGivesTheValueAndCanBeClosed() {
        Generator<Integer, String, String> outer = Generator.of(y -> y.yieldFrom(generator));
        outer.next();
        generator.hasNext();
        assertThat(outer.next()).isEqualTo(2);
        generator.hasNext();

        outer.close();

        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThat(log).containsExactly(null, null, "cleaned up");
    }

    @Test
    void aDelegateThatHasNextSawFinishedGivesItsReturnValue() {
        while (generator.hasNext()) {
            generator.next();
        }
        Generator<Integer, String, String> outer =
                Generator.of(y -> "got " + y.yieldFrom(generator));

        assertThat(outer.hasNext()).isFalse();
        assertThat(outer.closeAndGet()).isEqualTo("got end");
    }
}
