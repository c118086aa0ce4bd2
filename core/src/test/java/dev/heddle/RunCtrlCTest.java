package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Ctrl-C on the main thread cancels what is run there, and a second one ends the program. */
@DisabledOnOs(OS.WINDOWS)
class RunCtrlCTest {

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
            program.prints("ready").interrupt();

            program.prints("main cleaned up").prints("task cleaned up").exits(130);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }

    static final class Catches {
        static void main() {
            for (int i = 1; i <= 2; i++) {
                try {
                    run(
                            () -> {
                                IO.println("ready");
                                sleep(1000);
                            });
                } catch (KeyboardInterrupt e) {
                    IO.println("caught " + e.getCause().getClass().getSimpleName());
                }
            }
            System.exit(7);
        }
    }

    @Test
    void programThatCatchesItGoesOnAsItWants() throws Exception {
        try (var program = RunForked.start(Catches.class)) {
            program.prints("ready").interrupt().prints("caught CancelledError");
            program.prints("ready").interrupt().prints("caught CancelledError");

            program.exits(7);
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
            program.prints("ready").interrupt();
            program.prints("refused").interrupt();

            program.prints("hook").exits(130);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }

    static final class Computes {
        static void main() {
            run(
                    () -> {
                        IO.println("ready");
                        while (true) {
                            Thread.onSpinWait(); // never lets the loop run
                        }
                    });
        }
    }

    @Test
    void secondOneEndsAProgramThatBlocksItsLoop() throws Exception {
        try (var program = RunForked.start(Computes.class)) {
            program.prints("ready");
            program.interrupt();
            while (program.isAlive()) { // two that come too fast may arrive as one
                program.interrupt();
            }

            program.exits(130);
        }
    }

    static final class Swallows {
        static void main() {
            String result =
                    run(
                            () -> {
                                IO.println("ready");
                                try {
                                    return sleep(1000, "never");
                                } catch (CancelledError e) {
                                    return sleep(0.01, "swallowed");
                                }
                            });
            IO.println(result);
        }
    }

    @Test
    void programThatSwallowsItEndsWell() throws Exception {
        try (var program = RunForked.start(Swallows.class)) {
            program.prints("ready").interrupt();

            program.prints("swallowed").exits(0);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }

    static final class Blocks {
        static void main() {
            run(
                    () -> {
                        IO.println("ready");
                        try {
                            Thread.sleep(1_000_000);
                        } finally {
                            IO.println("cleaned up");
                        }
                    });
        }
    }

    @Test
    void itInterruptsABlockedCall() throws Exception {
        try (var program = RunForked.start(Blocks.class)) {
            program.prints("ready").interrupt();

            program.prints("cleaned up").exits(130);
            assertThat(program.errors()).isEqualTo(NO_ERRORS);
        }
    }
}
