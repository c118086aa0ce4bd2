package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.gather;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.timeout;
import static dev.heddle.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** {@code toThread} runs a blocking job off the loop, in a copy of the task's context. */
class ToThreadTest extends LoopFixture {

    private static final ContextVar<String> VARIABLE = ContextVar.of("variable", "unset");

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    /** A job that blocks until it is interrupted. */
    private String block() throws InterruptedException {
        started.countDown();
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            log.add("interrupted");
            throw e;
        } finally {
            ended.countDown();
        }
    }

    /** Lets the calling task go on when the job runs. */
    private void awaitStart() {
        while (started.getCount() > 0) {
            sleep(0);
        }
    }

    @Test
    void jobRunsOnAnotherThreadAndReturnsItsResult() {
        run(
                () -> {
                    Thread other = toThread(Thread::currentThread);

                    assertThat(other).isNotSameAs(Thread.currentThread());
                    assertThat(other.isVirtual()).isFalse();
                    assertThat(toThread(EventLoop::runningOrNull)).isNull();
                });
    }

    @Test
    void loopGoesOnMeanwhile() {
        run(
                () -> {
                    var release = new CountDownLatch(1);
                    Task<String> waiting =
                            createTask(
                                    () ->
                                            toThread(
                                                    () -> {
                                                        release.await();
                                                        return "released";
                                                    }));
                    sleep(0);
                    sleep(0);
                    assertThat(waiting.done()).isFalse();
                    release.countDown();

                    assertThat(waiting.await()).isEqualTo("released");
                });
    }

    @Test
    void jobsRunAtTheSameTime() {
        var barrier = new CyclicBarrier(3);

        run(() -> gather(() -> meet(barrier), () -> meet(barrier), () -> meet(barrier)));

        assertThat(log).hasSize(3);
    }

    private boolean meet(CyclicBarrier barrier) {
        return toThread(
                () -> {
                    barrier.await();
                    return log.add("met");
                });
    }

    @Test
    void errorComesAsItIs() {
        var error = new IOException("disk");

        run(
                () ->
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(
                                        () ->
                                                toThread(
                                                        () -> {
                                                            throw error;
                                                        }))
                                .isSameAs(error));
    }

    @Test
    void jobSeesTheContextAndDoesNotChangeIt() {
        run(
                () -> {
                    VARIABLE.set("task");
                    String seen =
                            toThread(
                                    () -> {
                                        String before = VARIABLE.get();
                                        VARIABLE.set("job");
                                        return before + ", then " + VARIABLE.get();
                                    });

                    assertThat(seen).isEqualTo("task, then job");
                    assertThat(VARIABLE.get()).isEqualTo("task");
                    assertThat(loop.runInExecutor(null, () -> VARIABLE.get()).await())
                            .isEqualTo("unset");
                });
    }

    @Test
    void cancelInterruptsTheJob() throws Exception {
        run(
                () -> {
                    Task<String> task = createTask(() -> toThread(this::block));
                    sleep(0);
                    awaitStart();

                    task.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                });
        ended.await();

        assertThat(log).containsExactly("interrupted");
    }

    @Test
    void timeoutInterruptsTheJob() throws Exception {
        run(
                () ->
                        assertThatExceptionOfType(TimeoutException.class)
                                .isThrownBy(() -> timeout(1, () -> toThread(this::letTimePass))));
        ended.await();

        assertThat(log).containsExactly("interrupted");
    }

    private String letTimePass() throws InterruptedException {
        loop.callSoonThreadsafe(() -> clock.advance(Duration.ofSeconds(2)));
        return block();
    }

    @Test
    void cancelBeforeTheStartPreventsTheJob() {
        var release = new CountDownLatch(1);
        loop.setDefaultExecutor(Executors.newSingleThreadExecutor());
        run(
                () -> {
                    Future<Boolean> blocking =
                            loop.runInExecutor(null, () -> release.await(60, TimeUnit.SECONDS));
                    Task<Boolean> task = createTask(() -> toThread(() -> log.add("ran")));
                    sleep(0);

                    task.cancel();

                    assertThatExceptionOfType(CancelledError.class).isThrownBy(task::await);
                    release.countDown();
                    blocking.await();
                    toThread(() -> log.add("the next one"));
                });

        assertThat(log).containsExactly("the next one");
    }

    @Test
    void interruptOfACancelledJobDoesNotHitTheNextOne() {
        run(
                () -> {
                    for (int i = 0; i < 20; i++) {
                        Task<String> task = createTask(() -> toThread(this::block));
                        sleep(0);
                        awaitStart();
                        task.cancel();
                        Asyncio.wait(List.of(task));
                        assertThat(toThread(Thread::interrupted)).isFalse();
                    }
                });
    }

    @Test
    void jobCannotBeMadeInACallback() {
        loop.callSoon(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> toThread(() -> log.add("ran")))
                                .withMessageContainingAll("toThread", "callback"));

        turns(1);

        assertThat(log).isEmpty();
    }
}
