package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.shieldAsync;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is shielded goes on when the one that waits for it is cancelled. */
class ShieldTest extends LoopFixture {

    private final Future<String> inner = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    private Future<String> outer() {
        return run(() -> shieldAsync(inner));
    }

    @Test
    void resultPassesThrough() {
        Future<String> outer = outer();

        inner.setResult("result");
        turns(1);

        assertThat(outer.result()).isEqualTo("result");
    }

    @Test
    void errorPassesThrough() {
        Future<String> outer = outer();
        var error = new IOException("disk");

        inner.setException(error);
        turns(1);

        assertThat(outer.exception()).isSameAs(error);
        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void cancelOfTheInnerOneCancelsTheOuterOne() {
        Future<String> outer = outer();

        inner.cancel("inner");
        turns(1);

        assertThat(outer.cancelled()).isTrue();
        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(outer::result)
                .withMessage("inner");
    }

    @Test
    void cancelOfTheOuterOneLeavesTheInnerOneAlone() {
        Future<String> outer = outer();

        assertThat(outer.cancel()).isTrue();
        turns(1);

        assertThat(inner.done()).isFalse();
        inner.setResult("unharmed");
        turns(1);
        assertThat(outer.cancelled()).isTrue();
    }

    @Test
    void doneFutureIsItsOwnShield() {
        inner.setResult("result");

        assertThat(outer()).isSameAs(inner);
    }

    @Test
    void coroutineIsStartedAsATaskAndGoesOn() {
        run(
                () -> {
                    Task<String> caller =
                            createTask(
                                    () ->
                                            shield(
                                                    () -> {
                                                        sleep(5);
                                                        log.add("finished at " + loop.time());
                                                        return "result";
                                                    }));
                    sleep(1);

                    caller.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(caller::await);
                    assertThat(loop.time()).isEqualTo(1);
                    sleep(9);
                });

        assertThat(log).containsExactly("finished at 5.0");
    }

    @Test
    void shieldedTaskMayBeAwaitedAgainAfterACancel() {
        run(
                () -> {
                    Task<String> important = createTask(() -> sleep(5, "important"));
                    Task<String> caller =
                            createTask(
                                    () -> {
                                        try {
                                            return shield(important);
                                        } catch (CancelledError e) {
                                            return important.await() + " in the end";
                                        }
                                    });
                    sleep(1);

                    caller.cancel();

                    assertThat(caller.await()).isEqualTo("important in the end");
                });
    }

    @Test
    void errorAfterTheCancelIsReportedOnce() {
        Future<String> outer = outer();
        var error = new IOException("disk");

        outer.cancel();
        turns(1);
        inner.setException(error);
        turns(2);

        ErrorContext context = takeError();
        assertThat(context.message()).isEqualTo("IOException exception in shielded future");
        assertThat(context.exception()).isSameAs(error);
        assertThat(context.future()).isSameAs(inner);
        assertThat(loop.unretrieved).isEmpty();
    }

    @Test
    void errorInTheTurnOfTheCancelIsReportedOnceToo() {
        Future<String> outer = outer();
        var error = new IOException("disk");

        inner.setException(error);
        outer.cancel();
        turns(3);
        List<ErrorContext> early = takeErrors();
        loop.close();
        List<ErrorContext> late = takeErrors();

        assertThat(early.size() + late.size()).isEqualTo(1);
        assertThat(outer.cancelled()).isTrue();
    }

    @Test
    void errorWithSeveralShieldsIsReportedForEachThatWasCancelled() {
        Future<String> first = outer();
        Future<String> second = outer();

        first.cancel();
        turns(1);
        inner.setException(new IOException("disk"));
        turns(1);

        assertThat(takeErrors()).hasSize(1);
        assertThat(second.exception()).hasMessage("disk");
    }

    @Test
    void cancelOfTheInnerOneAfterwardsIsNotReported() {
        Future<String> outer = outer();

        outer.cancel();
        turns(1);
        inner.cancel();
        turns(1);

        assertThat(inner.cancelled()).isTrue();
    }

    @Test
    void gatheringMayBeShielded() {
        Future<String> other = loop.createFuture();
        run(
                () -> {
                    Future<List<String>> both = Asyncio.gatherAsync(inner, other);
                    Task<List<String>> caller = createTask(() -> shield(both));
                    sleep(0);

                    caller.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(caller::await);

                    assertThat(List.of(inner, other, both)).noneMatch(Future::done);
                    inner.setResult("a");
                    other.setResult("b");
                    assertThat(both.await()).containsExactly("a", "b");
                });
    }

    @Test
    void gatheringOfShieldsLeavesTheShieldedAlone() {
        Future<String> other = loop.createFuture();
        run(
                () -> {
                    Task<Object> caller =
                            createTask(() -> gather(shieldAsync(inner), shieldAsync(other)));
                    sleep(0);

                    caller.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(caller::await);

                    assertThat(inner.done()).isFalse();
                    assertThat(other.done()).isFalse();
                });
        inner.setResult("a");
        other.setResult("b");
    }

    @Test
    void cancelOfTheCallerAfterTheResultIsNotLost() {
        run(
                () -> {
                    Task<String> caller = createTask(() -> shield(inner));
                    sleep(0);

                    inner.setResult("result");
                    assertThat(caller.cancel()).isTrue();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(caller::await);
                });
    }
}
