package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.process.Signals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** SIGTERM on the main thread cancels what is run there, and a second one ends the program. */
@DisabledOnOs(OS.WINDOWS)
class RunTerminateTest {

    private static final String NO_ERRORS = "";

    static final class CleansUp {
        static void main() {
            run(
                    () -> {
                        createTask(() -> sleepAndCleanUp("task"));
                        sleep(0);
                        IO.println("ready");
                        sleepAndCleanUp("main");
                    });
            IO.println("never");
        }

        private static void sleepAndCleanUp(String name) {
            try {
                sleep(1000);
            } finally {
                sleep(0.01);
                IO.println(name + " cleaned up");
            }
        }
    }

    @Test
    void firstOneCancelsAndLetsCleanUp() throws Exception {
        try (var program = RunForked.start(CleansUp.class)) {
            program.prints("ready").terminate();

            program.prints("main cleaned up").prints("task cleaned up").exits(143);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }

    static final class Refuses {
        static void main() {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("hook")));
            run(
                    () -> {
                        IO.println("ready");
                        while (true) {
                            try {
                                sleep(1000);
                            } catch (CancelledError e) {
                                IO.println("refused");
                            }
                        }
                    });
        }
    }

    @Test
    void secondOneEndsAProgramThatRefuses() throws Exception {
        try (var program = RunForked.start(Refuses.class)) {
            program.prints("ready").terminate();
            program.prints("refused").terminate();

            program.prints("hook").exits(143);
        }
    }

    @Test
    void ctrlCAfterItEndsAProgramThatRefuses() throws Exception {
        try (var program = RunForked.start(Refuses.class)) {
            program.prints("ready").terminate();
            program.prints("refused").interrupt();

            program.prints("hook").exits(130);
        }
    }

    static final class Catches {
        static void main() {
            try {
                run(
                        () -> {
                            IO.println("ready");
                            sleep(1000);
                        });
            } catch (Terminated e) {
                IO.println("caught " + e.getCause().getClass().getSimpleName());
            }
            System.exit(7);
        }
    }

    @Test
    void programThatCatchesItGoesOnAsItWants() throws Exception {
        try (var program = RunForked.start(Catches.class)) {
            program.prints("ready").terminate().prints("caught CancelledError");

            program.exits(7);
        }
    }

    static final class AfterRun {
        static void main() throws InterruptedException {
            run(() -> sleep(0.01));
            IO.println("ready");
            Thread.sleep(1_000_000);
        }
    }

    @Test
    void jvmHandlesItAgainAfterTheRun() throws Exception {
        try (var program = RunForked.start(AfterRun.class)) {
            program.prints("ready").terminate();

            program.exits(143);
        }
    }

    static final class OwnHandlers {
        static void main() {
            run(
                    () -> {
                        try (var signals = Signals.receive("INT", "TERM")) {
                            IO.println("ready");
                            for (String signal : signals) {
                                IO.println(signal);
                                if (signal.equals("INT")) {
                                    break;
                                }
                            }
                        }
                        IO.println("not handled");
                        sleep(1000);
                    });
        }
    }

    @Test
    void signalsThatTheProgramHandlesAreItsOwnMeanwhile() throws Exception {
        try (var program = RunForked.start(OwnHandlers.class)) {
            program.prints("ready").terminate();
            program.prints("TERM").interrupt();
            program.prints("INT").prints("not handled").terminate();

            program.exits(143);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }

    static final class OutlivesTheRun {
        static void main() throws InterruptedException {
            var runner = new Runner();
            boolean[] came = {false};
            runner.run(
                    () ->
                            Signals.addSignalHandler(
                                    "INT",
                                    () -> {
                                        IO.println("mine");
                                        came[0] = true;
                                    }));
            runner.run(
                    () -> {
                        IO.println("ready");
                        while (!came[0]) {
                            sleep(0.01);
                        }
                    });
            runner.close();
            IO.println("closed");
            Thread.sleep(1_000_000);
        }
    }

    @Test
    void handlerThatOutlivesTheRunIsPutBackToTheJvmsOwn() throws Exception {
        try (var program = RunForked.start(OutlivesTheRun.class)) {
            program.prints("ready").interrupt().prints("mine");
            program.prints("closed").interrupt();

            program.exits(130);
        }
    }
}
