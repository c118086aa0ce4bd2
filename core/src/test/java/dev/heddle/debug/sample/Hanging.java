package dev.heddle.debug.sample;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The ways to hang a loop, each until somebody ends it. */
public final class Hanging {

    /** Ends {@link #initialise}. */
    public static final CountDownLatch IN_INITIALISER = new CountDownLatch(1);

    private Hanging() {}

    /** Computes until told to stop. */
    public static void spin(AtomicBoolean go) {
        while (!go.get()) {
            Thread.onSpinWait();
        }
    }

    /** Waits for a latch. */
    public static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sleeps until it is interrupted. */
    public static void sleepUntilInterrupted() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            // as it should be
        }
    }

    /** Enters a monitor. */
    public static void enter(Object monitor) {
        synchronized (monitor) {
            monitor.notifyAll();
        }
    }

    /** Reads a file. */
    public static void read(Path file) {
        try (var in = new FileInputStream(file.toFile())) {
            in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has a class initialised that waits for {@link #IN_INITIALISER}. */
    public static void initialise() {
        Waiting.touch();
    }

    private static final class Waiting {

        static {
            await(IN_INITIALISER);
        }

        static void touch() {}
    }
}
