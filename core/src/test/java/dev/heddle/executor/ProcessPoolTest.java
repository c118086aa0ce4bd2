package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.Asyncio;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/** What a job in another JVM gets, and what comes back; one worker for all tests. */
@Timeout(60)
class ProcessPoolTest {

    private static final int MOST_BYTES = 1 << 20;

    private static ProcessPoolExecutor pool;
    private static long workersPid;

    @BeforeAll
    static void startTheWorker() {
        pool = ProcessPoolExecutor.builder().maxWorkers(1).maxMessageBytes(MOST_BYTES).build();
        workersPid = pid();
    }

    @AfterAll
    static void noJobHasHarmedTheWorker() {
        long pidAtTheEnd = pid();
        pool.close();

        assertThat(pidAtTheEnd).isEqualTo(workersPid);
    }

    private static long pid() {
        return pool.submit(() -> ProcessHandle.current().pid()).join();
    }

    private static Throwable failure(java.util.concurrent.Future<?> job) {
        return catchThrowable(job::get).getCause();
    }

    @Test
    void jobRunsInAnotherJvm() {
        assertThat(workersPid).isNotEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void resultComesBackAlsoIfItIsNull() throws Exception {
        assertThat(pool.submit(() -> List.of(1, 2)).get()).containsExactly(1, 2);
        assertThat(pool.submit(() -> (String) null).get()).isNull();
    }

    @Test
    void runnableHasNoResultOrOneThatStaysHere() throws Exception {
        var here = new Object(); // could not be sent
        Runnable job = (Runnable & Serializable) () -> {};

        assertThat(pool.submit(job).get()).isNull();
        assertThat(pool.submit(job, here).get()).isSameAs(here);
    }

    @Test
    void jobIsSentAsItWasWhenItWasSubmitted() throws Exception {
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            var list = new ArrayList<>(List.of("before"));
            var first = pool.submit(() -> Beacon.light(port));
            var lit = beacon.await();
            var second = pool.submit(() -> List.copyOf(list));

            list.add("after");
            lit.close();

            assertThat(second.get()).containsExactly("before");
            assertThat(first.get()).isEqualTo("gone on");
        }
    }

    @Test
    void jobsOfOneWorkerRunInOrder() {
        var results = new ArrayList<Integer>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            pool.submit(() -> number).thenAccept(results::add);
        }
        pool.submit(() -> "last").join();

        assertThat(results).hasSize(20).isSorted();
    }

    @Test
    void jobMayPrintAndReadsNothing() throws Exception {
        int read =
                pool.submit(
                                () -> {
                                    System.out.print("[printed by a worker]");
                                    return System.in.read();
                                })
                        .get();

        assertThat(read).isEqualTo(-1);
    }

    @Test
    void interruptThatAJobLeavesBehindDoesNotReachTheNext() throws Exception {
        pool.submit(() -> Thread.currentThread().interrupt()).get();

        assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
    }

    // ---------------------------------------------------------------- errors

    @Test
    void errorComesBackWithItsClassItsCauseAndTheRemoteStackTrace() {
        Throwable error =
                failure(
                        pool.submit(
                                () -> {
                                    throw new IOException("outer", new ArithmeticException("in"));
                                }));

        assertThat(error)
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("outer")
                .cause()
                .isExactlyInstanceOf(ArithmeticException.class);
        assertThat(error.getSuppressed()).singleElement().isInstanceOf(RemoteStackTrace.class);
        assertThat(error.getSuppressed()[0])
                .hasMessageContaining("(pid " + workersPid + ")")
                .hasMessageContaining("java.io.IOException: outer")
                .hasMessageContaining("at dev.heddle.executor.ProcessPoolTest")
                .hasMessageContaining("Caused by: java.lang.ArithmeticException: in");
    }

    /** An error that cannot be sent. */
    private static final class LocalException extends Exception {

        private final Thread thread = Thread.currentThread();

        LocalException(String message) {
            super(message);
        }
    }

    @Test
    void errorThatCannotBeSentFailsItsJobAndIsThereAsText() {
        Throwable error =
                failure(
                        pool.submit(
                                () -> {
                                    throw new LocalException("it was local");
                                }));

        assertThat(error)
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("LocalException: it was local")
                .hasMessageContaining("java.lang.Thread");
        assertThat(error.getSuppressed()[0])
                .hasMessageContaining("at dev.heddle.executor.ProcessPoolTest");
    }

    @Test
    void resultThatCannotBeSentFailsItsJobAndNamesTheClass() {
        Throwable error = failure(pool.submit(() -> List.of(new Object())));

        assertThat(error)
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("The result of the job holds an object of class")
                .hasMessageContaining("java.lang.Object, which is not Serializable");
    }

    @Test
    void jobThatCannotBeSentFailsAndNamesTheClass() {
        var thread = new Thread();

        assertThat(failure(pool.submit(() -> thread.getName())))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("The job holds an object of class java.lang.Thread")
                .hasMessageContaining("A lambda holds every variable that it uses");
    }

    private String nameOfThis() {
        return toString();
    }

    @Test
    void lambdaThatHoldsThisSaysSo() {
        assertThat(failure(pool.submit(() -> nameOfThis())))
                .hasMessageContaining("class dev.heddle.executor.ProcessPoolTest")
                .hasMessageContaining("`this`");
    }

    @Test
    void lambdaThatIsNotSerializableSaysHowToMakeItSo() {
        Callable<Integer> plain = () -> 1;

        assertThat(failure(pool.submit(plain)))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("a lambda that is not serialisable")
                .hasMessageContaining("(Callable<Integer> & Serializable)");
    }

    @Test
    void castMakesALambdaSerializable() throws Exception {
        var cast = (Callable<Integer> & Serializable) () -> 1;

        assertThat(pool.submit((Callable<Integer>) cast).get()).isEqualTo(1);
    }

    @Test
    void messageThatIsTooLongFailsItsJobAndSaysWhichLimit() {
        var bytes = new byte[MOST_BYTES];

        assertThat(failure(pool.submit(() -> bytes.length)))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("The job has 1,04")
                .hasMessageContaining("maxMessageBytes, which is 1,048,576");
        assertThat(failure(pool.submit(() -> new byte[1 << 20])))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("The result has 1,04");
        assertThat(
                        failure(
                                pool.submit(
                                        () -> {
                                            throw new IOException("x".repeat(1 << 20));
                                        })))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("The job failed with java.io.IOException: xxx");
    }

    @Test
    void jobMustBeGiven() {
        assertThatThrownBy(() -> pool.submit((Callable<Integer>) null))
                .isInstanceOf(NullPointerException.class);
    }

    // ---------------------------------------------------------------- in a loop

    @Test
    void taskAwaitsAJob() {
        assertThat((String) Asyncio.run(() -> Asyncio.await(pool.submit(() -> "awaited"))))
                .isEqualTo("awaited");
    }

    @Test
    void runInExecutorSendsTheJobItself() {
        var job = (Callable<Long> & Serializable) () -> ProcessHandle.current().pid();
        var error =
                (Callable<Long> & Serializable)
                        () -> {
                            throw new IOException("from there");
                        };

        Asyncio.run(
                () -> {
                    var loop = Asyncio.getRunningLoop();

                    assertThat(loop.runInExecutor(pool, job).await()).isEqualTo(workersPid);
                    assertThatThrownBy(() -> loop.runInExecutor(pool, error).await())
                            .isInstanceOf(IOException.class)
                            .hasMessage("from there");
                });
    }

    @Test
    void cancellingRunInExecutorLetsTheJobRun() throws Exception {
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            var job = (Callable<String> & Serializable) () -> Beacon.light(port);
            Asyncio.run(
                    () -> {
                        var future = Asyncio.getRunningLoop().runInExecutor(pool, job);
                        var lit = beacon.await();

                        future.cancel();
                        Asyncio.sleep(0);
                        lit.close();
                    });
        }

        assertThat(pid()).isEqualTo(workersPid);
    }

    // ---------------------------------------------------------------- the queue

    @Test
    void jobThatIsCancelledInTheQueueDoesNotRun() throws Exception {
        try (var beacon = new Beacon();
                var never = new Beacon()) {
            int port = beacon.port();
            int neverLit = never.port();
            var first = pool.submit(() -> Beacon.light(port));
            var lit = beacon.await();
            var second = pool.submit(() -> Beacon.light(neverLit)); // would hang

            assertThat(second.cancel(true)).isTrue();
            lit.close();

            assertThat(first.get()).isEqualTo("gone on");
            assertThat(second.isCancelled()).isTrue();
            assertThat(pid()).isEqualTo(workersPid);
        }
    }

    @Test
    void tooManyJobsAreRejected() throws Exception {
        try (var small = ProcessPoolExecutor.builder().maxWorkers(1).maxQueued(1).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var first = small.submit(() -> Beacon.light(port));
            var lit = beacon.await();
            var second = small.submit(() -> 2);

            assertThatThrownBy(() -> small.submit(() -> 3))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("maxQueued");
            lit.close();

            assertThat(first.get()).isEqualTo("gone on");
            assertThat(second.get()).isEqualTo(2);
        }
    }

    @Test
    void limitsMustBePositive() {
        var builder = ProcessPoolExecutor.builder();

        assertThatThrownBy(() -> builder.maxWorkers(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxWorkers must be positive, and is 0");
        assertThatThrownBy(() -> builder.maxTasksPerWorker(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxQueued(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.maxMessageBytes(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsDerivedFromAFutureIsNotTheJob() {
        var derived = pool.submit(() -> 20).thenApply(x -> x + 1);

        assertThat(derived.join()).isEqualTo(21);
        assertThatThrownBy(() -> pool.submit(() -> 1).thenApply(x -> x / 0).join())
                .isInstanceOf(CompletionException.class);
    }
}
