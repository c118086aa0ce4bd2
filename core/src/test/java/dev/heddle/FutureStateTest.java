package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.heddle.generator.StopIteration;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.Future.State;

/** A future goes from pending to an outcome once; each getter says what it may in each state. */
class FutureStateTest extends LoopFixture {

    private final Future<Integer> future = loop.createFuture();

    @Test
    void pendingFutureHasNoOutcome() {
        assertThat(future.done()).isFalse();
        assertThat(future.isDone()).isFalse();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.state()).isEqualTo(State.RUNNING);
        assertThat(future.getLoop()).isSameAs(loop);
        assertThatExceptionOfType(InvalidStateException.class).isThrownBy(future::result);
        assertThatExceptionOfType(InvalidStateException.class).isThrownBy(future::exception);
        assertThatIllegalStateException().isThrownBy(future::resultNow);
        assertThatIllegalStateException().isThrownBy(future::exceptionNow);
    }

    @Test
    void finishedFutureHasAResultAndNoError() {
        future.setResult(42);

        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.state()).isEqualTo(State.SUCCESS);
        assertThat(future.result()).isEqualTo(42);
        assertThat(future.resultNow()).isEqualTo(42);
        assertThat(future.exception()).isNull();
        assertThatIllegalStateException().isThrownBy(future::exceptionNow);
    }

    @Test
    void nullIsAResult() {
        future.setResult(null);

        assertThat(future.done()).isTrue();
        assertThat(future.state()).isEqualTo(State.SUCCESS);
        assertThat(future.result()).isNull();
        assertThat(future.resultNow()).isNull();
        assertThat(future.toString()).isEqualTo("Future(finished: null)");
    }

    @Test
    void failedFutureThrowsTheErrorItself() {
        var error = new IOException("disk");

        future.setException(error);

        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isFalse();
        assertThat(future.state()).isEqualTo(State.FAILED);
        assertThat(future.exception()).isSameAs(error);
        assertThat(future.exceptionNow()).isSameAs(error);
        assertThatExceptionOfType(IOException.class).isThrownBy(future::result).isSameAs(error);
        assertThatIllegalStateException().isThrownBy(future::resultNow);
    }

    @Test
    void cancelledFutureThrowsCancelledError() {
        assertThat(future.cancel("enough")).isTrue();

        assertThat(future.done()).isTrue();
        assertThat(future.cancelled()).isTrue();
        assertThat(future.state()).isEqualTo(State.CANCELLED);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(future::result)
                .returns("enough", CancelledError::cancelMessage);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(future::exception)
                .returns("enough", CancelledError::cancelMessage);
        assertThatIllegalStateException().isThrownBy(future::resultNow);
        assertThatIllegalStateException().isThrownBy(future::exceptionNow);
    }

    @Test
    void messageOfACancelMayBeAnyObjectAndNone() {
        var message = new Object();
        Future<Void> silent = loop.createFuture();

        future.cancel(message);
        silent.cancel();

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(future::result)
                .satisfies(e -> assertThat(e.cancelMessage()).isSameAs(message))
                .withMessage(message.toString());
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(silent::result)
                .returns(null, CancelledError::cancelMessage)
                .returns(null, Throwable::getMessage);
    }

    @Test
    void finishedFutureTakesNoOtherOutcome() {
        future.setResult(1);

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setResult(2));
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setException(new IOException()));
        assertThat(future.cancel()).isFalse();
        assertThat(future.cancel(true)).isFalse();

        assertThat(future.result()).isEqualTo(1);
    }

    @Test
    void failedFutureTakesNoOtherOutcome() {
        var error = new IOException();
        future.setException(error);

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setResult(2));
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setException(new IOException()));
        assertThat(future.cancel()).isFalse();

        assertThat(future.exception()).isSameAs(error);
    }

    @Test
    void cancelledFutureTakesNoOtherOutcome() {
        future.cancel("first");

        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setResult(2));
        assertThatExceptionOfType(InvalidStateException.class)
                .isThrownBy(() -> future.setException(new IOException()));
        assertThat(future.cancel("second")).isFalse();

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(future::result)
                .withMessage("first");
    }

    @Test
    void endOfAGeneratorIsWrapped() {
        var end = new StopIteration(7);

        future.setException(end);

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(future::result)
                .withCause(end)
                .withMessageContaining("StopIteration");
    }

    @Test
    void anErrorIsNeverNull() {
        assertThatNullPointerException().isThrownBy(() -> future.setException(null));

        assertThat(future.done()).isFalse();
    }

    @Test
    void cancelOfTheJavaInterfaceCancels() {
        java.util.concurrent.Future<Integer> javas = future;

        assertThat(javas.cancel(true)).isTrue();
        assertThat(javas.cancel(true)).isFalse();

        assertThat(javas.isCancelled()).isTrue();
        assertThat(javas.isDone()).isTrue();
    }

    @Test
    void textTellsTheState() {
        Future<String> finished = loop.createFuture();
        Future<String> failed = loop.createFuture();
        Future<String> cancelled = loop.createFuture();
        finished.setResult("x".repeat(100));
        failed.setException(new IOException("disk"));
        cancelled.cancel();
        failed.exception();

        assertThat(future).hasToString("Future(pending)");
        assertThat(finished).hasToString("Future(finished: " + "x".repeat(77) + "...)");
        assertThat(failed).hasToString("Future(failed: java.io.IOException: disk)");
        assertThat(cancelled).hasToString("Future(cancelled)");
    }

    @Test
    void otherThreadsMayAskButNotChange() {
        try (var running = loop.drive()) {
            assertThat(onOtherThread(future::isDone)).isFalse();
            assertThat(onOtherThread(future::state)).isEqualTo(State.RUNNING);
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> future.setResult(1)))
                    .withMessageContaining("callSoonThreadsafe");
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> future.setException(new Exception())));
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> future.cancel("no")));
            assertThatIllegalStateException()
                    .isThrownBy(() -> onOtherThread(() -> future.addDoneCallback(f -> {})));
        }

        assertThat(future.done()).isFalse();
    }

    @Test
    void copyTakesTheOutcomeOfAnother() {
        var error = new IOException("disk");
        Future<Integer> finished = loop.createFuture();
        Future<Integer> failed = loop.createFuture();
        Future<Integer> cancelled = loop.createFuture();
        future.setResult(42);
        finished.copyFrom(future);
        Future<Integer> failing = loop.createFuture();
        failing.setException(error);
        failed.copyFrom(failing);
        Future<Integer> cancelling = loop.createFuture();
        cancelling.cancel("enough");
        cancelled.copyFrom(cancelling);

        finished.copyFrom(failing); // done already: without effect

        assertThat(finished.result()).isEqualTo(42);
        assertThat(failed.exception()).isSameAs(error);
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(cancelled::result)
                .withMessage("enough");
        assertThat(loop.unretrieved).isEmpty();
    }
}
