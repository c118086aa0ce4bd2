package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure that nobody retrieves is reported once: when it is garbage, or at the close. */
class NeverRetrievedTest extends LoopFixture {

    private final IOException error = new IOException("disk");

    private void failAndForget() {
        loop.createFuture().setException(error);
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

    private List<ErrorContext> reportsAtClose() {
        loop.close();
        return takeErrors();
    }

    private static void assertReported(List<ErrorContext> reports, Throwable error) {
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().message()).contains("exception was never retrieved");
        assertThat(reports.getFirst().exception()).isSameAs(error);
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
    void futureThatIsHeldIsReportedAtTheCloseAndNotAgain() {
        Future<Void> held = loop.createFuture();
        held.setException(error);

        assertReported(reportsAtClose(), error);
        assertThat(held.exception()).isSameAs(error);
    }

    @Test
    void reportOfAFutureThatWasReadAfterwardsIsNotTakenBack() {
        Future<Void> held = loop.createFuture();
        held.setException(error);
        loop.close();
        assertThat(takeErrors()).hasSize(1);

        assertThat(held.exception()).isSameAs(error);
        assertThat(takeErrors()).isEmpty();
    }

    /** The ways of taking note of a failure. */
    enum Retrieval {
        RESULT(f -> catchThrowable(f::result)),
        EXCEPTION(Future::exception),
        GET(f -> catchThrowable(f::get)),
        COPY(f -> catchThrowable(() -> f.toCompletableFuture().getNow(null)));

        final Consumer<Future<?>> action;

        Retrieval(Consumer<Future<?>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource(Retrieval.class)
    void retrievedFailureIsNotReported(Retrieval retrieval) {
        Future<Void> future = loop.createFuture();
        future.setException(error);

        retrieval.action.accept(future);

        assertThat(reportsAtClose()).isEmpty();
    }

    @Test
    void awaitedFailureIsNotReported() {
        run(
                () -> {
                    Task<Void> failing =
                            createTask(
                                    () -> {
                                        throw error;
                                    });
                    assertThat(catchThrowable(failing::await)).isSameAs(error);
                });

        assertThat(reportsAtClose()).isEmpty();
    }

    @Test
    void lookingAtTheStateIsNoRetrieval() {
        Future<Void> future = loop.createFuture();
        future.setException(error);

        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.toString()).contains("disk");

        assertReported(reportsAtClose(), error);
    }

    @Test
    void cancelOfAFailedFutureDoesNotHideTheFailure() {
        Future<Void> future = loop.createFuture();
        future.setException(error);

        assertThat(future.cancel()).isFalse();

        assertReported(reportsAtClose(), error);
    }

    @Test
    void resultsAndCancelsAreNotReported() {
        loop.createFuture().setResult("unread");
        loop.createFuture().cancel("unread");
        Task<Void> cancelled = loop.createTask(() -> sleep(1));
        cancelled.cancel();
        turns(2);

        assertThat(loop.unretrieved).isEmpty();
        assertThat(reportsAtClose()).isEmpty();
    }

    @Test
    void failureOfTheMainTaskIsThrownAndNotReported() {
        assertThat(
                        catchThrowable(
                                () ->
                                        run(
                                                () -> {
                                                    throw error;
                                                })))
                .isSameAs(error);

        assertThat(reportsAtClose()).isEmpty();
    }

    @Test
    void reportRunsInTheContextOfTheTask() {
        ContextVar<String> variable = ContextVar.of("variable", "unset");
        var seen = new ArrayList<String>();
        loop.setExceptionHandler((l, context) -> seen.add(variable.get()));
        Task<Void> failing =
                loop.createTask(
                        () -> {
                            variable.set("of the task");
                            throw error;
                        });
        turns(1);

        loop.close();

        assertThat(failing.done()).isTrue();
        assertThat(seen).containsExactly("of the task");
    }

    @Test
    void debugModeTellsWhereItWasMade() {
        loop.setDebug(true);
        failAndForget();

        ErrorContext report = reportsAtClose().getFirst();

        assertThat(report.sourceStack()).isNotNull();
        assertThat(report.sourceStack().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("failAndForget"));
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

    @Test
    void siblingsOfAFailedGatheringAreNotReported() {
        Coroutine<Void> failing =
                () -> {
                    throw error;
                };
        Coroutine<Void> failingLater =
                () -> {
                    sleep(1);
                    throw new IOException("second");
                };
        run(
                () -> {
                    assertThat(catchThrowable(() -> gather(failing, failingLater)))
                            .isSameAs(error);
                    sleep(2);
                });

        assertThat(reportsAtClose()).isEmpty();
    }
}
