package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What a generator keeps alive, and what does not keep a generator alive. */
@Timeout(60)
class CollectionTest {

    /** Something big enough to be missed. */
    private static final class Weight {
        final byte[] bytes = new byte[1 << 16];
    }

    private static void awaitCollected(WeakReference<?> reference) {
        while (reference.get() != null) {
            assertThat(Thread.interrupted()).as("still not collected").isFalse();
            System.gc();
        }
    }

    @Test
    void aSuspendedGeneratorThatNobodyHoldsIsCollectedWithItsStackAndNothingOfItRuns() {
        var log = new ArrayList<String>();
        var weight = new AtomicReference<WeakReference<Weight>>();
        var generator = new WeakReference<>(suspended(weight, log));

        awaitCollected(generator);
        awaitCollected(weight.get());

        assertThat(log).isEmpty();
    }

    private static Generator<Integer, Object, Void> suspended(
            AtomicReference<WeakReference<Weight>> weak, List<String> log) {
        Generator<Integer, Object, Void> inner =
                Generator.produce(
                        y -> {
                            var weight = new Weight();
                            weak.set(new WeakReference<>(weight));
                            try {
                                y.yield(weight.bytes.length);
                            } finally {
                                log.add("cleaned up " + weight);
                            }
                        });
        Generator<Integer, Object, Void> outer = Generator.produce(y -> y.yieldFrom(inner));
        outer.next();
        return outer;
    }

    @Test
    void aFinishedGeneratorHoldsNeitherItsBodyNorWhatWentThroughIt() {
        var references = new ArrayList<WeakReference<Weight>>();
        Generator<Weight, Weight, Weight> generator = finished(references);

        references.forEach(CollectionTest::awaitCollected);

        assertThat(references).hasSize(4);
        assertThat(generator.hasNext()).isFalse();
    }

    private static Generator<Weight, Weight, Weight> finished(
            List<WeakReference<Weight>> references) {
        var captured = remembered(references);
        Generator<Weight, Weight, Weight> generator =
                Generator.of(
                        y -> {
                            y.yield(remembered(references));
                            return captured.bytes.length > 0 ? remembered(references) : null;
                        });
        generator.next();
        assertThat(catchThrowable(() -> generator.send(remembered(references))))
                .isInstanceOf(StopIteration.class);
        return generator;
    }

    @Test
    void aSuspendedGeneratorDoesNotHoldWhatWentThroughIt() {
        var references = new ArrayList<WeakReference<Weight>>();
        Generator<Object, Object, Void> inner =
                Generator.produce(
                        y -> {
                            while (true) {
                                y.yield(remembered(references));
                            }
                        });
        Generator<Object, Object, Void> outer = Generator.produce(y -> y.yieldFrom(inner));
        outer.next();
        outer.send(remembered(references));

        // The last value yielded is still an argument of the call that waits; the JVM may keep it.
        references.subList(0, 2).forEach(CollectionTest::awaitCollected);

        assertThat(references).hasSize(3);
        outer.close();
    }

    @Test
    void anInnerOneThatFinishedIsNotHeldByItsOuterOne() {
        var reference = new AtomicReference<WeakReference<Object>>();
        Generator<Integer, Object, Void> outer =
                Generator.produce(
                        y -> {
                            Generator<Integer, Object, Void> inner =
                                    Generator.produce(z -> z.yield(1));
                            reference.set(new WeakReference<>(inner));
                            y.yieldFrom(inner);
                            inner = null;
                            y.yield(2);
                        });
        outer.next();
        assertThat(reference.get().get()).isNotNull();
        outer.next();

        awaitCollected(reference.get());

        assertThat(outer.hasNext()).isFalse();
    }

    private static Weight remembered(List<WeakReference<Weight>> references) {
        var weight = new Weight();
        references.add(new WeakReference<>(weight));
        return weight;
    }
}
