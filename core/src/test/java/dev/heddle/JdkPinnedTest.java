package dev.heddle;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

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

                    JdkNativeFrame.runAbove(
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
                    JdkNativeFrame.runAbove(
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
                            JdkNativeFrame.runAbove(
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
