package dev.heddle.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.TaskOptions;
import dev.heddle.debug.sample.Hanging;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loops that really hang, each until the watchdog has noticed: a test that passes has waited no
 * longer than it takes to notice.
 */
class WatchdogTest extends DebugFixture {

    private static final Duration LIMIT = Duration.ofMillis(20);

    private final EventLoop real = open(EventLoop.builder().name("real"));

    /** Runs a callback that hangs until {@code release}, and returns the first report of it. */
    private StuckStep reportOf(Runnable hangs, Runnable release) {
        var reports = new LinkedBlockingQueue<StuckStep>();
        real.callSoon(hangs);
        real.callSoon(real::stop);
        try (var watched = Watchdog.watch(real, LIMIT, stuck -> take(stuck, reports, release))) {
            real.runForever();
        }
        assertThat(reports).isNotEmpty();
        return reports.element();
    }

    /** Runs a task that hangs until {@code release}, and returns the first report of it. */
    private StuckStep reportOfTask(Runnable hangs, Runnable release) {
        var reports = new LinkedBlockingQueue<StuckStep>();
        Task<Void> task = real.createTask(hangs::run, TaskOptions.DEFAULT.withName("the culprit"));
        try (var watched = Watchdog.watch(real, LIMIT, stuck -> take(stuck, reports, release))) {
            real.runUntilComplete(task);
        }
        assertThat(reports).isNotEmpty();
        return reports.element();
    }

    /** A step may be seen before it is where it hangs: then it is looked at again later. */
    private static void take(
            StuckStep stuck, LinkedBlockingQueue<StuckStep> reports, Runnable release) {
        boolean hangs =
                stuck.stack().stream()
                        .anyMatch(f -> f.getClassName().startsWith(Hanging.class.getName()));
        if (hangs) {
            reports.add(stuck);
            release.run();
        }
    }

    @Test
    void taskThatComputesForEverIsReportedWithItsStack() {
        var go = new AtomicBoolean();

        StuckStep stuck = reportOfTask(() -> Hanging.spin(go), () -> go.set(true));

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.BUSY);
        assertThat(stuck.step()).isEqualTo("task the culprit");
        assertThat(stuck.lasting()).isGreaterThanOrEqualTo(LIMIT);
        assertThat(stuck.stack()).extracting(StackTraceElement::getMethodName).contains("spin");
        assertThat(stuck.describe())
                .startsWith("The event loop real hangs: task the culprit has not returned for ")
                .contains("It computes, in Hanging.spin Hanging.java:")
                .contains("toThread")
                .contains("\n    at dev.heddle.debug.sample.Hanging.spin(Hanging.java:");
    }

    @Test
    void callbackThatWaitsForAThreadIsReported() {
        var latch = new CountDownLatch(1);

        StuckStep stuck = reportOf(() -> Hanging.await(latch), latch::countDown);

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.WAIT);
        assertThat(stuck.step()).startsWith("callback ");
    }

    @Test
    void callbackThatSleepsIsReported() {
        Thread loopThread = Thread.currentThread();

        StuckStep stuck = reportOf(Hanging::sleepUntilInterrupted, loopThread::interrupt);

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.SLEEP);
    }

    @Test
    void callbackThatWaitsForAMonitorIsReported() throws Exception {
        var monitor = new Object();
        var held = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        Thread holder =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    synchronized (monitor) {
                                        held.countDown();
                                        Hanging.await(release);
                                    }
                                });
        held.await();

        StuckStep stuck = reportOf(() -> Hanging.enter(monitor), release::countDown);

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.MONITOR);
        holder.join();
    }

    @Test
    void taskThatWaitsInAStaticInitialiserIsReported() {
        StuckStep stuck = reportOfTask(Hanging::initialise, Hanging.IN_INITIALISER::countDown);

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.CLASS_INITIALISER);
    }

    @Test
    void taskThatReadsAFileIsReported(@TempDir Path dir) throws Exception {
        Path pipe = dir.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

        StuckStep stuck = reportOfTask(() -> Hanging.read(pipe), () -> openAndClose(pipe));

        assertThat(stuck.diagnosis()).isEqualTo(Diagnosis.FILE);
    }

    private static void openAndClose(Path pipe) {
        try {
            new FileOutputStream(pipe.toFile()).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void loopThatHangsAlreadyIsReportedToo() throws Exception {
        var latch = new CountDownLatch(1);
        var hanging = new CountDownLatch(1);
        var reported = new CountDownLatch(1);

        whileRunning(
                real,
                () -> {
                    real.callSoonThreadsafe(
                            () -> {
                                hanging.countDown();
                                Hanging.await(latch);
                            });
                    hanging.await();
                    try (var watched = Watchdog.watch(real, LIMIT, stuck -> reported.countDown())) {
                        reported.await();
                    }
                    latch.countDown();
                });
    }

    @Test
    void reportThatThrowsDoesNotEndTheWatch() {
        var latch = new CountDownLatch(1);
        var reports = new AtomicInteger();
        real.callSoon(() -> Hanging.await(latch));
        real.callSoon(real::stop);

        var logged = new LinkedBlockingQueue<String>();
        try (var log = new LogTap(logged::add);
                var watched =
                        Watchdog.watch(
                                real,
                                LIMIT,
                                stuck -> {
                                    if (reports.incrementAndGet() > 1) {
                                        latch.countDown();
                                    }
                                    throw new IllegalStateException("of the report");
                                })) {
            real.runForever();
        }

        assertThat(logged).isNotEmpty().allMatch(m -> m.startsWith("Reporting a step of"));
        assertThat(reports.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void debugModeLogsAStepThatTakesTenTimesAsLongAsASlowOne() throws Exception {
        EventLoop debugged = open(EventLoop.builder().name("debugged").debug(true));
        debugged.setSlowCallbackDuration(Duration.ofMillis(2));
        var latch = new CountDownLatch(1);
        var logged = new LinkedBlockingQueue<String>();
        try (var log = new LogTap(message -> take(message, logged, latch))) {
            debugged.callSoon(() -> Hanging.await(latch));
            debugged.callSoon(debugged::stop);
            debugged.runForever();
        }

        assertThat(logged.element()).startsWith("The event loop debugged hangs: callback ");
    }

    private static void take(
            String message, LinkedBlockingQueue<String> logged, CountDownLatch latch) {
        if (message.contains("hangs: callback")) {
            logged.add(message);
            latch.countDown();
        }
    }

    @Test
    void threadEndsWithTheLastWatch() throws Exception {
        var watched = Watchdog.watch(real, LIMIT);
        Thread watchdog =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.getName().equals("heddle-watchdog"))
                        .findFirst()
                        .orElseThrow();
        assertThat(watchdog.isDaemon()).isTrue();

        watched.close();

        watchdog.join();
    }

    @Test
    void watchOfALoopThatIsClosedEndsByItself() throws Exception {
        Watchdog.watch(real, LIMIT);
        Thread watchdog =
                Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.getName().equals("heddle-watchdog"))
                        .findFirst()
                        .orElseThrow();

        real.close();

        watchdog.join();
    }
}
