package dev.heddle.benchmarks;

import static dev.heddle.Asyncio.createTask;
import static dev.heddle.Asyncio.getRunningLoop;
import static dev.heddle.Asyncio.run;
import static dev.heddle.Asyncio.sleep;

import dev.heddle.EventLoop;
import dev.heddle.Future;
import dev.heddle.Task;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What very many tasks cost. Each run wants a JVM of its own and prints one line of JSON.
 *
 * <pre>
 * MillionTasks parked [tasks] [warm]         bytes for each task that waits for a future of its own
 * MillionTasks parked-shared [tasks] [warm]  the same, with one future for all
 * MillionTasks sleeping [tasks] [warm]       time and peak memory of tasks that sleep for 1 s
 * </pre>
 *
 * <p>{@code warm} is for how many seconds a thousand tasks at a time do the same beforehand. With
 * none, a million tasks are made, and the JIT compiles what they do, before the first of them wakes
 * up. Each is then suspended in the frames of the interpreter, or of code that is compiled on the
 * assumption that its wait never returns: these frames are larger, and each must be replaced when
 * the task wakes up. A process that has run for a second or two is past this.
 */
public final class MillionTasks {

    private static final int WARM_TASKS = 1000;
    private static final int COLLECTIONS = 4;

    private int finished;

    private MillionTasks() {}

    public static void main(String[] args) {
        String mode = args.length > 0 ? args[0] : "";
        int count = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        double warm = args.length > 2 ? Double.parseDouble(args[2]) : 0;
        var probe = new MillionTasks();
        run(
                () -> {
                    switch (mode) {
                        case "parked" -> probe.parked(count, warm, false);
                        case "parked-shared" -> probe.parked(count, warm, true);
                        case "sleeping" -> probe.sleeping(count, warm);
                        default -> throw new IllegalArgumentException("No such mode: " + mode);
                    }
                });
    }

    private void parked(int count, double warm, boolean shared) throws IOException {
        EventLoop loop = getRunningLoop();
        finish(start(loop, WARM_TASKS, shared)); // loads the classes
        warmUp(warm, () -> finish(start(loop, WARM_TASKS, shared)));
        long heap = usedHeap();
        long resident = memory("VmRSS");

        finished = 0;
        List<Future<Void>> futures = start(loop, count, shared);
        long heapEach = (usedHeap() - heap) / count;
        long residentEach = (memory("VmRSS") - resident) / count;

        finish(futures);
        check(count);
        System.out.printf(
                "{\"tasks\": %d, \"bytes\": %d, \"residentBytes\": %d, \"peakMiB\": %d}%n",
                count, heapEach, residentEach, memory("VmHWM") >> 20);
    }

    private static void warmUp(double seconds, Runnable round) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < seconds * 1e9) {
            round.run();
        }
    }

    private List<Future<Void>> start(EventLoop loop, int count, boolean shared) {
        var futures = new ArrayList<Future<Void>>(shared ? 1 : count);
        for (int i = 0; i < count; i++) {
            if (i == 0 || !shared) {
                futures.add(loop.createFuture());
            }
            Future<Void> future = futures.getLast();
            createTask(
                    () -> {
                        future.await();
                        finished++;
                    });
        }
        sleep(0); // now each of them has come to its wait
        return futures;
    }

    private static void finish(List<Future<Void>> futures) {
        for (Future<Void> future : futures) {
            future.setResult(null);
        }
        sleep(0);
    }

    private void sleeping(int count, double warm) throws IOException {
        warmUp(warm, () -> sleepAll(WARM_TASKS, 0.001));

        finished = 0;
        long begin = System.nanoTime();
        sleepAll(count, 1);
        double seconds = (System.nanoTime() - begin) / 1e9;
        check(count);
        System.out.printf(
                "{\"tasks\": %d, \"seconds\": %.2f, \"peakMiB\": %d}%n",
                count, seconds, memory("VmHWM") >> 20);
    }

    private void sleepAll(int count, double seconds) {
        var tasks = new ArrayList<Task<Void>>(count);
        for (int i = 0; i < count; i++) {
            tasks.add(
                    createTask(
                            () -> {
                                sleep(seconds);
                                finished++;
                            }));
        }
        for (Task<Void> task : tasks) {
            task.await();
        }
    }

    private void check(int count) {
        if (finished != count) {
            throw new IllegalStateException(finished + " of " + count + " tasks have finished");
        }
    }

    /** Returns the bytes in use. The serial collector closes all gaps in each fourth run only. */
    private static long usedHeap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            used =
                    Math.min(
                            used,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }

    /** Returns what Linux says of this process, in bytes. */
    private static long memory(String field) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IllegalStateException("/proc/self/status has no " + field);
    }
}
