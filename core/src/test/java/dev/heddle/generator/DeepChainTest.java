package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** 100,000 generators that yield from one another: nothing may be recursive. */
class DeepChainTest {

    private static final int DEPTH = 100_000;

    private final List<Integer> closed = new ArrayList<>();
    private final List<Generator<Object, Object, Integer>> all = new ArrayList<>();

    /** The innermost, 1, echoes; each adds one to the result of the one inside it. */
    private Generator<Object, Object, Integer> nested(int depth) {
        Generator<Object, Object, Integer> generator =
                Generator.of(
                        y -> {
                            try {
                                if (depth > 1) {
                                    return 1 + y.yieldFrom(nested(depth - 1));
                                }
                                Object got = "ready";
                                do {
                                    got = y.yield(got);
                                } while (got != null);
                                return 1;
                            } catch (GeneratorExit e) {
                                closed.add(depth);
                                throw e;
                            }
                        });
        all.add(generator);
        return generator;
    }

    @Test
    void buildsDrivesAndReturns() {
        var outermost = nested(DEPTH);

        assertThat(outermost.next()).isEqualTo("ready");
        for (int i = 0; i < 1000; i++) {
            assertThat(outermost.send(i)).isEqualTo(i);
        }
        assertThatThrownBy(outermost::next)
                .isInstanceOfSatisfying(
                        StopIteration.class, e -> assertThat(e.value()).isEqualTo(DEPTH));
        assertThat(all).hasSize(DEPTH).allMatch(g -> g.state() == State.CLOSED);
    }

    @Test
    void throwsThroughAll() {
        var outermost = nested(DEPTH);
        var failure = new IOException();
        outermost.next();

        assertThatThrownBy(() -> outermost.throwInto(failure)).isSameAs(failure);
        assertThat(all).allMatch(g -> g.state() == State.CLOSED);
    }

    @Test
    void closesInsideOut() {
        var outermost = nested(DEPTH);
        outermost.next();

        outermost.close();

        assertThat(closed).hasSize(DEPTH).isSorted();
        assertThat(all).allMatch(g -> g.state() == State.CLOSED);
    }

    @Test
    void isFoundAgainAfterOneInTheMiddleWasDrivenDirectly() {
        var outermost = nested(DEPTH);
        outermost.next();
        var middle = all.get(DEPTH / 2);

        assertThat(middle.send("to the middle")).isEqualTo("to the middle");
        assertThat(outermost.send("to all")).isEqualTo("to all");
        outermost.close();

        assertThat(closed).hasSize(DEPTH).isSorted();
    }
}
