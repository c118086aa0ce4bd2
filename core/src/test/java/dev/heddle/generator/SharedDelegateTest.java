package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** Generators of a chain that are driven from elsewhere meanwhile: the cached chain must follow. */
class SharedDelegateTest {

    private static Generator<Integer, Object, String> counting(int from, int to) {
        return Generator.of(
                y -> {
                    for (int i = from; i <= to; i++) {
                        y.yield(i);
                    }
                    return "counted to " + to;
                });
    }

    private static Generator<Integer, Object, String> around(Generator<Integer, Object, String> g) {
        return Generator.of(y -> "(" + y.yieldFrom(g) + ")");
    }

    private static String endOf(Generator<Integer, Object, String> generator) {
        assertThat(generator.hasNext()).isFalse();
        return generator.closeAndGet();
    }

    @Test
    void anInnerOneMayBeDrivenDirectlyInBetween() {
        var inner = counting(1, 6);
        var middle = around(inner);
        var outer = around(middle);

        assertThat(outer.next()).isEqualTo(1);
        assertThat(inner.next()).isEqualTo(2);
        assertThat(outer.next()).isEqualTo(3);
        assertThat(middle.next()).isEqualTo(4);
        assertThat(inner.next()).isEqualTo(5);
        assertThat(outer.next()).isEqualTo(6);
        assertThat(endOf(outer)).isEqualTo("((counted to 6))");
    }

    @Test
    void oneThatWasFinishedDirectlyGivesItsOuterOneNull() {
        var inner = counting(1, 2);
        var outer = around(inner);
        outer.next();
        inner.next();
        assertThatThrownBy(inner::next).isInstanceOf(StopIteration.class);

        assertThat(endOf(outer)).isEqualTo("(null)");
    }

    @Test
    void oneThatWasClosedDirectlyRaisesInItsOuterOneWhatIsThrownIn() {
        var inner = counting(1, 2);
        var outer = around(inner);
        var failure = new IOException();
        outer.next();
        inner.close();

        assertThatThrownBy(() -> outer.throwInto(failure)).isSameAs(failure);
        assertThat(outer.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneThatWasFinishedDirectlyIsNothingToClose() {
        var inner = counting(1, 2);
        var middle = around(inner);
        var outer = around(middle);
        outer.next();
        inner.close();

        outer.close();

        assertThat(middle.state()).isEqualTo(State.CLOSED);
        assertThat(outer.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void twoOuterOnesTakeTurnsWithOneInnerOne() {
        var inner = counting(1, 5);
        var left = around(around(inner));
        var right = around(inner);

        assertThat(left.next()).isEqualTo(1);
        assertThat(right.next()).isEqualTo(2);
        assertThat(left.next()).isEqualTo(3);
        assertThat(left.next()).isEqualTo(4);
        assertThat(right.next()).isEqualTo(5);
        assertThat(endOf(left)).isEqualTo("((counted to 5))");
        assertThat(endOf(right)).isEqualTo("(null)");
    }

    @Test
    void oneWithAChainOfItsOwnMayBecomePartOfAnother() {
        var inner = counting(1, 4);
        var middle = around(around(inner));
        assertThat(middle.next()).isEqualTo(1);

        var outer = around(middle);

        assertThat(outer.next()).isEqualTo(2);
        assertThat(middle.next()).isEqualTo(3);
        assertThat(outer.next()).isEqualTo(4);
        assertThat(endOf(outer)).isEqualTo("(((counted to 4)))");
    }

    @Test
    void anInnerOneMayBeDrivenByTheBodyOfTheOneThatStandsBeside() {
        var shared = counting(1, 9);
        Generator<Integer, Object, String> outer =
                Generator.of(
                        y -> {
                            y.yieldFrom(
                                    Generator.<Integer>produce(
                                            z -> {
                                                z.yield(shared.next() * 10);
                                                z.yield(shared.next() * 10);
                                            }));
                            return y.yieldFrom(shared);
                        });

        assertThat(outer.next()).isEqualTo(10);
        assertThat(outer.next()).isEqualTo(20);
        assertThat(outer.next()).isEqualTo(3);
        assertThat(shared.next()).isEqualTo(4);
        assertThat(outer.next()).isEqualTo(5);
    }

    @Test
    void oneThatIgnoredItsClosingKeepsItsOwnDelegates() {
        var last = counting(7, 9);
        Generator<Integer, Object, String> stubborn =
                Generator.of(
                        y -> {
                            try {
                                return y.yieldFrom(counting(1, 3));
                            } catch (GeneratorExit e) {
                                return y.yieldFrom(around(last));
                            }
                        });
        var outer = around(around(stubborn));
        outer.next();

        assertThatThrownBy(outer::close).hasMessageContaining("ignored GeneratorExit");

        assertThat(outer.state()).isEqualTo(State.CLOSED);
        assertThat(stubborn.state()).isEqualTo(State.SUSPENDED);
        assertThat(stubborn.next()).isEqualTo(8);
        assertThat(last.next()).isEqualTo(9);
        var again = around(stubborn);
        assertThat(List.of(again.hasNext(), again.closeAndGet()))
                .containsExactly(false, "((counted to 9))");
    }
}
