package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.gatherAll;
import static dev.heddle.Asyncio.gatherAllAsync;
import static dev.heddle.Asyncio.gatherAsync;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Cancelling a gathering cancels its children. */
class GatherCancelTest extends LoopFixture {

    private final Future<String> a = loop.createFuture();
    private final Future<String> b = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @Test
    void cancelReachesEachChildWithItsMessage() {
        Future<List<String>> all = run(() -> gatherAsync(a, b));

        assertThat(all.cancel("enough")).isTrue();
        assertThat(a.cancelled()).isTrue();
        assertThat(b.cancelled()).isTrue();
        assertThat(all.done()).isFalse();
        turns(1);

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(all::result)
                .withMessage("enough");
    }

    @Test
    void doneGatheringCannotBeCancelled() {
        Future<List<String>> all = run(() -> gatherAsync(a));
        a.setResult("a");
        turns(1);

        assertThat(all.cancel()).isFalse();
        assertThat(all.result()).containsExactly("a");
    }

    @Test
    void gatheringWhoseChildrenAreAllDoneCannotBeCancelledAnyMore() {
        Future<List<String>> all = run(() -> gatherAsync(a));
        a.setResult("a");

        assertThat(all.done()).isFalse();
        assertThat(all.cancel()).isFalse();
        turns(1);

        assertThat(all.result()).containsExactly("a");
    }

    @Test
    void oneChildThatCanBeCancelledIsEnough() {
        Future<List<String>> all = run(() -> gatherAsync(a, b));
        b.setResult("b");

        assertThat(all.cancel()).isTrue();
        assertThat(a.cancelled()).isTrue();
        turns(1);

        assertThatExceptionOfType(CancelledError.class).isThrownBy(all::result);
    }

    @Test
    void failedGatheringCancelsNothing() {
        Future<List<String>> all = run(() -> gatherAsync(a, b));
        a.setException(new IOException("disk"));
        turns(1);

        assertThat(all.cancel()).isFalse();

        assertThat(b.done()).isFalse();
        assertThat(all.exception()).hasMessage("disk");
    }

    @Test
    void cancelWithReturnedErrorsIsAnErrorOnceAllAreDone() {
        Task<String> slow =
                loop.createTask(
                        () -> {
                            try {
                                return sleep(100, "never");
                            } finally {
                                sleep(5);
                                log.add("cleaned up");
                            }
                        });
        Future<List<Object>> all = run(() -> gatherAllAsync(List.of(slow, a), true));
        turns(1);

        assertThat(all.cancel()).isTrue();
        turns(5);
        assertThat(all.done()).isFalse();
        run(() -> sleep(6));

        assertThat(log).containsExactly("cleaned up");
        assertThatExceptionOfType(CancelledError.class).isThrownBy(all::result);
    }

    @Test
    void cancelThatAChildRefusesIsAnErrorAllTheSame() {
        Task<String> refusing =
                loop.createTask(
                        () -> {
                            try {
                                return a.await();
                            } catch (CancelledError e) {
                                return "refused";
                            }
                        });
        Future<List<Object>> all = run(() -> gatherAllAsync(List.of(refusing), true));

        assertThat(all.cancel()).isTrue();
        turns(2);

        assertThat(refusing.result()).isEqualTo("refused");
        assertThatExceptionOfType(CancelledError.class).isThrownBy(all::result);
    }

    @Test
    void taskThatGathersIsCancelledAlthoughErrorsAreReturned() {
        run(
                () -> {
                    Task<Object> task =
                            createTask(
                                    () -> gatherAll(List.of(a, createTask(() -> sleep(9))), true));
                    sleep(1);

                    task.cancel("outside");

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    assertThat(task.cancelled()).isTrue();
                    assertThat(a.cancelled()).isTrue();
                    assertThat(loop.time()).isEqualTo(1);
                });
    }

    @Test
    void childCancelsTheGatheringTask() {
        run(
                () -> {
                    var tasks = new ArrayList<Task<?>>();
                    Task<Object> parent =
                            createTask(
                                    () ->
                                            gather(
                                                    () -> sleep(100, "sleeper"),
                                                    () -> {
                                                        tasks.getFirst().cancel();
                                                        return sleep(1, "canceller");
                                                    }));
                    tasks.add(parent);

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(parent::await);
                    assertThat(loop.time()).isZero();
                });
    }

    @Test
    void nestedGatheringsAreCancelledToTheGround() {
        run(
                () -> {
                    Task<Void> leaf = createTask(() -> sleep(100));
                    Task<Object> task =
                            createTask(() -> gather(a, gatherAsync(b, gatherAsync(leaf))));
                    sleep(1);

                    task.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    sleep(0);

                    assertThat(List.of(a, b, leaf)).allMatch(Future::cancelled);
                });
    }

    @Test
    void gatheringsThatNobodyAwaitsLeaveNothingToReport() {
        Future<List<String>> all = run(() -> gatherAsync(a, b));

        all.cancel();
        turns(2);

        assertThat(all.done()).isTrue();
        loop.close();
        assertThat(takeErrors()).isEmpty();
    }
}
