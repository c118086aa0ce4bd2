package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** The timeout of {@code wait}, its cancel, and its arguments. */
class WaitTimeoutTest extends LoopFixture {

    private static Task<String> after(double seconds, String result) {
        return createTask(() -> sleep(seconds, result), result);
    }

    @Test
    void timeoutReturnsWhatIsDoneAndCancelsNothing() {
        run(
                () -> {
                    Task<String> a = after(1, "a");
                    Task<String> b = after(3, "b");

                    var waited =
                            Asyncio.wait(
                                    List.of(a, b), Duration.ofSeconds(2), ReturnWhen.ALL_COMPLETED);

                    assertThat(waited.done()).containsExactly(a);
                    assertThat(waited.pending()).containsExactly(b);
                    assertThat(loop.time()).isEqualTo(2);
                    assertThat(b.await()).isEqualTo("b");
                });
    }

    @Test
    void timeoutAtTheMomentOfAResultReturnsIt() {
        run(
                () -> {
                    Task<String> a = after(1, "a");
                    Task<String> b = after(2, "b");
                    sleep(0);

                    var waited =
                            Asyncio.wait(
                                    List.of(a, b), Duration.ofSeconds(1), ReturnWhen.ALL_COMPLETED);

                    assertThat(waited.done()).containsExactly(a);
                    assertThat(waited.pending()).containsExactly(b);
                    b.await();
                });
    }

    @Test
    void timerOfATimeoutThatIsNotUsedIsCancelled() {
        run(
                () -> {
                    Asyncio.wait(
                            List.of(after(1, "a")), Duration.ofHours(1), ReturnWhen.ALL_COMPLETED);

                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void waiterThatIsCancelledLeavesTheOthersAlone() {
        run(
                () -> {
                    Task<String> slow = after(10, "slow");
                    Task<Object> waiter =
                            createTask(
                                    () ->
                                            Asyncio.wait(
                                                    List.of(slow),
                                                    Duration.ofSeconds(20),
                                                    ReturnWhen.ALL_COMPLETED));
                    sleep(1);

                    waiter.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(waiter::await);

                    assertThat(loop.time()).isEqualTo(1);
                    assertThat(slow.cancelling()).isZero();
                    assertThat(slow.await()).isEqualTo("slow");
                    assertThat(loop.turn.nextDeadline()).isNull();
                });
    }

    @Test
    void argumentsAreChecked() {
        EventLoop other = open(EventLoop.builder().clock(clock));
        Future<String> foreign = other.createFuture();
        Future<String> own = loop.createFuture();

        run(
                () -> {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> Asyncio.wait(List.<Future<String>>of()))
                            .withMessageContaining("no future");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> Asyncio.wait(List.of(own, foreign)))
                            .withMessageContaining("belongs to");
                    assertThatNullPointerException()
                            .isThrownBy(() -> Asyncio.wait(List.of(own), (ReturnWhen) null));
                });
        assertThatIllegalStateException()
                .isThrownBy(() -> Asyncio.wait(List.of(own)))
                .withMessageContaining("no running event loop");
        assertThat(own.removeDoneCallback(f -> {})).isZero();
    }

    @Test
    void callbackCannotWait() {
        Future<String> own = loop.createFuture();
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> Asyncio.wait(List.of(own)))
                                .withMessageContaining("callback"));

        turns(1);
    }
}
