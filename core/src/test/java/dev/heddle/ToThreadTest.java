package dev.heddle;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.sleep;
import static dev.heddle.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.executor.VirtualThreads;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/** toThread: where a job runs, in what context, and within what limit. */
class ToThreadTest extends LoopFixture {

    private static final ContextVar<String> USER = ContextVar.of("user", "nobody");

    @Test
    void jobRunsOnAnotherThreadAndItsResultComesBack() {
        Thread other = run(() -> toThread(Thread::currentThread));

        assertThat(other.isVirtual()).isFalse();
        assertThat(other).isNotSameAs(Thread.currentThread());
        assertThat(other.getName()).startsWith("heddle-executor-");
    }

    @Test
    void runnableIsAJobToo() {
        var ran = new AtomicReference<Thread>();

        run(() -> toThread(() -> ran.set(Thread.currentThread())));

        assertThat(ran.get()).isNotNull().isNotSameAs(Thread.currentThread());
    }

    @Test
    void errorComesAsTheSameObject() {
        var error = new IOException("checked");

        Throwable caught =
                run(
                        () ->
                                catchThrowable(
                                        () ->
                                                toThread(
                                                        () -> {
                                                            throw error;
                                                        })));

        assertThat(caught).isSameAs(error);
    }

    @Test
    void jobSeesTheContextOfTheTaskAndKeepsWhatItSetsToItself() {
        run(
                () -> {
                    USER.set("ann");

                    String seen =
                            toThread(
                                    () -> {
                                        String before = USER.get();
                                        USER.set("bob");
                                        return before + " " + USER.get();
                                    });

                    assertThat(seen).isEqualTo("ann bob");
                    assertThat(USER.get()).isEqualTo("ann");
                    assertThat(toThread(() -> USER.get())).isEqualTo("ann"); // the same thread
                });
    }

    @Test
    void executorCanBeGiven() {
        try (ExecutorService own =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().name("own").factory())) {
            var options = ToThreadOptions.DEFAULT.withExecutor(own);

            assertThat(run(() -> toThread(() -> Thread.currentThread().getName(), options)))
                    .isEqualTo("own");
        }
    }

    @Test
    void virtualThreadsOffTheLoopCanBeTheExecutor() {
        try (ExecutorService threads = VirtualThreads.offLoop()) {
            var options = ToThreadOptions.DEFAULT.withExecutor(threads);

            run(
                    () -> {
                        assertThat(toThread(() -> Thread.currentThread().isVirtual(), options))
                                .isTrue();
                        assertThat(toThread(() -> EventLoop.runningOrNull() == null, options))
                                .isTrue();
                    });
        }
    }

    @Test
    void executorMayRunTheJobAtOnceOnTheLoopsThread() {
        var options = ToThreadOptions.DEFAULT.withExecutor(Runnable::run);

        assertThat(run(() -> toThread(() -> "at once", options))).isEqualTo("at once");
    }

    @Test
    void virtualTimeStandsStillWhileAJobRuns() {
        double[] time = {-1};
        run(
                () -> {
                    loop.callLater(10, () -> {});

                    toThread(
                            () -> {
                                Thread.sleep(1); // real time
                                return null;
                            });
                    time[0] = loop.time();
                });

        assertThat(time[0]).isZero();
    }

    @Test
    void needsATask() {
        assertThatThrownBy(() -> toThread(() -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no running event loop");
        loop.callSoon(() -> toThread(() -> 1));
        turns(1);

        assertThat(takeError().exception())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("toThread was called in a callback");
    }

    @Test
    void jobMustBeGiven() {
        run(
                () -> {
                    assertThatThrownBy(() -> toThread((Runnable) null))
                            .isInstanceOf(NullPointerException.class);
                    assertThatThrownBy(() -> ToThread.run(null, ToThreadOptions.DEFAULT))
                            .isInstanceOf(NullPointerException.class);
                });
    }

    // ---------------------------------------------------------------- limiter

    /** Lets one job run at a time. */
    private static final class OneAtATime implements ToThreadLimiter {

        private final List<String> log = new java.util.ArrayList<>();
        private Object holder;
        private Future<Void> free;

        @Override
        public void acquireOnBehalfOf(Object borrower) {
            while (holder != null) {
                free = Asyncio.createFuture();
                log.add("wait");
                free.await();
            }
            holder = borrower;
            log.add("acquire");
        }

        @Override
        public void releaseOnBehalfOf(Object borrower) {
            assertThat(borrower).isSameAs(holder);
            holder = null;
            log.add("release");
            if (free != null && !free.done()) {
                free.setResult(null);
            }
        }
    }

    @Test
    void limiterIsAskedBeforeTheJobRunsAndGetsItsTokenBack() {
        var limiter = new OneAtATime();
        run(
                () -> {
                    Task<String> first =
                            createTask(() -> toThread(() -> Thread.currentThread() + "", limiter));
                    Task<Integer> second = createTask(() -> toThread(() -> 2, limiter));

                    first.await();
                    assertThat(second.await()).isEqualTo(2);
                });

        assertThat(limiter.log).containsExactly("acquire", "wait", "release", "acquire", "release");
    }

    @Test
    void limiterGetsItsTokenBackWhenTheJobFailsOrIsRefused() {
        var limiter = new OneAtATime();
        ExecutorService refusing = Executors.newSingleThreadExecutor();
        refusing.shutdown();
        var refused = ToThreadOptions.DEFAULT.withExecutor(refusing).withLimiter(limiter);

        run(
                () -> {
                    assertThatThrownBy(() -> toThread(() -> 1 / 0, limiter))
                            .isInstanceOf(ArithmeticException.class);
                    assertThatThrownBy(() -> toThread(() -> 1, refused))
                            .isInstanceOf(RejectedExecutionException.class);
                    sleep(100); // virtual time jumps: no job is outstanding
                });

        assertThat(limiter.log).containsExactly("acquire", "release", "acquire", "release");
        assertThat(loop.time()).isEqualTo(100);
    }

    @Test
    void taskThatIsCancelledWhileItWaitsForTheLimiterRunsNothing() {
        var limiter = new OneAtATime();
        limiter.holder = "somebody";
        var ran = new AtomicReference<String>();
        run(
                () -> {
                    Task<Void> task = createTask(() -> toThread(() -> ran.set("ran"), limiter));
                    sleep(0);

                    task.cancel();
                    Asyncio.wait(List.of(task));

                    assertThat(task.cancelled()).isTrue();
                });

        assertThat(limiter.log).containsExactly("wait");
        assertThat(ran.get()).isNull();
    }

    @Test
    void limiterThatFailsIsReportedAndTheResultIsThere() {
        var broken =
                new ToThreadLimiter() {
                    @Override
                    public void acquireOnBehalfOf(Object borrower) {}

                    @Override
                    public void releaseOnBehalfOf(Object borrower) {
                        throw new IllegalStateException("broken");
                    }
                };

        assertThat(run(() -> toThread(() -> "result", broken))).isEqualTo("result");
        assertThat(takeError().exception()).hasMessage("broken");
    }
}
