package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A failure that nobody retrieves is reported once, at the latest when the loop is closed. */
class NeverRetrievedTest extends LoopFixture {

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
                    assertThat(catchThrowable(() -> gather(failing, failingLater))).isSameAs(error);
                    sleep(2);
                });

        assertThat(reportsAtClose()).isEmpty();
    }
}
