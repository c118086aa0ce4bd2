package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** The stack of a task, all of it, and the stacks and causes of errors that pass through tasks. */
class TaskStackTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();

    private String outermost() {
        return middle();
    }

    private String middle() {
        return innermost();
    }

    private String innermost() {
        return future.await();
    }

    private static List<String> ownMethods(StackTraceElement[] stack) {
        return Stream.of(stack)
                .filter(e -> e.getClassName().equals(TaskStackTest.class.getName()))
                .map(StackTraceElement::getMethodName)
                .filter(name -> !name.contains("lambda"))
                .toList();
    }

    @Test
    void suspendedTaskShowsItsWholeStack() {
        Task<String> task = loop.createTask(this::outermost);
        assertThat(task.getStack()).isEmpty();

        turns(1);

        assertThat(ownMethods(task.getStack())).containsExactly("innermost", "middle", "outermost");
        future.setResult("end");
        turns(1);
        assertThat(task.getStack()).isEmpty();
    }

    @Test
    void blockedTaskShowsWhereItBlocks() {
        var latch = new CountDownLatch(1);
        Task<Void> task = loop.createTask(() -> blockOn(latch));

        turns(1);

        assertThat(ownMethods(task.getStack())).contains("blockOn");
        assertThat(task.getStack()).anyMatch(e -> e.getMethodName().equals("await"));
        latch.countDown();
        loop.runUntilComplete(task);
    }

    private static void blockOn(CountDownLatch latch) throws InterruptedException {
        latch.await();
    }

    @Test
    void failedTaskShowsWhereItFailed() {
        Task<Void> task = loop.createTask(() -> fail("knot"));

        turns(1);

        assertThat(ownMethods(task.getStack())).startsWith("fail");
        assertThat(task.exception()).hasMessage("knot");
    }

    private static void fail(String message) throws IOException {
        throw new IOException(message);
    }

    @Test
    void stackIsPrintedLikeATrace() {
        Task<String> task =
                loop.createTask(this::outermost, TaskOptions.DEFAULT.withName("weaver"));
        turns(1);
        var out = new ByteArrayOutputStream();

        task.printStack(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("Stack of Task(weaver, pending, waiting for Future(pending))\n")
                .contains("\n    at dev.heddle.TaskStackTest.innermost(TaskStackTest.java:")
                .contains("\n    at dev.heddle.TaskStackTest.outermost(TaskStackTest.java:");
        task.cancel();
        turns(1);
    }

    @Test
    void cancelOfAChildShowsWhereTheChildWaited() {
        run(
                () -> {
                    Task<String> child = createTask(this::outermost);
                    sleep(0);
                    child.cancel("enough");

                    Throwable error = catchThrowable(() -> await(child));

                    assertThat(error).isInstanceOf(CancelledError.class).hasMessage("enough");
                    assertThat(ownMethods(error.getStackTrace()))
                            .startsWith("innermost", "middle", "outermost");
                    assertThat(catchThrowable(child::result)).isSameAs(error);
                });
    }

    @Test
    void errorOfATaskShowsWhereItCameFromToWhoeverAwaits() {
        run(
                () -> {
                    Task<Void> child = createTask(() -> fail("knot"));

                    Throwable error = catchThrowable(() -> await(child));

                    assertThat(ownMethods(error.getStackTrace())).startsWith("fail");
                });
    }

    @Test
    void cancelThatIsTurnedIntoAnErrorKeepsItsMessageInTheCause() {
        run(
                () -> {
                    Task<Void> child = createTask(() -> sleep(10));
                    Task<Void> converting =
                            createTask(
                                    () -> {
                                        try {
                                            child.await();
                                        } catch (CancelledError e) {
                                            throw new IllegalArgumentException("converted", e);
                                        }
                                    });
                    sleep(1);
                    child.cancel("why");

                    assertThat(catchThrowable(() -> await(converting)))
                            .hasMessage("converted")
                            .cause()
                            .isInstanceOf(CancelledError.class)
                            .hasMessage("why");
                    assertThat(converting.cancelled()).isFalse();
                });
    }

    @Test
    void errorAwaitedWhileHandlingAnotherKeepsBothChains() {
        run(
                () -> {
                    Task<Void> failing = createTask(() -> fail("second"));
                    sleep(0);
                    Throwable seen = null;
                    var first = new IOException("first");
                    try {
                        try {
                            throw first;
                        } finally {
                            failing.await();
                        }
                    } catch (IOException e) {
                        seen = e;
                    }

                    assertThat(seen).isSameAs(failing.exception()).hasMessage("second");
                    assertThat(seen.getCause()).isNull();
                    assertThat(seen.getSuppressed()).isEmpty();
                });
    }

    @Test
    void errorAwaitedInTryWithResourcesIsSuppressedNotChained() {
        run(
                () -> {
                    Task<Void> failing = createTask(() -> fail("close"));
                    AutoCloseable closing = failing::await;

                    Throwable error =
                            catchThrowable(
                                    () -> {
                                        try (closing) {
                                            fail("body");
                                        }
                                    });

                    assertThat(error).hasMessage("body");
                    assertThat(error.getSuppressed()).containsExactly(failing.exception());
                });
    }
}
