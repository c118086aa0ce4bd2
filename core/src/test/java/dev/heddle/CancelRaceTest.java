package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.currentTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.shield;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** No cancel is lost, whatever it meets on its way; nor is what the cancelled task was handed. */
class CancelRaceTest extends LoopFixture {

    private final Future<Integer> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    /** The ways of waiting for one future. */
    enum Way {
        AWAIT,
        WAIT_FOR,
        TIMEOUT,
        SHIELD,
        GATHER,
        WAIT,
        TASK,
        GET;

        Object waitFor(Future<Integer> future) throws Exception {
            return switch (this) {
                case AWAIT -> future.await();
                case WAIT_FOR -> Asyncio.waitFor(future, 10);
                case TIMEOUT -> timeout(10, () -> future.await());
                case SHIELD -> shield(future);
                case GATHER -> gather(future);
                case WAIT -> Asyncio.wait(List.of(future));
                case TASK -> createTask(() -> future.await()).await();
                case GET -> future.get();
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void cancelRightAfterTheResultIsNotLost(Way way) {
        Task<Object> task =
                loop.createTask(
                        () -> {
                            Object result = way.waitFor(future);
                            log.add("went on");
                            return result;
                        });
        turns(2);

        future.setResult(1);
        assertThat(task.cancel()).isTrue();
        turns(5);

        assertThat(task.cancelled()).isTrue();
        assertThat(log).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void cancelATurnAfterTheResultIsNotLost(Way way) {
        Task<Object> task = loop.createTask(() -> way.waitFor(future));
        turns(2);

        future.setResult(1);
        turns(1);
        boolean accepted = task.cancel();
        turns(5);

        assertThat(task.cancelled()).isEqualTo(accepted);
        assertThat(task.done()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void cancelRightBeforeTheResultIsNotLost(Way way) {
        Task<Object> task = loop.createTask(() -> way.waitFor(future));
        turns(2);

        assertThat(task.cancel()).isTrue();
        if (!future.done()) {
            future.setResult(1);
        }
        turns(5);

        assertThat(task.cancelled()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void cancelRightAfterAnErrorIsNotLost(Way way) {
        var error = new IllegalStateException("failed");
        Task<Object> task = loop.createTask(() -> way.waitFor(future));
        turns(2);

        future.setException(error);
        assertThat(task.cancel()).isTrue();
        turns(5);

        assertThat(task.cancelled()).isTrue();
        assertThat(future.exception()).isSameAs(error);
        loop.close();
        // A gathering has an error of its own then, which nobody has seen.
        assertThat(takeErrors()).allMatch(e -> e.exception() == error);
    }

    @Test
    void errorThatACancelOvertakesIsReported() {
        var error = new IOException("disk");
        Task<Integer> child =
                loop.createTask(
                        () -> {
                            future.await();
                            throw error;
                        });
        Task<Integer> parent = loop.createTask(() -> child.await());
        turns(1);
        future.setResult(1);
        turns(1);

        assertThat(child.done()).isTrue();
        assertThat(parent.cancel()).isTrue();
        turns(1);

        assertThat(parent.cancelled()).isTrue();
        loop.close();
        assertThat(takeError().exception()).isSameAs(error);
    }

    @Test
    void firstOfSeveralMessagesArrives() {
        Task<Integer> task = loop.createTask(() -> future.await());
        turns(1);

        task.cancel("first");
        task.cancel("second");
        turns(1);

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("first");
    }

    @Test
    void lastOfSeveralMessagesBeforeTheStartArrives() {
        Task<Integer> task = loop.createTask(() -> future.await());

        task.cancel("first");
        task.cancel("second");
        turns(1);

        assertThatExceptionOfType(CancelledError.class)
                .isThrownBy(task::result)
                .withMessage("second");
    }

    @Test
    void whoseCancelItWasCanBeTold() {
        run(
                () -> {
                    Coroutine<String> caller =
                            () -> {
                                try {
                                    return "result " + future.await();
                                } catch (CancelledError e) {
                                    return currentTask().cancelling() > 0 ? "mine" : "theirs";
                                }
                            };
                    Task<String> theirs = createTask(caller);
                    Task<String> mine = createTask(() -> shield(createTask(caller)));
                    sleep(0);
                    sleep(0);

                    mine.cancel();
                    future.cancel();

                    assertThat(theirs.await()).isEqualTo("theirs");
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(mine::await);
                    assertThat(mine.cancelling()).isEqualTo(1);
                });
    }

    @Test
    void timeoutAndCancelInTheSameTurnGiveACancel() {
        Task<Void> task = loop.createTask(() -> timeout(1, () -> sleep(100)));
        loop.callLater(1, () -> assertThat(task.cancel("outside")).isTrue());

        run(() -> sleep(2));

        assertThat(task.cancelled()).isTrue();
        assertThat(task.cancelling()).isEqualTo(1);
    }

    @Test
    void cancelBeforeTheTimeoutInTheSameTurnGivesACancelToo() {
        var tasks = new ArrayList<Task<Void>>();
        loop.callLater(1, () -> assertThat(tasks.getFirst().cancel("outside")).isTrue());
        tasks.add(loop.createTask(() -> timeout(1, () -> sleep(100))));

        run(() -> sleep(2));

        assertThat(tasks.getFirst().cancelled()).isTrue();
    }

    @Test
    void resultAndTimeoutInTheSameTurnLoseNothing() {
        var items = new ArrayDeque<String>();
        Future<Void> arrived = loop.createFuture();
        Coroutine<String> get =
                () -> {
                    while (items.isEmpty()) {
                        shield(arrived);
                    }
                    return items.remove();
                };
        loop.callLater(
                1,
                () -> {
                    items.add("item");
                    arrived.setResult(null);
                });

        run(
                () -> {
                    try {
                        log.add(waitFor(get, 1));
                    } catch (TimeoutException e) {
                        log.add("timeout");
                    }
                });

        assertThat(log.contains("item")).isNotEqualTo(items.contains("item"));
        assertThat(log).hasSize(1);
    }

    @Test
    void waitForReturnsOnlyWhenTheCancelledTaskHasFinished() {
        run(
                () -> {
                    Task<Void> slow =
                            createTask(
                                    () -> {
                                        try {
                                            sleep(100);
                                        } finally {
                                            sleep(3);
                                            log.add("inner at " + loop.time());
                                        }
                                    });
                    Task<Void> waiting = createTask(() -> waitFor(slow, 50));
                    sleep(1);

                    waiting.cancel();
                    assertThatExceptionOfType(CancelledError.class).isThrownBy(waiting::await);
                    log.add("outer at " + loop.time());
                });

        assertThat(log).containsExactly("inner at 4.0", "outer at 4.0");
    }
}
