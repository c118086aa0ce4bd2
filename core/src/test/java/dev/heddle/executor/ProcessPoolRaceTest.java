package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.executor.Beacon.Lit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What happens between two jobs, while a worker starts, and to interrupts. */
@Timeout(60)
class ProcessPoolRaceTest {

    private static long pid(ProcessPoolExecutor pool) {
        return pool.submit(() -> ProcessHandle.current().pid()).join();
    }

    @Test
    void jobsRunInSeveralWorkersAtTheSameTime() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(2).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var one = pool.submit(() -> Beacon.light(port));
            var two = pool.submit(() -> Beacon.light(port));

            Lit first = beacon.await();
            Lit second = beacon.await(); // hangs unless both run

            assertThat(first.pid()).isNotEqualTo(second.pid());
            first.close();
            second.close();
            assertThat(one.get()).isEqualTo(two.get());
        }
    }

    @Test
    void shutdownNowCancelsAJobWhoseWorkerIsBeingStarted() throws Exception {
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            var pool =
                    ProcessPoolExecutor.builder()
                            .maxWorkers(1)
                            .initializer(() -> Beacon.light(port))
                            .build();
            var job = pool.submit(() -> 1);
            Lit initializer = beacon.await();

            List<Runnable> queued = pool.shutdownNow();

            assertThat(queued).isEmpty();
            assertThat(job.isCancelled()).isTrue();
            initializer.close();
            assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        }
    }

    @Test
    void interruptThatADependentLeavesBehindHarmsNoWorker() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(1).maxTasksPerWorker(1).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var job = pool.submit(() -> Beacon.light(port));
            Lit lit = beacon.await();
            var interrupts = job.thenRun(() -> Thread.currentThread().interrupt());

            lit.close();
            interrupts.join();

            assertThat(pid(pool)).isNotEqualTo(lit.pid());
        }
    }

    @Test
    void initializerRunsAgainInAReplacement() {
        try (var pool =
                ProcessPoolExecutor.builder()
                        .maxWorkers(1)
                        .maxTasksPerWorker(1)
                        .initializer(() -> System.setProperty("initialized", "here"))
                        .build()) {
            var first = pool.submit(() -> System.getProperty("initialized")).join();
            var second = pool.submit(() -> System.getProperty("initialized")).join();

            assertThat(List.of(first, second)).containsExactly("here", "here");
            assertThat(System.getProperty("initialized")).isNull();
        }
    }

    @Test
    void threadThatAJobLeavesBehindDoesNotKeepItsWorker() throws Exception {
        var pool = ProcessPoolExecutor.builder().maxWorkers(1).build();
        long worker =
                pool.submit(
                                () -> {
                                    Thread.ofPlatform()
                                            .start(
                                                    () -> {
                                                        try {
                                                            new CountDownLatch(1).await();
                                                        } catch (InterruptedException e) {
                                                            throw new IllegalStateException(e);
                                                        }
                                                    });
                                    return ProcessHandle.current().pid();
                                })
                        .join();

        pool.close();

        assertThat(ProcessHandle.of(worker).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void interruptOfInvokeAllCancelsItsJobs() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(1).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            Callable<String> endless = (Callable<String> & Serializable) () -> Beacon.light(port);

            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> pool.invokeAll(List.of(endless, endless)))
                    .isInstanceOf(InterruptedException.class);

            assertThat(pid(pool)).isPositive(); // the only worker is free
        }
    }

    @Test
    void interruptOfInvokeAnyCancelsItsJobs() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(1).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            Callable<String> endless = (Callable<String> & Serializable) () -> Beacon.light(port);

            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> pool.invokeAny(List.of(endless)))
                    .isInstanceOf(InterruptedException.class);

            assertThat(pid(pool)).isPositive();
        }
    }

    @Test
    void timeThatIsOverAlreadyCancelsAllButDoesNotFail() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(1).build()) {
            Callable<Integer> job = (Callable<Integer> & Serializable) () -> 1;

            var futures = pool.invokeAll(List.of(job, job), -1, TimeUnit.DAYS);

            assertThat(futures).hasSize(2).allMatch(f -> f.isDone());
            assertThat(pool.submit(job).get()).isEqualTo(1);
        }
    }
}
