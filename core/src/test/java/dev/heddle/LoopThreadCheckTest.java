package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** While a loop runs, only its own thread may use it; all but a few methods check that, always. */
class LoopThreadCheckTest extends LoopFixture {

    /** Things of the loop that its own thread has made. */
    private record Things(
            EventLoop loop, Future<Object> future, Task<Object> task, Handle handle, Pipe pipe) {}

    @FunctionalInterface
    private interface Use {
        void by(Things things) throws Exception;
    }

    private static Named<Use> use(String name, Use use) {
        return Named.of(name, use);
    }

    static Stream<Named<Use>> forbidden() {
        return Stream.of(
                use("callSoon", t -> t.loop.callSoon(() -> {})),
                use("callSoon in context", t -> t.loop.callSoon(() -> {}, new Context())),
                use("callLater", t -> t.loop.callLater(1, () -> {})),
                use("callLater duration", t -> t.loop.callLater(java.time.Duration.ZERO, () -> {})),
                use("callLater in context", t -> t.loop.callLater(1, () -> {}, new Context())),
                use("callAt", t -> t.loop.callAt(1, () -> {})),
                use("callAt in context", t -> t.loop.callAt(1, () -> {}, new Context())),
                use("createTask", t -> t.loop.createTask(() -> 1)),
                use(
                        "createTask with options",
                        t -> t.loop.createTask(() -> 1, TaskOptions.DEFAULT)),
                use("stop", t -> t.loop.stop()),
                use("setTaskFactory", t -> t.loop.setTaskFactory(null)),
                use("wrapFuture", t -> t.loop.wrapFuture(new CompletableFuture<>())),
                use("allTasks", t -> t.loop.allTasks()),
                use("addReader", t -> t.loop.addReader(t.pipe.source(), () -> {})),
                use("removeReader", t -> t.loop.removeReader(t.pipe.source())),
                use("addWriter", t -> t.loop.addWriter(t.pipe.sink(), () -> {})),
                use("removeWriter", t -> t.loop.removeWriter(t.pipe.sink())),
                use("runInExecutor", t -> t.loop.runInExecutor(null, () -> 1)),
                use(
                        "setDefaultExecutor",
                        t -> {
                            try (var executor = Executors.newSingleThreadExecutor()) {
                                t.loop.setDefaultExecutor(executor);
                            }
                        }),
                use("shutdownDefaultExecutor", t -> t.loop.shutdownDefaultExecutor(null)),
                use("setExceptionHandler", t -> t.loop.setExceptionHandler(null)),
                use("close", t -> t.loop.close()),
                use("runForever", t -> t.loop.runForever()),
                use("runUntilComplete", t -> t.loop.runUntilComplete(() -> 1)),
                use("drive", t -> t.loop.drive()),
                use("Future.setResult", t -> t.future.setResult(1)),
                use("Future.setException", t -> t.future.setException(new RuntimeException())),
                use("Future.cancel", t -> t.future.cancel()),
                use("Future.addDoneCallback", t -> t.future.addDoneCallback(f -> {})),
                use("Future.removeDoneCallback", t -> t.future.removeDoneCallback(f -> {})),
                use("Task.cancel", t -> t.task.cancel()),
                use("Task.uncancel", t -> t.task.uncancel()),
                use("Handle.cancel", t -> t.handle.cancel()),
                use("TimerHandle.cancel", t -> t.loop.callLater(1, () -> {}).cancel()));
    }

    static Stream<Named<Use>> allowed() {
        return Stream.of(
                use("callSoonThreadsafe", t -> t.loop.callSoonThreadsafe(() -> {})),
                use("runCoroutineThreadsafe", t -> t.loop.runCoroutineThreadsafe(() -> 1)),
                use("isRunning", t -> assertThat(t.loop.isRunning()).isTrue()),
                use("isClosed", t -> assertThat(t.loop.isClosed()).isFalse()),
                use("time", t -> assertThat(t.loop.time()).isZero()),
                use("toString", t -> assertThat(t.loop.toString()).contains("running")),
                use("Future.done", t -> assertThat(t.future.done()).isFalse()),
                use("Future.toCompletableFuture", t -> t.future.toCompletableFuture()),
                use("Handle.cancelled", t -> assertThat(t.handle.cancelled()).isFalse()));
    }

    /** Lets a task of the loop hand its things to {@code use} on a foreign thread, and waits. */
    private void withThings(Use use, boolean threadHasLoop) throws IOException {
        Pipe pipe = Pipe.open();
        try (var source = pipe.source();
                var sink = pipe.sink()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            run(
                    () -> {
                        Future<Object> future = loop.createFuture();
                        Task<Object> task = loop.createTask(() -> future.await());
                        Handle handle = loop.callSoon(() -> {});
                        var things = new Things(loop, future, task, handle, pipe);
                        onOtherThread(
                                () -> {
                                    if (threadHasLoop) {
                                        EventLoop own = EventLoop.create();
                                        try (own) {
                                            own.runUntilComplete(() -> use.by(things));
                                        }
                                    } else {
                                        use.by(things);
                                    }
                                    return true;
                                });
                        Asyncio.sleep(0); // what was submitted runs
                        assertThat(future.done()).isFalse();
                        assertThat(task.cancelling()).isZero();
                        assertThat(handle.cancelled()).isFalse();
                        future.setResult("unharmed");
                        assertThat(task.await()).isEqualTo("unharmed");
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void foreignThreadIsRefused(Use use) throws IOException {
        withThings(
                things ->
                        assertThatThrownBy(() -> use.by(things))
                                .isInstanceOf(IllegalStateException.class),
                false);
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void foreignThreadWithALoopOfItsOwnIsRefused(Use use) throws IOException {
        withThings(
                things ->
                        assertThatThrownBy(() -> use.by(things))
                                .isInstanceOf(IllegalStateException.class),
                true);
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void fewMethodsAreForAnyThread(Use use) throws IOException {
        withThings(use, false);
    }

    @Test
    void messageNamesTheOperationBothThreadsTheLoopAndTheRemedy() throws IOException {
        String own = Thread.currentThread().getName();

        withThings(
                things ->
                        assertThatThrownBy(() -> things.loop.callSoon(() -> {}))
                                .hasMessageContainingAll(
                                        "callSoon",
                                        "[#" + Thread.currentThread().threadId(),
                                        "EventLoop(test, running)",
                                        own,
                                        "Use callSoonThreadsafe"),
                false);
    }

    @Test
    void stoppedLoopMayBePreparedByAnyThread() {
        onOtherThread(
                () -> {
                    loop.callSoon(() -> {});
                    loop.callLater(1, () -> {}).cancel();
                    loop.createTask(() -> "prepared");
                });

        turns(1);

        assertThat(loop.allTasks()).isEmpty();
    }
}
