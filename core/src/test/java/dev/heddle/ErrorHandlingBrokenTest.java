package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The loop goes on although what should report an error is itself broken. */
class ErrorHandlingBrokenTest extends LoopFixture {

    private static final String MARK = "cannot be printed";

    /** A callback, or anything else, that has no text. */
    private static final class Unprintable implements Runnable {

        @Override
        public void run() {
            throw new UnprintableError();
        }

        @Override
        public String toString() {
            throw new IllegalStateException(MARK);
        }
    }

    private static final class UnprintableError extends RuntimeException {

        @Override
        public String toString() {
            throw new IllegalStateException(MARK);
        }
    }

    /** A log handler that fails. */
    private static final class FailingHandler extends Handler {

        private int asked;

        @Override
        public void publish(LogRecord record) {
            asked++;
            throw new IllegalStateException("broken log");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private final Logger logger = Logger.getLogger("dev.heddle");
    private final FailingHandler failingHandler = new FailingHandler();
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> seen = new ArrayList<>();

    @BeforeEach
    void captureStandardError() {
        System.setErr(new PrintStream(printed, true));
    }

    @AfterEach
    void restore() {
        logger.removeHandler(failingHandler);
        System.setErr(before);
    }

    /** Makes a turn, in which a second callback shows that the loop goes on. */
    private void turnGoesOn() {
        loop.callSoon(() -> seen.add("next"));
        turns(1);
        assertThat(seen).containsExactly("next");
    }

    @Test
    void logThatFailsLeavesStandardError() {
        loop.setExceptionHandler(null);
        logger.addHandler(failingHandler);
        loop.callSoon(
                () -> {
                    throw new ArithmeticException("/ by zero");
                });

        turnGoesOn();

        assertThat(failingHandler.asked).isPositive();
        assertThat(printed.toString())
                .contains("Error in the default exception handler of EventLoop(test")
                .contains("broken log")
                .contains("Exception in callback");
    }

    @Test
    void callbackWithoutATextIsReportedByItsType() {
        loop.callSoon(new Unprintable());

        turnGoesOn();

        ErrorContext context = takeError();
        assertThat(context.exception()).isInstanceOf(UnprintableError.class);
        assertThat(context.message())
                .contains(Unprintable.class.getName())
                .contains("its toString failed");
        assertThat(context.describe()).contains("handle: ").contains("its toString failed");
    }

    @Test
    void defaultHandlerSurvivesWhatHasNoText() {
        loop.setExceptionHandler(null);
        try (var log = new LoopLog()) {
            loop.callSoon(new Unprintable());
            Future<Object> future = loop.createFuture();
            future.setResult(new Unprintable());
            loop.callSoon(
                    () ->
                            loop.callExceptionHandler(
                                    ErrorContext.of("odd result", null).with(future)));

            turnGoesOn();

            assertThat(log.messages()).hasSize(2);
            assertThat(log.messages().get(0)).contains("its toString failed");
            assertThat(log.messages().get(1)).contains("odd result").contains("future: ");
        }
    }

    @Test
    void logAndErrorThatBothFailLeaveStandardError() {
        loop.setExceptionHandler(null);
        logger.addHandler(failingHandler);
        loop.callSoon(new Unprintable());

        turnGoesOn();

        assertThat(printed.toString()).contains("Exception in callback");
    }

    @Test
    void debugModeSurvivesASlowCallbackWithoutAText() {
        loop.setDebug(true);
        loop.setSlowCallbackDuration(java.time.Duration.ZERO);
        try (var log = new LoopLog()) {
            loop.callSoon(new Unprintable());

            turnGoesOn();

            assertThat(log.messages()).anyMatch(m -> m.contains("its toString failed"));
        }
        takeError();
    }

    @Test
    void debugModeSurvivesALogThatFails() {
        loop.setDebug(true);
        loop.setSlowCallbackDuration(java.time.Duration.ZERO);
        logger.addHandler(failingHandler);
        loop.callSoon(() -> {});

        turnGoesOn();

        assertThat(failingHandler.asked).isPositive();
        assertThat(printed.toString()).contains("Executing Handle(");
    }
}
