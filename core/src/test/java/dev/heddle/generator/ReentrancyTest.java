package dev.heddle.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.generator.Generator.State;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whoever executes cannot be resumed; whoever merely waits can. */
class ReentrancyTest {

    private Generator<Object, Object, Object> first;
    private Generator<Object, Object, Object> second;
    private final List<Object> log = new ArrayList<>();

    /** Tries everything that resumes, and returns what came of it. */
    private static List<Throwable> resumeInEveryWay(Generator<Object, Object, Object> generator) {
        return Stream.<Runnable>of(
                        generator::next,
                        () -> generator.send(null),
                        () -> generator.send("value"),
                        () -> generator.throwInto(new IOException()),
                        generator::hasNext,
                        generator::close)
                .map(attempt -> catchThrowable(attempt::run))
                .toList();
    }

    private static void assertAllRefused(List<Throwable> outcomes) {
        assertThat(outcomes)
                .hasSize(6)
                .allSatisfy(
                        e ->
                                assertThat(e)
                                        .isInstanceOf(IllegalStateException.class)
                                        .hasMessageContaining("generator already executing"));
    }

    @Test
    void aBodyCannotResumeItself() {
        first =
                Generator.of(
                        y -> {
                            assertAllRefused(resumeInEveryWay(first));
                            y.yield("fine");
                            assertAllRefused(resumeInEveryWay(first));
                            return "end";
                        });

        assertThat(first.next()).isEqualTo("fine");
        assertThat(first.hasNext()).isFalse();
        assertThat(first.closeAndGet()).isEqualTo("end");
    }

    @Test
    void anInnerOneCannotResumeAnyThatYieldsFromIt() {
        Generator<Object, Object, Object> inner =
                Generator.of(
                        y -> {
                            assertAllRefused(resumeInEveryWay(first));
                            assertAllRefused(resumeInEveryWay(second));
                            y.yield(List.of(first.state(), second.state()));
                            assertAllRefused(resumeInEveryWay(first));
                            assertAllRefused(resumeInEveryWay(second));
                            return "end";
                        });
        second = Generator.of(y -> y.yieldFrom(inner));
        first = Generator.of(y -> y.yieldFrom(second));

        assertThat(first.next()).isEqualTo(List.of(State.RUNNING, State.RUNNING));
        assertThat(second.state()).isEqualTo(State.SUSPENDED);
        assertThat(first.hasNext()).isFalse();
        assertThat(first.closeAndGet()).isEqualTo("end");
    }

    @Test
    void aGeneratorCannotYieldFromItself() {
        first = Generator.of(y -> y.yieldFrom(first));

        assertThatThrownBy(first::next).hasMessageContaining("generator already executing");
        assertThat(first.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void twoCannotYieldFromEachOther() {
        first = Generator.of(y -> y.yieldFrom(second));
        second =
                Generator.of(
                        y -> {
                            y.yield("ready");
                            try {
                                return y.yieldFrom(first);
                            } catch (IllegalStateException e) {
                                y.yield("refused");
                                return "end";
                            }
                        });

        assertThat(first.next()).isEqualTo("ready");
        assertThat(first.next()).isEqualTo("refused");
        assertThat(first.hasNext()).isFalse();
        assertThat(first.closeAndGet()).isEqualTo("end");
    }

    @Test
    void aCircleAcrossADirectlyDrivenOneIsRefusedWhereItCloses() {
        // second runs on its own account, so first, which waits for it, may be yielded from; but
        // first then resumes second, which executes: the error belongs into first.
        first =
                Generator.of(
                        y -> {
                            try {
                                return y.yieldFrom(second);
                            } catch (IllegalStateException e) {
                                log.add(e.getMessage());
                                y.yield("first goes on");
                                return "first end";
                            }
                        });
        second =
                Generator.of(
                        y -> {
                            y.yield("ready");
                            return "second, from " + y.yieldFrom(first);
                        });
        first.next();

        assertThat(second.next()).isEqualTo("first goes on");

        assertThat(log).hasSize(1).first().asString().contains("generator already executing");
        assertThat(second.delegate()).isSameAs(first);
        assertThat(first.delegate()).isNull();
        assertThat(second.hasNext()).isFalse();
        assertThat(second.closeAndGet()).isEqualTo("second, from first end");
    }

    @Test
    void closingAnOuterOneWhileItsInnerOneExecutesRaisesTheErrorInTheOuterOne() {
        first =
                Generator.of(
                        y -> {
                            try {
                                return y.yieldFrom(second);
                            } catch (IllegalStateException e) {
                                return "not closed: " + e.getMessage();
                            }
                        });
        second =
                Generator.of(
                        y -> {
                            y.yield("ready");
                            y.yield(first.closeAndGet());
                            return "second end";
                        });
        first.next();

        assertThat(second.next()).asString().startsWith("not closed: generator already executing");
        assertThat(second.hasNext()).isFalse();
    }
}
