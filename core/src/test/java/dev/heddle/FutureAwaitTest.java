package dev.heddle;

import static dev.heddle.Asyncio.await;
import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Awaiting a future suspends the task until it is done, and gives what it ended with. */
class FutureAwaitTest extends LoopFixture {

    private final Future<String> future = loop.createFuture();
    private final List<String> log = new ArrayList<>();

    @Test
    void awaitSuspendsUntilTheResultIsThere() {
        Task<String> task = loop.createTask(() -> future.await() + "!");

        turns(5);
        assertThat(task.done()).isFalse();
        future.setResult("now");
        assertThat(task.done()).isFalse();
        turns(1);

        assertThat(task.result()).isEqualTo("now!");
    }

    @Test
    void awaitOfADoneFutureDoesNotSuspend() {
        future.setResult("there");

        run(
                () -> {
                    loop.callSoon(() -> log.add("other"));
                    log.add(future.await());
                    log.add(await(future));
                    log.add(await(future, IOException.class));
                });

        assertThat(log).startsWith("there", "there", "there");
    }

    @Test
    void waitersGoOnInTheirOrder() {
        for (int i = 0; i < 5; i++) {
            String name = "waiter " + i;
            loop.createTask(() -> log.add(name + " " + future.await()));
        }
        turns(1);

        future.setResult("done");
        turns(1);

        assertThat(log)
                .containsExactly(
                        "waiter 0 done",
                        "waiter 1 done",
                        "waiter 2 done",
                        "waiter 3 done",
                        "waiter 4 done");
    }

    @Test
    void waitersAndCallbacksShareOneOrder() {
        future.addDoneCallback(f -> log.add("callback 1"));
        loop.createTask(
                () -> {
                    future.await();
                    log.add("waiter");
                });
        turns(1);
        future.addDoneCallback(f -> log.add("callback 2"));

        future.setResult("done");
        turns(1);

        assertThat(log).containsExactly("callback 1", "waiter", "callback 2");
    }

    @Test
    void checkedErrorComesOutAsTheObjectItIs() {
        var error = new IOException("disk");
        loop.callSoon(() -> future.setException(error));

        run(
                () -> {
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(future::await)
                            .isSameAs(error);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> await(future))
                            .isSameAs(error);
                });
    }

    @Test
    void declaredErrorCanBeCaught() {
        future.setException(new IOException("disk"));

        run(
                () -> {
                    try {
                        await(future, IOException.class);
                    } catch (IOException e) {
                        log.add("caught " + e.getMessage());
                    }
                });

        assertThat(log).containsExactly("caught disk");
    }

    @Test
    void checkedErrorPassesThroughCoroutineTaskAndFuture() {
        var error = new IOException("disk");
        Coroutine<String> failing =
                () -> {
                    sleep(1);
                    throw error;
                };

        run(
                () -> {
                    Task<String> task = createTask(failing);
                    Coroutine<String> outer = () -> await(task);

                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> await(outer))
                            .isSameAs(error);
                    assertThatExceptionOfType(IOException.class)
                            .isThrownBy(() -> await(failing))
                            .isSameAs(error);
                });
    }

    @Test
    void callbackCannotAwait() {
        loop.callSoon(future::await);

        turns(1);

        assertThat(takeError().exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("await", "callback", "createTask");
    }

    @Test
    void futureOfAnotherLoopIsRefused() {
        EventLoop other = open(EventLoop.builder().name("elsewhere"));
        Future<Void> foreign = other.createFuture();

        run(
                () -> {
                    assertThatIllegalStateException()
                            .isThrownBy(foreign::await)
                            .withMessageContainingAll("elsewhere", "LoopGroup.call");
                    sleep(0); // the task is none the worse for it
                });

        assertThat(foreign.waiters()).isEmpty();
    }

    @Test
    void taskCannotAwaitItself() {
        run(
                () ->
                        assertThatIllegalStateException()
                                .isThrownBy(() -> Asyncio.currentTask().await())
                                .withMessageContaining("cannot await itself"));
    }

    @Test
    void threadWithoutALoopBlocksUntilItIsDone() {
        Future<String> job = loop.runInExecutor(null, () -> future.await());

        run(
                () -> {
                    sleep(0);
                    future.setResult("later");
                    assertThat(job.await()).isEqualTo("later");
                });

        assertThat(onOtherThread(() -> future.await())).isEqualTo("later");
    }

    @Test
    void waitersAreForgottenWhenTheyAreCancelled() {
        Future<String> shared = loop.createFuture();
        Task<String> task = loop.createTask(() -> Asyncio.shield(shared));
        turns(1);
        Task<String> direct = loop.createTask(() -> shared.await());
        turns(1);
        assertThat(shared.waiters()).containsExactly(direct);

        task.cancel();
        turns(3);

        assertThat(task.cancelled()).isTrue();
        assertThat(shared.waiters()).containsExactly(direct);
        shared.setResult("end");
        turns(1);
        assertThat(direct.result()).isEqualTo("end");
    }
}
