package dev.heddle.testing;

import static dev.heddle.Asyncio.createFuture;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.sync.Event;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;

class LeakTest {

    private static final List<String> LOG = new ArrayList<>();

    @HeddleTest
    static class Leaving {

        @Test
        void task() {
            createTask(
                    () -> {
                        try {
                            new Event().await();
                        } finally {
                            LOG.add("cleaned up");
                        }
                    },
                    "worker");
            sleep(1);
        }

        @Test
        @Loop(debug = true)
        void taskInDebugMode() {
            createTask(() -> new Event().await(), "worker");
            sleep(1);
        }

        @Test
        void timer() {
            getRunningLoop().callLater(30, () -> {});
        }

        @Test
        void channel() throws IOException {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            getRunningLoop().addReader(pipe.source(), () -> {});
        }

        @Test
        void failure() {
            createTask(
                    () -> {
                        throw new IOException("nobody looks");
                    },
                    "worker");
            sleep(1);
        }

        @Test
        void error() {
            getRunningLoop()
                    .callSoon(
                            () -> {
                                throw new IllegalStateException("in a callback");
                            });
            sleep(1);
        }

        @Test
        void failsAndLeaves() {
            createTask(() -> sleep(10), "worker");
            sleep(1);
            throw new IllegalStateException("the test itself");
        }

        @Test
        void failsAfterAnError() {
            getRunningLoop()
                    .callSoon(
                            () -> {
                                throw new IllegalArgumentException("the reason");
                            });
            sleep(1);
            throw new IllegalStateException("the consequence");
        }
    }

    @Test
    void taskIsNamedWithWhatItWaitsForAndIsEnded() {
        LOG.clear();

        assertThat(Samples.failureOf(Leaving.class, "task"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("task worker waits for Event(")
                .hasMessageContaining("(LeakTest.java:")
                .hasMessageContaining("@Loop(debug = true) shows where");
        assertThat(LOG).containsExactly("cleaned up");
    }

    @Test
    void debugModeTellsWhereATaskWasMade() {
        assertThat(Samples.failureOf(Leaving.class, "taskInDebugMode"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining(
                        "made at dev.heddle.testing.LeakTest$Leaving.taskInDebugMode(")
                .message()
                .doesNotContain("@Loop(debug");
    }

    @Test
    void timerIsNamed() {
        assertThat(Samples.failureOf(Leaving.class, "timer"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("timer that is due at 30.000 s");
    }

    @Test
    void channelIsNamed() {
        assertThat(Samples.failureOf(Leaving.class, "channel"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("open channel");
    }

    @Test
    void failureThatNobodyRetrievedIsShown() {
        Throwable leak = Samples.failureOf(Leaving.class, "failure");

        assertThat(leak)
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("Task exception was never retrieved: worker")
                .hasMessageContaining("nobody looks");
        assertThat(leak.getSuppressed()).hasOnlyElementsOfType(IOException.class).hasSize(1);
    }

    @Test
    void errorOfACallbackIsShown() {
        assertThat(Samples.failureOf(Leaving.class, "error"))
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("Exception in callback")
                .hasMessageContaining("in a callback");
    }

    @Test
    void leftoversOfATestThatFailsAnywayAreNotShown() {
        Throwable failure = Samples.failureOf(Leaving.class, "failsAndLeaves");

        assertThat(failure).hasMessage("the test itself");
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void errorsOfATestThatFailsAreShownBesideItsOwn() {
        Throwable failure = Samples.failureOf(Leaving.class, "failsAfterAnError");

        assertThat(failure).hasMessage("the consequence");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0])
                .isInstanceOf(LeakError.class)
                .hasMessageContaining("the reason");
    }

    @HeddleTest
    static class Tidy {

        private LoopErrors kept;

        @Test
        void takesWhatItExpects(LoopErrors errors) {
            kept = errors;
            createTask(
                    () -> {
                        throw new IOException("expected");
                    });
            sleep(1);

            assertThat(errors.takeOne(IOException.class)).hasMessage("expected");
            assertThat(errors.take()).isEmpty();
        }

        @Test
        void takesAnErrorContext(LoopErrors errors, EventLoop loop) {
            loop.callExceptionHandler(ErrorContext.of("said by hand", null));

            assertThat(errors.take())
                    .singleElement()
                    .satisfies(e -> assertThat(e.message()).isEqualTo("said by hand"));
        }

        @Test
        void cancelsItsTimerAndItsTask() {
            getRunningLoop().callLater(30, () -> {}).cancel();
            createTask(() -> sleep(10)).cancel();
        }

        @Test
        void endsSoonAfter() {
            getRunningLoop().callSoon(() -> getRunningLoop().callSoon(() -> {}));
            createTask(() -> sleep(0));
        }

        @Test
        void retrieves() {
            var task =
                    createTask(
                            () -> {
                                throw new IOException("seen");
                            });
            sleep(1);
            assertThat(task.exception()).hasMessage("seen");
        }
    }

    @Test
    void tidyTestsPass() {
        Samples.run(Tidy.class).assertStatistics(s -> s.succeeded(5).failed(0));
    }

    @HeddleTest
    static class Wrong {

        @Test
        void expectsAnother(LoopErrors errors) {
            getRunningLoop()
                    .callSoon(
                            () -> {
                                throw new IllegalStateException("real");
                            });
            sleep(1);
            errors.takeOne(IOException.class);
        }
    }

    @Test
    void takingAnErrorOfAnotherTypeFailsAndShowsIt() {
        assertThat(Samples.failureOf(Wrong.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("told of one java.io.IOException")
                .hasSuppressedException(new IllegalStateException("real"));
    }

    @HeddleTest
    static class InTheWholeClass {

        @BeforeAll
        static void leaves() {
            createTask(() -> createFuture().await(), "forgotten");
        }

        @AfterEach
        void nothing() {}

        @Test
        void passes() {}
    }

    @Test
    void leftoversOfBeforeAllFailTheClass() {
        var results = Samples.results(InTheWholeClass.class);

        results.testEvents().assertStatistics(s -> s.succeeded(1));
        assertThat(Samples.failures(results.containerEvents()))
                .singleElement()
                .satisfies(
                        e ->
                                assertThat(e)
                                        .isInstanceOf(LeakError.class)
                                        .hasMessageContaining("task forgotten waits for Future"));
    }
}
