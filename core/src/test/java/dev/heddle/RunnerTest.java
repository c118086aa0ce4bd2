package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.getEventLoop;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A runner opens a loop when it is needed, and runs one program after the other in it. */
class RunnerTest extends LoopFixture {

    private static final ContextVar<String> VARIABLE = ContextVar.of("variable", "unset");

    private final List<EventLoop> opened = new ArrayList<>();
    private final Runner runner = new Runner(null, this::openLoop);

    private EventLoop openLoop() {
        opened.add(open(EventLoop.builder().clock(clock)));
        return opened.getLast();
    }

    @AfterEach
    void closeRunner() {
        runner.close();
    }

    @Test
    void loopIsOpenedAtTheFirstUse() {
        assertThat(opened).isEmpty();

        EventLoop first = runner.getLoop();
        EventLoop inside = runner.run(() -> getRunningLoop());

        assertThat(opened).containsExactly(first);
        assertThat(inside).isSameAs(first);
        assertThat(runner.getLoop()).isSameAs(first);
    }

    @Test
    void resultAndErrorOfTheProgramComeOut() {
        var error = new IOException("disk");

        assertThat(runner.run(() -> sleep(1, "result"))).isEqualTo("result");
        runner.run(() -> sleep(1));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () ->
                                runner.run(
                                        () -> {
                                            throw error;
                                        }))
                .isSameAs(error);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(
                        () ->
                                runner.run(
                                        () -> {
                                            Asyncio.currentTask().cancel("by itself");
                                            sleep(1);
                                        }))
                .withMessage("by itself");

        assertThat(opened).hasSize(1);
    }

    @Test
    void tasksGoOnInTheNextRun() {
        var log = new ArrayList<String>();
        runner.run(
                () -> {
                    createTask(
                            () -> {
                                sleep(5);
                                log.add("background");
                            });
                });
        assertThat(log).isEmpty();

        runner.run(() -> sleep(6));

        assertThat(log).containsExactly("background");
    }

    @Test
    void runsShareOneContextCapturedAtTheFirst() {
        try (var outside = VARIABLE.set("outside")) {
            assertThat(runner.run(() -> VARIABLE.get())).isEqualTo("outside");
            runner.run(() -> VARIABLE.set("first run"));
            VARIABLE.set("outside, later");

            assertThat(runner.run(() -> VARIABLE.get())).isEqualTo("first run");
            assertThat(VARIABLE.get()).isEqualTo("outside, later");
            assertThat(outside.variable()).isSameAs(VARIABLE);
            VARIABLE.set("outside");
        }
    }

    @Test
    void runMayHaveAContextOfItsOwn() {
        var context = new Context();
        runner.run(() -> VARIABLE.set("shared"));

        assertThat(runner.run(() -> VARIABLE.set("own").variable(), context)).isSameAs(VARIABLE);

        assertThat(context.run(() -> VARIABLE.get())).isEqualTo("own");
        assertThat(runner.run(() -> VARIABLE.get())).isEqualTo("shared");
    }

    @Test
    void debugIsHandedToTheLoop() {
        try (var debugging = new Runner(true, this::openLoop);
                var plain = new Runner(false, this::openLoop)) {
            assertThat(debugging.run(() -> getRunningLoop().getDebug())).isTrue();
            assertThat(plain.run(() -> getRunningLoop().getDebug())).isFalse();
        }
    }

    @Test
    void closedRunnerRunsNothing() {
        EventLoop own = runner.getLoop();
        runner.close();
        runner.close();

        assertThat(own.isClosed()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> runner.run(() -> "never"))
                .withMessage("Runner is closed");
        assertThatIllegalStateException()
                .isThrownBy(runner::getLoop)
                .withMessage("Runner is closed");
        assertThat(opened).hasSize(1);
    }

    @Test
    void runnerThatWasNeverUsedOpensNoLoop() {
        runner.close();

        assertThat(opened).isEmpty();
        assertThatIllegalStateException().isThrownBy(runner::getLoop);
    }

    @Test
    void runnerCannotBeUsedInsideOfALoop() {
        var log = new ArrayList<String>();
        run(
                () -> {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> runner.run(() -> log.add("ran")))
                            .withMessageContaining("running event loop");
                    assertThatIllegalStateException()
                            .isThrownBy(() -> Asyncio.run(() -> log.add("ran")))
                            .withMessageContaining("running event loop");
                });

        assertThat(log).isEmpty();
        assertThat(opened).isEmpty();
    }

    @Test
    void programCannotBeNull() {
        assertThatNullPointerException().isThrownBy(() -> runner.run((Coroutine<String>) null));
    }

    @Test
    void ownLoopIsTheCurrentOneBetweenTheRuns() {
        try (var plain = new Runner()) {
            EventLoop own = plain.getLoop();

            assertThat(getEventLoop()).isSameAs(own);
            plain.run(() -> sleep(0));
            assertThat(getEventLoop()).isSameAs(own);
        }

        assertThatIllegalStateException().isThrownBy(Asyncio::getEventLoop);
    }

    @Test
    void loopOfAFactoryIsNotMadeTheCurrentOne() {
        runner.getLoop();

        assertThatIllegalStateException().isThrownBy(Asyncio::getEventLoop);
    }

    @Test
    void runOpensAndClosesALoop() {
        EventLoop used = Asyncio.run(() -> getRunningLoop(), null, this::openLoop);

        assertThat(opened).containsExactly(used);
        assertThat(used.isClosed()).isTrue();
        assertThat(Asyncio.<Integer>run(() -> 42)).isEqualTo(42);
    }

    @Test
    void runHandsOnDebug() {
        assertThat(Asyncio.run(() -> getRunningLoop().getDebug(), true, this::openLoop)).isTrue();
    }

    @Test
    void keyboardInterruptOfTheProgramLeavesTheRun() {
        assertThatExceptionOfType(KeyboardInterrupt.class)
                .isThrownBy(
                        () ->
                                runner.run(
                                        () -> {
                                            throw new KeyboardInterrupt();
                                        }));

        assertThat(runner.run(() -> sleep(1, "goes on"))).isEqualTo("goes on");
    }

    @Test
    void keyboardInterruptOfAnotherTaskLeavesTheRunAndIsNotReportedAsWell() {
        var log = new ArrayList<String>();
        assertThatExceptionOfType(KeyboardInterrupt.class)
                .isThrownBy(
                        () ->
                                runner.run(
                                        () -> {
                                            createTask(
                                                    () -> {
                                                        throw new KeyboardInterrupt();
                                                    });
                                            try {
                                                sleep(10);
                                            } finally {
                                                log.add("cleaned up");
                                            }
                                        }));
        assertThat(log).isEmpty();

        runner.close();

        assertThat(log).containsExactly("cleaned up");
    }

    @Test
    void keyboardInterruptOfACallbackLeavesTheRun() {
        assertThatExceptionOfType(KeyboardInterrupt.class)
                .isThrownBy(
                        () ->
                                runner.run(
                                        () -> {
                                            getRunningLoop()
                                                    .callSoon(
                                                            () -> {
                                                                throw new KeyboardInterrupt();
                                                            });
                                            sleep(10);
                                        }));
    }
}
