package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;

/** PEP 342: throw(). */
class ThrowIntoTest {

    private static Generator<String, Object, String> catching(Class<? extends Throwable> type) {
        return Generator.of(
                y -> {
                    while (true) {
                        try {
                            y.yield("waiting");
                        } catch (Throwable e) {
                            if (!type.isInstance(e)) {
                                throw e;
                            }
                            if ("return".equals(e.getMessage())) {
                                return "returned";
                            }
                            y.yield("caught " + e.getMessage());
                        }
                    }
                });
    }

    @Test
    void raisesAtTheYieldAndReturnsTheNextYieldedValue() {
        var generator = catching(IOException.class);
        generator.next();

        assertThat(generator.throwInto(new IOException("one"))).isEqualTo("caught one");
        assertThat(generator.next()).isEqualTo("waiting");
    }

    @Test
    void propagatesTheSameObjectIfTheBodyDoesNotCatchIt() {
        var generator = catching(IOException.class);
        var failure = new Exception("checked");
        generator.next();

        assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);
        assertThat(generator.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void endsWithStopIterationIfTheBodyCatchesAndReturns() {
        var generator = catching(IOException.class);
        generator.next();

        var stop =
                catchThrowableOfType(
                        StopIteration.class, () -> generator.throwInto(new IOException("return")));

        assertThat(stop.value()).isEqualTo("returned");
    }

    @Test
    void intoAnUnstartedOneFinishesItAndItsBodyNeverRuns() {
        var log = new ArrayList<String>();
        Generator<Integer, Object, Void> generator =
                Generator.produce(
                        y -> {
                            log.add("ran");
                            y.yield(1);
                        });
        var failure = new IOException("early");

        assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);
        assertThat(generator.state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(generator::next).isInstanceOf(StopIteration.class);
        assertThat(log).isEmpty();
    }

    @Test
    void intoAFinishedOneRaisesItToTheCaller() {
        Generator<Integer, Object, Void> generator = Generator.produce(y -> {});
        generator.hasNext();
        var failure = new IOException("late");

        assertThatThrownBy(() -> generator.throwInto(failure)).isSameAs(failure);
        var exit = new GeneratorExit();
        assertThatThrownBy(() -> generator.throwInto(exit)).isSameAs(exit);
    }

    @Test
    void stopIterationThrownInAndLetOutIsPep479Too() {
        var generator = catching(IOException.class);
        var stop = new StopIteration("thrown in");
        generator.next();

        assertThatThrownBy(() -> generator.throwInto(stop))
                .isExactlyInstanceOf(RuntimeException.class)
                .hasCause(stop);
    }

    @Test
    void generatorExitThrownInComesOutOrIsAnsweredWithAValue() {
        var lets = catching(IOException.class);
        var catches = catching(GeneratorExit.class);
        lets.next();
        catches.next();
        var exit = new GeneratorExit();

        assertThatThrownBy(() -> lets.throwInto(exit)).isSameAs(exit);
        assertThat(catches.throwInto(exit)).isEqualTo("caught the generator was closed");
    }

    @Test
    void nullIsRefused() {
        var generator = catching(IOException.class);
        generator.next();

        assertThatThrownBy(() -> generator.throwInto(null))
                .isInstanceOf(NullPointerException.class);
        assertThat(generator.state()).isEqualTo(State.SUSPENDED);
    }
}
