package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A failure that nobody retrieves is reported when its future is collected as garbage. */
class NeverRetrievedGarbageTest extends LoopFixture {

    private final IOException error = new IOException("disk");

    private void failAndForget() {
        loop.createFuture().setException(error);
    }

    private List<ErrorContext> reportsAtClose() {
        loop.close();
        return takeErrors();
    }

    private static void assertReported(List<ErrorContext> reports, Throwable error) {
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().message()).contains("exception was never retrieved");
        assertThat(reports.getFirst().exception()).isSameAs(error);
    }

    /** Collects garbage, and runs the loop, until something was reported; or for 20 seconds. */
    private List<ErrorContext> reportsAfterCollection() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        var reports = new ArrayList<ErrorContext>();
        while (reports.isEmpty() && System.nanoTime() < deadline) {
            System.gc();
            turns(1);
            reports.addAll(takeErrors());
        }
        return reports;
    }

    @Test
    void forgottenFutureIsReportedWhenItIsCollectedAndNotAgain() {
        failAndForget();

        assertReported(reportsAfterCollection(), error);
        assertThat(reportsAtClose()).isEmpty();
    }

    @Test
    void collectionWakesALoopThatWaits() throws Exception {
        Future<String> reported = loop.createFuture();
        loop.setExceptionHandler((l, context) -> reported.setResult("reported"));
        failAndForget();
        var collecting = new AtomicBoolean(true);
        Thread collector = Thread.ofPlatform().start(() -> collectWhile(collecting));

        try {
            assertThat(loop.runUntilComplete(reported)).isEqualTo("reported");
        } finally {
            collecting.set(false);
            collector.join();
        }
    }

    private static void collectWhile(AtomicBoolean collecting) {
        while (collecting.get()) {
            System.gc();
        }
    }

    @Test
    void forgottenTaskIsReportedWithItsName() {
        startAndForget();
        turns(1);

        List<ErrorContext> reports = reportsAfterCollection();

        assertReported(reports, error);
        assertThat(reports.getFirst().message()).contains("Task", "weaver");
    }

    private void startAndForget() {
        loop.createTask(
                () -> {
                    throw error;
                },
                TaskOptions.DEFAULT.withName("weaver"));
    }

    @Test
    void failureThatRefersToItsFutureIsCollectedOnceItIsRetrieved() {
        class Cyclic extends Exception {
            final Future<?> future;

            Cyclic(Future<?> future) {
                this.future = future;
            }
        }
        Future<Void>[] future = newArray(loop.createFuture());
        future[0].setException(new Cyclic(future[0]));
        assertThat(future[0].exception()).isInstanceOf(Cyclic.class);
        var reference = new WeakReference<>(future[0]);
        future[0] = null;

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (reference.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }

        assertThat(reference.get()).isNull();
    }

    @SafeVarargs
    private static <T> T[] newArray(T... elements) {
        return elements;
    }
}
