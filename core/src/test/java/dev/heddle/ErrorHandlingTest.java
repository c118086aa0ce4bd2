package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Where an error goes that no code was there to catch. */
class ErrorHandlingTest extends LoopFixture {

    private static final ContextVar<String> COLOUR = ContextVar.of("colour", "none");

    private final ArithmeticException error = new ArithmeticException("/ by zero");

    private Handle fail() {
        return loop.callSoon(
                () -> {
                    throw error;
                });
    }

    @Test
    void handlerGetsMessageErrorAndHandleAndTheLoopGoesOn() {
        List<String> seen = new ArrayList<>();
        Handle handle = fail();
        loop.callSoon(() -> seen.add("next"));

        turns(1);

        ErrorContext context = takeError();
        assertThat(context.message()).startsWith("Exception in callback ");
        assertThat(context.exception()).isSameAs(error);
        assertThat(context.handle()).isSameAs(handle);
        assertThat(context.future()).isNull();
        assertThat(context.task()).isNull();
        assertThat(context.sourceStack()).isNull();
        assertThat(context.inner()).isNull();
        assertThat(seen).containsExactly("next");
    }

    @Test
    void inDebugModeTheHandlerAlsoGetsWhereTheCallbackWasMade() {
        loop.setDebug(true);
        fail();

        turns(1);

        Throwable stack = takeError().sourceStack();
        assertThat(stack).isNotNull();
        assertThat(stack.getStackTrace())
                .anyMatch(
                        frame ->
                                frame.getMethodName().equals("fail")
                                        && frame.getClassName().endsWith("ErrorHandlingTest"));
    }

    @Test
    void errorsOfTimersAndEvenOfTheJvmAreReported() {
        var overflow = new StackOverflowError();
        TimerHandle timer =
                loop.callLater(
                        0,
                        () -> {
                            throw overflow;
                        });

        turns(1);

        ErrorContext context = takeError();
        assertThat(context.exception()).isSameAs(overflow);
        assertThat(context.handle()).isSameAs(timer);
    }

    @Test
    void handlerGetsTheLoopAndCanBeReplaced() {
        List<EventLoop> seen = new ArrayList<>();
        ExceptionHandler handler = (where, context) -> seen.add(where);
        loop.setExceptionHandler(handler);
        assertThat(loop.getExceptionHandler()).isSameAs(handler);
        fail();

        turns(1);

        assertThat(seen).containsExactly(loop);
    }

    @Test
    void withoutAHandlerTheErrorIsLogged() {
        loop.setExceptionHandler(null);
        assertThat(loop.getExceptionHandler()).isNull();
        try (var log = new LoopLog()) {
            Handle handle = fail();

            turns(1);

            LogRecord record = log.records().getFirst();
            assertThat(log.records()).hasSize(1);
            assertThat(record.getLevel()).isEqualTo(Level.SEVERE);
            assertThat(record.getThrown()).isSameAs(error);
            assertThat(record.getMessage())
                    .startsWith("Exception in callback ")
                    .contains("\n  handle: " + handle);
        }
    }

    @Test
    void inDebugModeTheLogTellsWhereTheCallbackWasMade() {
        loop.setExceptionHandler(null);
        loop.setDebug(true);
        try (var log = new LoopLog()) {
            fail();

            turns(1);

            assertThat(log.records()).hasSize(2);
            assertThat(log.records().get(1).getMessage()).contains("made here");
            assertThat(log.records().get(1).getThrown().getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("fail"));
        }
    }

    @Test
    void callExceptionHandlerHandsOverWhatItGets() {
        Future<String> future = loop.createFuture();
        ErrorContext context = ErrorContext.of("by hand", error).with(future);

        loop.callExceptionHandler(context);

        assertThat(takeError()).isSameAs(context);
    }

    @Test
    void defaultHandlerCanBeCalledFromACustomOne() {
        loop.setExceptionHandler(EventLoop::defaultExceptionHandler);
        try (var log = new LoopLog()) {
            fail();

            turns(1);

            assertThat(log.records()).singleElement().matches(r -> r.getThrown() == error);
        }
    }

    @Test
    void handlerThatFailsIsLoggedWithTheErrorThatItWasGiven() {
        var broken = new IllegalStateException("broken handler");
        loop.setExceptionHandler(
                (where, context) -> {
                    throw broken;
                });
        List<String> seen = new ArrayList<>();
        try (var log = new LoopLog()) {
            Handle handle = fail();
            loop.callSoon(() -> seen.add("next"));

            turns(1);

            assertThat(log.records()).hasSize(2);
            assertThat(log.records().get(0).getThrown()).isSameAs(broken);
            assertThat(log.records().get(0).getMessage())
                    .startsWith("Unhandled error in exception handler")
                    .contains("while handling: Exception in callback ")
                    .contains("handle: " + handle);
            assertThat(log.records().get(1).getThrown()).isSameAs(error);
        }
        assertThat(seen).containsExactly("next");
    }

    @Test
    void keyboardInterruptOfAHandlerLeavesTheRun() {
        loop.setExceptionHandler(
                (where, context) -> {
                    throw new KeyboardInterrupt();
                });
        fail();

        assertThatThrownBy(() -> turns(1)).isInstanceOf(KeyboardInterrupt.class);
    }

    @Test
    void handlerRunsInTheContextOfTheCallback() {
        List<String> seen = new ArrayList<>();
        loop.setExceptionHandler((where, context) -> seen.add(COLOUR.get()));
        var red = new Context();
        red.run(() -> COLOUR.set("red"));
        loop.callSoon(
                () -> {
                    throw error;
                },
                red);
        fail();

        turns(1);

        assertThat(seen).containsExactly("red", "none");
    }

    @Test
    void textOfAnErrorContextNamesEverything() {
        Task<Void> task = loop.createTask(() -> Asyncio.sleep(0));
        Future<String> future = loop.createFuture();
        Handle handle = loop.callSoon(() -> {});
        ErrorContext inner = ErrorContext.of("inner", null).with(task);

        String text =
                ErrorContext.of("outer", error)
                        .with(future)
                        .with(handle)
                        .withInner(inner)
                        .describe();

        assertThat(text)
                .isEqualTo(
                        """
                        outer
                          future: Future(pending)
                          handle: %s
                          while handling: inner
                            task: %s\
                        """
                                .formatted(handle, task));
        loop.runUntilComplete(task);
    }
}
