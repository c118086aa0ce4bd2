package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.executor.Beacon.Lit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/** Workers that end when they should not, are killed, or are replaced. */
@Timeout(60)
class ProcessPoolCrashTest {

    private static final int KILLED = 128 + 9;

    private static ProcessPoolExecutor oneWorker() {
        return ProcessPoolExecutor.builder().maxWorkers(1).build();
    }

    private static long pid(ProcessPoolExecutor pool) {
        return pool.submit(() -> ProcessHandle.current().pid()).join();
    }

    private static Throwable failure(Future<?> job) {
        return catchThrowable(job::get).getCause();
    }

    @Test
    void workerThatExitsFailsItsJobOnlyAndIsReplaced() throws Exception {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(2).build();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var bystander = pool.submit(() -> Beacon.light(port));
            Lit lit = beacon.await();

            var exiting = pool.submit(() -> System.exit(3));
            var queued = pool.submit(() -> ProcessHandle.current().pid());

            assertThat(failure(exiting))
                    .isInstanceOf(BrokenProcessException.class)
                    .hasMessageContaining("ended while it ran")
                    .hasMessageContaining("exit status 3")
                    .extracting(e -> ((BrokenProcessException) e).exitStatus())
                    .isEqualTo(OptionalInt.of(3));
            assertThat(queued.get()).isNotEqualTo(lit.pid());
            lit.close();
            assertThat(bystander.get()).isEqualTo("gone on");
        }
    }

    @Test
    void workerThatIsKilledFailsItsJobAndIsReplacedAlsoWhenItIsIdle() throws Exception {
        try (var pool = oneWorker();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var victim = pool.submit(() -> Beacon.light(port));
            beacon.await().process().destroyForcibly();

            assertThat(failure(victim))
                    .isInstanceOf(BrokenProcessException.class)
                    .hasMessageContaining("exit status 137 (as after signal 9)");

            ProcessHandle idle = ProcessHandle.of(pid(pool)).orElseThrow();
            idle.destroyForcibly();
            idle.onExit().join();

            assertThat(pid(pool)).isNotEqualTo(idle.pid()); // and no job has failed
        }
    }

    @Test
    void cancelOfARunningJobKillsItsWorker() throws Exception {
        try (var pool = oneWorker();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var job = pool.submit(() -> Beacon.light(port));
            ProcessHandle worker = beacon.await().process();

            assertThat(job.cancel(true)).isTrue();

            worker.onExit().join();
            assertThat(job.isCancelled()).isTrue();

            var awaited =
                    (Callable<String>) () -> Asyncio.await(pool.submit(() -> Beacon.light(port)));
            Asyncio.run(
                    () -> {
                        var task = Asyncio.createTask(awaited::call);
                        ProcessHandle second = beacon.await().process();

                        task.cancel();

                        assertThatThrownBy(task::await).isInstanceOf(CancelledError.class);
                        second.onExit().join();
                    });
        }
    }

    @Test
    void cancelWithoutInterruptLetsARunningJobRun() throws Exception {
        try (var pool = oneWorker();
                var beacon = new Beacon()) {
            int port = beacon.port();
            var job = pool.submit(() -> Beacon.light(port));
            Lit lit = beacon.await();

            assertThat(job.cancel(false)).isTrue();
            lit.close();

            assertThat(pid(pool)).isEqualTo(lit.pid());
        }
    }

    @Test
    void workerWithoutMemoryFailsItsJobAndIsReplaced() {
        try (var pool =
                ProcessPoolExecutor.builder()
                        .maxWorkers(1)
                        .jvmArguments("-Xmx32m", "-XX:+UseSerialGC")
                        .build()) {
            long before = pid(pool);

            assertThat(failure(pool.submit(() -> new long[100 << 20].length)))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(pid(pool)).isNotEqualTo(before);
        }
    }

    @Test
    void workerIsReplacedAfterItsNumberOfJobs() {
        try (var pool = ProcessPoolExecutor.builder().maxWorkers(1).maxTasksPerWorker(2).build()) {
            long first = pid(pool);
            long second = pid(pool);
            long third = pid(pool);

            assertThat(second).isEqualTo(first);
            assertThat(third).isNotEqualTo(first);
        }
    }

    @Test
    void jvmThatDoesNotStartFailsTheJobWithItsExitStatus() {
        try (var pool =
                ProcessPoolExecutor.builder().maxWorkers(1).jvmArguments("-XX:NoSuch=1").build()) {
            assertThat(failure(pool.submit(() -> 1)))
                    .isInstanceOf(BrokenProcessException.class)
                    .hasMessageContaining("did not start: exit status 1");
        }
    }

    // ---------------------------------------------------------------- the initializer

    private static int initialized;

    @Test
    void initializerRunsOnceInEachWorkerBeforeItsFirstJob() {
        try (var pool =
                ProcessPoolExecutor.builder()
                        .maxWorkers(1)
                        .initializer(() -> initialized++)
                        .build()) {
            assertThat(pool.submit(() -> initialized).join()).isEqualTo(1);
            assertThat(pool.submit(() -> initialized).join()).isEqualTo(1);
        }
        assertThat(initialized).isZero(); // here
    }

    @Test
    void initializerThatFailsFailsTheJob() {
        try (var pool =
                ProcessPoolExecutor.builder()
                        .maxWorkers(1)
                        .initializer(
                                () -> {
                                    throw new IllegalStateException("no licence");
                                })
                        .build()) {
            assertThat(failure(pool.submit(() -> 1)))
                    .isInstanceOf(BrokenProcessException.class)
                    .hasMessageContaining("its initializer failed")
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no licence");
        }
    }

    @Test
    void initializerThatCannotBeSentIsRefusedAtOnce() {
        var thread = new Thread();

        assertThatThrownBy(() -> ProcessPoolExecutor.builder().initializer(() -> thread.start()))
                .isInstanceOf(JobTransferException.class)
                .hasMessageContaining("java.lang.Thread");
    }
}
