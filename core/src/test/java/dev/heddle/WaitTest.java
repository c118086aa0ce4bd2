package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** {@code wait} tells which futures are done, throws nothing of theirs and cancels none. */
class WaitTest extends LoopFixture {

    private static Task<String> after(double seconds, String result) {
        return createTask(() -> sleep(seconds, result), result);
    }

    private static Task<String> failingAfter(double seconds) {
        return createTask(
                () -> {
                    sleep(seconds);
                    throw new IOException("failed");
                },
                "failing");
    }

    @Test
    void allCompletedWaitsForAll() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<String> fast = after(1, "fast");

                    var waited = Asyncio.wait(List.of(slow, fast));

                    assertThat(waited.done()).containsExactly(slow, fast);
                    assertThat(waited.pending()).isEmpty();
                    assertThat(loop.time()).isEqualTo(10);
                });
    }

    @Test
    void allCompletedIsNotStoppedByAnError() {
        run(
                () -> {
                    Task<String> failing = failingAfter(1);
                    Task<String> slow = after(10, "slow");

                    var waited = Asyncio.wait(List.of(failing, slow), ReturnWhen.ALL_COMPLETED);

                    assertThat(waited.done()).containsExactly(failing, slow);
                    assertThat(loop.time()).isEqualTo(10);
                    assertThat(failing.exception()).hasMessage("failed");
                });
    }

    @Test
    void firstCompletedReturnsWithTheFirst() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<String> fast = after(0.1, "fast");

                    var waited = Asyncio.wait(List.of(slow, fast), ReturnWhen.FIRST_COMPLETED);

                    assertThat(waited.done()).containsExactly(fast);
                    assertThat(waited.pending()).containsExactly(slow);
                    assertThat(loop.time()).isEqualTo(0.1);
                    assertThat(slow.await()).isEqualTo("slow");
                });
    }

    @Test
    void firstCompletedReturnsWithAllThatAreDoneThen() {
        run(
                () -> {
                    Task<String> a = after(0, "a");
                    Task<String> b = after(0, "b");
                    Task<String> slow = after(10, "slow");

                    var waited = Asyncio.wait(List.of(a, slow, b), ReturnWhen.FIRST_COMPLETED);

                    assertThat(waited.done()).containsExactly(a, b);
                    assertThat(waited.pending()).containsExactly(slow);
                    slow.await();
                });
    }

    @Test
    void firstExceptionReturnsWithAnError() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<String> failing = failingAfter(2);
                    Task<String> fast = after(1, "fast");

                    var waited =
                            Asyncio.wait(List.of(slow, failing, fast), ReturnWhen.FIRST_EXCEPTION);

                    assertThat(waited.done()).containsExactly(failing, fast);
                    assertThat(waited.pending()).containsExactly(slow);
                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(failing.exception()).hasMessage("failed");
                    slow.await();
                });
    }

    @Test
    void firstExceptionWithoutAnErrorWaitsForAll() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<String> fast = after(1, "fast");

                    var waited = Asyncio.wait(List.of(slow, fast), ReturnWhen.FIRST_EXCEPTION);

                    assertThat(waited.pending()).isEmpty();
                    assertThat(loop.time()).isEqualTo(10);
                });
    }

    @Test
    void cancelledFutureIsNoErrorToFirstException() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<String> cancelled = after(5, "cancelled");
                    loop.callLater(1, cancelled::cancel);

                    var waited = Asyncio.wait(List.of(slow, cancelled), ReturnWhen.FIRST_EXCEPTION);

                    assertThat(waited.done()).containsExactly(slow, cancelled);
                    assertThat(loop.time()).isEqualTo(10);
                });
    }

    @Test
    void futureGivenTwiceIsThereOnce() {
        run(
                () -> {
                    Task<String> a = after(1, "a");

                    var waited = Asyncio.wait(List.of(a, a, a));

                    assertThat(waited.done()).containsExactly(a);
                });
    }

    @Test
    void tasksOfDifferentTypesCanBeWaitedFor() {
        run(
                () -> {
                    Task<Integer> number = createTask(() -> sleep(1, 42));
                    Task<Void> nothing = createTask(() -> sleep(2));
                    Set<Task<?>> both = Set.of(number, nothing);

                    for (Task<?> task : Asyncio.wait(both).done()) {
                        assertThat(task.getCoro()).isNull(); // they are tasks still
                    }
                    assertThat(loop.time()).isEqualTo(2);
                });
    }

    @Test
    void anyCollectionWillDo() {
        run(
                () -> {
                    Future<String> future = loop.createFuture();
                    future.setResult("done");

                    assertThat(Asyncio.wait(Set.of(future)).done()).containsExactly(future);
                });
    }

    @Test
    void errorsStayUnretrieved() {
        run(
                () -> {
                    Task<String> failing = failingAfter(1);

                    Asyncio.wait(List.of(failing), ReturnWhen.FIRST_EXCEPTION);

                    assertThat(loop.unretrieved).hasSize(1);
                    assertThat(failing.exception()).hasMessage("failed");
                    assertThat(loop.unretrieved).isEmpty();
                });
    }
}
