package dev.heddle;

import static dev.heddle.Asyncio.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Below a class initialiser or a native frame a task cannot be suspended. */
class JdkPinnedTest extends LoopFixture {

    /** What the class initialisers below do, and a list of what happened. */
    private static Supplier<Object> action = () -> "";

    private final List<String> seen = new ArrayList<>();

    // One class for each test: an initialiser runs once.

    private static final class AwaitsFuture {
        static final Object VALUE = action.get();
    }

    private static final class Sleeps {
        static final Object VALUE = action.get();
    }

    private static final class Yields {
        static final Object VALUE = action.get();
    }

    private static final class StartsEagerly {
        static final Object VALUE = action.get();
    }

    private static final class SleepsInTheJdk {
        static final Object VALUE = action.get();
    }

    private static final class AwaitsWhatIsDone {
        static final Object VALUE = action.get();
    }

    /** Runs {@code body} in a callback of the C function qsort. */
    private static void belowANativeFrame(Runnable body) {
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            var pointer =
                    ValueLayout.ADDRESS.withTargetLayout(
                            java.lang.foreign.MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_INT));
            MethodHandle compare =
                    MethodHandles.lookup()
                            .findStatic(
                                    JdkPinnedTest.class,
                                    "compare",
                                    MethodType.methodType(
                                            int.class,
                                            Runnable.class,
                                            MemorySegment.class,
                                            MemorySegment.class))
                            .bindTo(body);
            MemorySegment stub =
                    linker.upcallStub(
                            compare,
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, pointer, pointer),
                            arena);
            MethodHandle qsort =
                    linker.downcallHandle(
                            linker.defaultLookup().find("qsort").orElseThrow(),
                            FunctionDescriptor.ofVoid(
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS));
            MemorySegment array = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 1);
            qsort.invoke(array, 2L, 4L, stub);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unused") // by the upcall; an exception here would end the JVM
    private static int compare(Runnable body, MemorySegment a, MemorySegment b) {
        body.run();
        return 0;
    }

    private static void assertClear(Throwable error) {
        assertThat(error)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot wait here")
                .hasMessageContaining("class initialiser or a native frame")
                .hasMessageContaining("Task(");
    }

    /** Checks that the loop and the calling task work as before. */
    private void assertUnharmed() {
        double before = loop.time();
        sleep(5);
        assertThat(loop.time()).isEqualTo(before + 5);
        Future<String> future = loop.createFuture();
        loop.callLater(3, () -> future.setResult("unharmed"));
        assertThat(future.await()).isEqualTo("unharmed");
        assertThat(loop.time()).isEqualTo(before + 8);
    }

    @Test
    void awaitInAClassInitialiserIsAClearError() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    action = () -> future.await();

                    Throwable error = catchThrowable(() -> seen.add("" + AwaitsFuture.VALUE));

                    assertThat(error).isInstanceOf(ExceptionInInitializerError.class);
                    assertClear(error.getCause());
                    future.setResult("too late"); // does not wake the task out of turn
                    assertUnharmed();
                });

        assertThat(seen).isEmpty();
    }

    @Test
    void sleepInAClassInitialiserIsAClearError() {
        run(
                () -> {
                    action = () -> sleep(2, "slept");

                    Throwable error = catchThrowable(() -> seen.add("" + Sleeps.VALUE));

                    assertClear(error.getCause());
                    assertUnharmed();
                });
    }

    @Test
    void yieldInAClassInitialiserIsAClearError() {
        run(
                () -> {
                    action = () -> sleep(0, "yielded");

                    Throwable error = catchThrowable(() -> seen.add("" + Yields.VALUE));

                    assertClear(error.getCause());
                    assertUnharmed();
                });
    }

    @Test
    void eagerStartInAClassInitialiserBecomesALazyOne() {
        run(
                () -> {
                    action =
                            () ->
                                    loop.createTask(
                                            () -> seen.add("task"),
                                            TaskOptions.DEFAULT.withEagerStart(true));

                    var task = (Task<?>) StartsEagerly.VALUE;

                    seen.add("initialised");
                    task.await();
                    assertUnharmed();
                });

        assertThat(seen).containsExactly("initialised", "task");
    }

    @Test
    void whatIsDoneCanBeAwaitedInAClassInitialiser() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    future.setResult("done");
                    action = () -> future.await();

                    assertThat(AwaitsWhatIsDone.VALUE).isEqualTo("done");
                });
    }

    @Test
    void sleepOfTheJdkInAClassInitialiserFreezesTheLoopForItsTime() {
        action =
                () -> {
                    try {
                        Thread.sleep(5);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return "slept";
                };
        run(
                () -> {
                    loop.callSoon(() -> seen.add("callback"));
                    seen.add("" + SleepsInTheJdk.VALUE);
                    sleep(0);
                    assertUnharmed();
                });

        assertThat(seen).containsExactly("slept", "callback");
    }

    @Test
    void awaitBelowANativeFrameIsAClearError() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    List<Throwable> errors = new ArrayList<>();

                    belowANativeFrame(
                            () -> {
                                errors.add(catchThrowable(() -> future.await()));
                                errors.add(catchThrowable(() -> sleep(1)));
                                errors.add(catchThrowable(() -> sleep(0)));
                            });

                    assertThat(errors).hasSize(3).allSatisfy(JdkPinnedTest::assertClear);
                    future.setResult("too late");
                    assertUnharmed();
                });
    }

    @Test
    void sleepOfTheJdkBelowANativeFrameFreezesTheLoopForItsTime() {
        run(
                () -> {
                    loop.callSoon(() -> seen.add("callback"));
                    belowANativeFrame(
                            () -> {
                                try {
                                    Thread.sleep(5);
                                } catch (InterruptedException e) {
                                    seen.add("interrupted");
                                }
                                seen.add("slept");
                            });
                    sleep(0);
                    assertUnharmed();
                });

        assertThat(seen).containsExactly("slept", "callback");
    }

    @Test
    void cancelOfATaskThatCouldNotWaitComesAtItsNextWait() {
        Task<String> task =
                loop.createTask(
                        () -> {
                            belowANativeFrame(
                                    () -> {
                                        loop.currentTask().cancel("from below");
                                        assertThat(catchThrowable(() -> sleep(1))).isNotNull();
                                    });
                            return sleep(1, "not cancelled");
                        });

        Throwable error = catchThrowable(() -> loop.runUntilComplete(task));

        assertThat(error).isInstanceOf(CancelledError.class);
        assertThat(task.cancelled()).isTrue();
    }
}
