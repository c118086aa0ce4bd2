package dev.heddle;

import static dev.heddle.Asyncio.asCompleted;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;

/** As futures: the original tasks and futures in the order of their ends. */
class AsCompletedFuturesTest extends LoopFixture {

    private final List<Object> log = new ArrayList<>();

    private static Task<String> after(double seconds, String result) {
        return createTask(() -> sleep(seconds, result));
    }

    @Test
    void originalTasksAndFuturesComeBack() {
        run(
                () -> {
                    Task<String> slow = after(3, "c");
                    Future<String> future = loop.createFuture();
                    loop.callLater(2, () -> future.setResult("b"));
                    Task<String> fast = after(1, "a");

                    for (Future<String> done : asCompleted(List.of(slow, future, fast)).futures()) {
                        log.add(done);
                        assertThat(done.done()).isTrue();
                    }

                    assertThat(log).isEqualTo(List.of(fast, future, slow));
                });
    }

    @Test
    void coroutinesComeAsTasks() {
        Coroutine<String> coroutine = () -> sleep(1, "a");
        run(
                () -> {
                    for (Future<String> done : asCompleted(List.of(coroutine)).futures()) {
                        assertThat(done).isInstanceOf(Task.class);
                        log.add(done.result());
                    }
                });

        assertThat(log).isEqualTo(List.of("a"));
    }

    @Test
    void errorsStayInTheirFutures() {
        run(
                () -> {
                    Task<String> failing =
                            createTask(
                                    () -> {
                                        sleep(1);
                                        throw new IOException("disk");
                                    });
                    Task<String> cancelled = after(9, "never");
                    loop.callLater(2, cancelled::cancel);

                    for (Future<String> done : asCompleted(List.of(cancelled, failing)).futures()) {
                        log.add(done.state());
                    }
                    assertThat(failing.exception()).hasMessage("disk");
                });

        assertThat(log)
                .isEqualTo(
                        List.of(
                                java.util.concurrent.Future.State.FAILED,
                                java.util.concurrent.Future.State.CANCELLED));
    }

    @Test
    void iterationGoesOnWhereItWasBroken() {
        run(
                () -> {
                    var all = asCompleted(List.of(after(3, "c"), after(1, "a"), after(2, "b")));
                    for (Future<String> done : all.futures()) {
                        log.add(done.result());
                        break;
                    }
                    for (Awaitable<String> next : all) {
                        log.add(next.await() + " in the other form");
                        break;
                    }
                    for (Future<String> done : all.futures()) {
                        log.add(done.result());
                    }
                    assertThat(all.futures()).isEmpty();
                });

        assertThat(log).isEqualTo(List.of("a", "b in the other form", "c"));
    }

    @Test
    void timeoutComesOutOfTheIteration() {
        run(
                () -> {
                    Task<String> slow = after(3, "c");
                    Task<String> fast = after(1, "a");
                    assertThatExceptionOfType(TimeoutException.class)
                            .isThrownBy(
                                    () -> {
                                        for (Future<String> done :
                                                asCompleted(
                                                                List.of(slow, fast),
                                                                Duration.ofSeconds(2))
                                                        .futures()) {
                                            log.add(done.result());
                                        }
                                    });
                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(slow.await()).isEqualTo("c");
                });

        assertThat(log).isEqualTo(List.of("a"));
    }

    @Test
    void iteratorEndsAfterTheLast() {
        run(
                () -> {
                    Iterator<Future<String>> next =
                            asCompleted(List.of(after(1, "a"))).futures().iterator();
                    next.next();

                    assertThat(next.hasNext()).isFalse();
                    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(next::next);
                });
    }

    @Test
    void cancelOfTheIteratingTaskLeavesTheOthersAlone() {
        run(
                () -> {
                    Task<String> slow = after(3, "c");
                    Task<Void> iterating =
                            createTask(
                                    () -> {
                                        for (Future<String> done :
                                                asCompleted(List.of(slow), Duration.ofHours(1))
                                                        .futures()) {
                                            log.add(done);
                                        }
                                    });
                    sleep(1);

                    iterating.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(iterating::await);
                    assertThat(slow.await()).isEqualTo("c");
                    assertThat(log).isEmpty();
                    sleep(0);
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void errorThatNobodyLooksAtIsReported() {
        run(
                () -> {
                    Coroutine<String> failing =
                            () -> {
                                throw new IOException("disk");
                            };
                    for (Future<String> done : asCompleted(List.of(failing)).futures()) {
                        log.add(done.done());
                    }
                });

        loop.close();

        assertThat(takeError().exception()).hasMessage("disk");
    }
}
