package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import sun.misc.Signal;

import java.util.concurrent.CountDownLatch;

/** Ctrl-C where it is not, or not only, the business of a running loop on the main thread. */
@DisabledOnOs(OS.WINDOWS)
class RunCtrlCElsewhereTest {

    static final class CancelledByOthersToo {
        static void main() {
            run(
                    () -> {
                        Task<?> main = currentTask();
                        try {
                            IO.println("ready");
                            sleep(1000);
                        } finally {
                            createTask(() -> main.cancel("by others"));
                            sleep(0.01);
                        }
                    });
        }
    }

    @Test
    void cancelOfOthersIsKept() throws Exception {
        try (var program = RunForked.start(CancelledByOthersToo.class)) {
            program.prints("ready").interrupt();

            program.exits(1);
            assertThat(program.errors()).contains("CancelledError").doesNotContain("KeyboardInter");
        }
    }

    static final class AfterRun {
        static void main() throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("hook")));
            run(() -> sleep(0.01));
            IO.println("ready");
            Thread.sleep(1_000_000);
        }
    }

    @Test
    void jvmHandlesItAgainAfterTheRun() throws Exception {
        try (var program = RunForked.start(AfterRun.class)) {
            program.prints("ready").interrupt();

            program.prints("hook").exits(130);
            assertThat(program.errors()).isEmpty();
        }
    }

    static final class OwnHandler {
        static void main() {
            var pressed = new CountDownLatch(1);
            Signal.handle(new Signal("INT"), signal -> pressed.countDown());
            run(
                    () -> {
                        IO.println("ready");
                        toThread(
                                () -> {
                                    pressed.await();
                                    return "pressed";
                                });
                        sleep(0.01);
                        IO.println("handled, not cancelled");
                    });
        }
    }

    @Test
    void handlerOfTheProgramIsLeftAlone() throws Exception {
        try (var program = RunForked.start(OwnHandler.class)) {
            program.prints("ready").interrupt();

            program.prints("handled, not cancelled").exits(0);
        }
    }

    static final class OtherThread {
        static void main() {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("hook")));
            Thread.ofPlatform()
                    .start(
                            () ->
                                    run(
                                            () -> {
                                                IO.println("ready");
                                                sleep(1000);
                                            }));
        }
    }

    @Test
    void loopOnAnotherThreadLeavesItToTheJvm() throws Exception {
        try (var program = RunForked.start(OtherThread.class)) {
            program.prints("ready").interrupt();

            program.prints("hook").exits(130);
        }
    }

    static final class JobThatGoesOn {
        static void main() {
            run(
                    () -> {
                        try {
                            toThread(
                                    JobThatGoesOn::work,
                                    ToThreadOptions.DEFAULT.withAbandonOnCancel(true));
                        } finally {
                            IO.println("cancelled");
                        }
                    });
        }

        private static Object work() {
            IO.println("ready");
            while (true) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    // goes on
                }
            }
        }
    }

    @Test
    void secondOneEndsAProgramThatWaitsForItsExecutor() throws Exception {
        try (var program = RunForked.start(JobThatGoesOn.class)) {
            program.prints("ready").interrupt();
            program.prints("cancelled").interrupt();

            program.exits(130);
        }
    }

    static final class ThrowsIt {
        static void main() {
            run(
                    () -> {
                        Task<Void> throwing =
                                createTask(
                                        () -> {
                                            throw new KeyboardInterrupt();
                                        });
                        try {
                            throwing.await();
                        } finally {
                            IO.println("cleaned up");
                        }
                    });
        }
    }

    @Test
    void interruptThatATaskThrowsEndsTheProgramInTheSameWay() throws Exception {
        try (var program = RunForked.start(ThrowsIt.class)) {
            program.prints("cleaned up").exits(130);
            assertThat(program.errors()).isEmpty();
        }
    }

    static final class Fails {
        static void main() {
            try {
                run(
                        () -> {
                            throw new KeyboardInterrupt();
                        });
            } catch (KeyboardInterrupt e) {
                throw new IllegalStateException("failed in another way", e);
            }
        }
    }

    @Test
    void otherErrorsOfTheMainThreadAreShownAsEver() throws Exception {
        try (var program = RunForked.start(Fails.class)) {
            program.exits(1);
            assertThat(program.errors()).contains("failed in another way");
        }
    }
}
