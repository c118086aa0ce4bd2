package dev.heddle.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.Asyncio;
import dev.heddle.executor.Beacon.Lit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** The end of a process pool, in good order, at once, and with the JVM that has it. */
@Timeout(60)
class ProcessPoolShutdownTest {

    private static ProcessPoolExecutor oneWorker() {
        return ProcessPoolExecutor.builder().maxWorkers(1).build();
    }

    @Test
    void shutdownRunsWhatIsQueuedAndRefusesMore() throws Exception {
        var pool = oneWorker();
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            var running = pool.submit(() -> Beacon.light(port));
            Lit lit = beacon.await();
            ProcessHandle worker = lit.process();
            var queued = pool.submit(() -> "queued");

            pool.shutdown();

            assertThat(pool.isShutdown()).isTrue();
            assertThat(pool.isTerminated()).isFalse();
            assertThat(pool.awaitTermination(0, TimeUnit.SECONDS)).isFalse();
            assertThatThrownBy(() -> pool.submit(() -> 1))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("The pool is shut down");
            lit.close();
            assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
            assertThat(running.resultNow()).isEqualTo("gone on");
            assertThat(queued.resultNow()).isEqualTo("queued");
            assertThat(worker.isAlive()).isFalse();
            assertThat(pool.isTerminated()).isTrue();
            pool.close(); // once more, without effect
        }
    }

    @Test
    void shutdownNowKillsTheWorkersAndCancelsAllJobs() throws Exception {
        var pool = oneWorker();
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            var running = pool.submit(() -> Beacon.light(port));
            ProcessHandle worker = beacon.await().process();
            var ran = new ArrayList<String>();
            Runnable runnable = (Runnable & Serializable) () -> ran.add("here");
            Callable<String> callable = (Callable<String> & Serializable) () -> "" + ran.add("too");
            var first = pool.submit(runnable);
            var second = pool.submit(callable);

            List<Runnable> queued = pool.shutdownNow();

            assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
            assertThat(worker.isAlive()).isFalse();
            assertThat(running.isCancelled()).isTrue();
            assertThat(first.isCancelled()).isTrue();
            assertThat(second.isCancelled()).isTrue();
            assertThat(queued).hasSize(2).startsWith(runnable);
            queued.forEach(Runnable::run);
            assertThat(ran).containsExactly("here", "too");
        }
    }

    @Test
    void poolThatWasNeverUsedTerminatesAtOnce() throws Exception {
        var pool = ProcessPoolExecutor.create();

        pool.shutdown();

        assertThat(pool.isTerminated()).isTrue();
        assertThat(pool.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.shutdownNow()).isEmpty();
    }

    @Test
    void closeInATaskSuspendsItAndNotTheLoop() throws Exception {
        try (var beacon = new Beacon()) {
            int port = beacon.port();
            Asyncio.run(
                    () -> {
                        var pool = oneWorker();
                        var job = pool.submit(() -> Beacon.light(port));
                        Lit lit = beacon.await();
                        Asyncio.createTask(() -> lit.close());

                        pool.close();

                        assertThat(job.resultNow()).isEqualTo("gone on");
                    });
        }
    }

    /** A program that has a pool, and dies. */
    static final class Parent {

        private Parent() {}

        /** Dies without a word to its worker, which is in the middle of a job. */
        public static void main(String[] arguments) throws IOException {
            int port = Integer.parseInt(arguments[0]);
            var unused = oneWorker().submit(() -> Beacon.light(port));
            System.in.read();
            Runtime.getRuntime().halt(1);
        }
    }

    private static ProcessBuilder java(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    @Test
    void workerEndsWhenItsParentDiesAlsoInTheMiddleOfAJob() throws Exception {
        try (var beacon = new Beacon()) {
            Process parent = java(Parent.class.getName(), "" + beacon.port()).start();
            Lit lit = beacon.await();

            parent.getOutputStream().close(); // it dies now

            // The worker prints to where its parent did: the end comes when both are gone.
            parent.getInputStream().readAllBytes();
            assertThat(parent.waitFor()).isEqualTo(1);
            assertThat(lit.socket().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void programThatIsASourceFileIsToldWhyItsJobsCannotBeSent(@TempDir Path directory)
            throws Exception {
        Path program = directory.resolve("Program.java");
        Files.writeString(
                program,
                """
                import dev.heddle.executor.*;

                void main() throws Exception {
                    try (var pool = ProcessPoolExecutor.create()) {
                        IO.println(pool.submit(() -> 1).exceptionNow().getMessage());
                    }
                }
                """);

        Process process = java(program.toString()).start();
        String printed = new String(process.getInputStream().readAllBytes());

        assertThat(printed)
                .contains("The job needs class Program, and no worker can load it")
                .contains("started as a source file")
                .contains("compiled and on the class path");
        assertThat(process.waitFor()).isZero();
    }
}
