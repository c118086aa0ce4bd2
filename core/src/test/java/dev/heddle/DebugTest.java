package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;

/** What debug mode adds: slow steps are named, threads too, and the making of things is kept. */
class DebugTest extends LoopFixture {

    @BeforeEach
    void turnOn() {
        loop.setDebug(true);
    }

    /** Takes virtual time without suspending. */
    private void work(int millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    private List<String> warningsOf(Runnable body) {
        try (var log = new LoopLog()) {
            body.run();
            return log.messages(Level.WARNING);
        }
    }

    @Test
    void slowCallbackIsNamed() {
        Handle handle = loop.callSoon(() -> work(250));

        List<String> warnings = warningsOf(() -> turns(1));

        assertThat(warnings).containsExactly("Executing " + handle + " took 0.250 seconds");
    }

    @Test
    void slowStepOfATaskIsNamed() {
        Task<Void> task =
                loop.createTask(
                        () -> {
                            work(10);
                            sleep(1);
                            work(100);
                            sleep(1);
                            work(10);
                        },
                        TaskOptions.DEFAULT.withName("slow one"));

        List<String> warnings = warningsOf(() -> loop.runUntilComplete(task));

        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("Executing Task(slow one, ")
                .endsWith(" took 0.100 seconds");
    }

    @Test
    void timeThatATaskWaitsDoesNotCount() {
        List<String> warnings =
                warningsOf(
                        () ->
                                run(
                                        () -> {
                                            sleep(60);
                                            Thread.sleep(1);
                                        }));

        assertThat(warnings).isEmpty();
    }

    @Test
    void thresholdCanBeSet() {
        assertThat(loop.getSlowCallbackDuration()).isEqualTo(Duration.ofMillis(100));
        loop.setSlowCallbackDuration(Duration.ZERO);
        loop.callSoon(() -> {});

        assertThat(warningsOf(() -> turns(1)))
                .singleElement()
                .asString()
                .contains("took 0.000 seconds");

        loop.setSlowCallbackDuration(Duration.ofMillis(300));
        loop.callSoon(() -> work(299));

        assertThat(warningsOf(() -> turns(1))).isEmpty();
        assertThatThrownBy(() -> loop.setSlowCallbackDuration(null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void withoutDebugModeNothingIsMeasured() {
        loop.setDebug(false);
        loop.callSoon(() -> work(10_000));

        assertThat(warningsOf(() -> turns(1))).isEmpty();
        assertThat(loop.getDebug()).isFalse();
    }

    @Test
    void threadOfATaskBearsItsName() {
        List<String> names = new ArrayList<>();
        Task<Boolean> anonymous =
                loop.createTask(() -> names.add(Thread.currentThread().getName()));
        loop.setDebug(false);
        loop.createTask(
                () -> names.add(Thread.currentThread().getName()),
                TaskOptions.DEFAULT.withName("given"));
        loop.createTask(() -> names.add(Thread.currentThread().getName()));
        loop.setDebug(true);
        turns(1);

        assertThat(names.get(0)).isEqualTo(anonymous.getName());
        assertThat(names.get(1)).isEqualTo("given");
    }

    @Test
    void failureThatNobodyRetrievesTellsWhereItsTaskWasMade() {
        Task<Void> task = makeFailingTask();
        turns(1);

        loop.close();

        ErrorContext context = takeError();
        assertThat(context.message()).contains(task.getName());
        assertThat(context.sourceStack().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("makeFailingTask"));
    }

    private Task<Void> makeFailingTask() {
        return loop.createTask(
                () -> {
                    throw new IllegalStateException("unseen");
                });
    }

    @Test
    void destroyedTaskTellsWhereItWasMade() {
        Task<Void> task = makeSleepingTask();
        turns(1);

        loop.close();

        ErrorContext context = takeError();
        assertThat(context.task()).isSameAs(task);
        assertThat(context.sourceStack().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("makeSleepingTask"));
    }

    private Task<Void> makeSleepingTask() {
        return loop.createTask(() -> sleep(1000));
    }

    @Test
    void propertyTurnsItOnForNewLoops() {
        String before = System.getProperty("dev.heddle.debug");
        try {
            System.setProperty("dev.heddle.debug", "");
            assertThat(open(EventLoop.builder()).getDebug()).isTrue();
            assertThat(open(EventLoop.builder().debug(false)).getDebug()).isFalse();

            System.setProperty("dev.heddle.debug", "true");
            assertThat(open(EventLoop.builder()).getDebug()).isTrue();

            System.setProperty("dev.heddle.debug", "false");
            assertThat(open(EventLoop.builder()).getDebug()).isFalse();
            assertThat(open(EventLoop.builder().debug(true)).getDebug()).isTrue();
        } finally {
            if (before == null) {
                System.clearProperty("dev.heddle.debug");
            } else {
                System.setProperty("dev.heddle.debug", before);
            }
        }
    }
}
