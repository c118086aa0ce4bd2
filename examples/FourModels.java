// The talk's four ways to do many things at once: processes, threads, green threads, asynchronous.
// First for work that keeps processors busy, then for work that only waits. Takes some 10 seconds.
// Run it: ./heddle run examples/FourModels.java

import static dev.heddle.Asyncio.*;

import static java.util.concurrent.Executors.*;

import dev.heddle.Task;

import java.lang.management.ManagementFactory;

final int processors = Runtime.getRuntime().availableProcessors();
final int few = Math.min(processors, 8);
final int interval = 125_000;

// ---------------------------------------------------------------- the work

/** Does a job, which is a line of text so that it can be sent to another process. */
int work(String job) throws InterruptedException {
    if (job.equals("wait")) {
        Thread.sleep(200);
        return 1;
    }
    return countPrimes(Integer.parseInt(job));
}

int countPrimes(int from) {
    return (int) IntStream.range(from, from + interval).filter(this::isPrime).count();
}

boolean isPrime(int n) {
    for (int d = 2; d * d <= n; d++) {
        if (n % d == 0) {
            return false;
        }
    }
    return n > 1;
}

// ---------------------------------------------------------------- the models

int oneAfterTheOther(List<String> jobs) throws InterruptedException {
    int sum = 0;
    for (String job : jobs) {
        sum += work(job);
    }
    return sum;
}

/** Multiple processes share nothing: jobs and results travel through pipes. */
int processes(List<Process> workers, List<String> jobs) throws IOException {
    for (int i = 0; i < jobs.size(); i++) {
        var pipe = workers.get(i % workers.size()).outputWriter();
        pipe.write(jobs.get(i) + "\n");
        pipe.flush();
    }
    int sum = 0;
    for (int i = 0; i < jobs.size(); i++) {
        sum += Integer.parseInt(workers.get(i % workers.size()).inputReader().readLine());
    }
    return sum;
}

/** Threads of the system, or green ones (Java's virtual threads): as the executor makes them. */
int threads(ExecutorService executor, List<String> jobs) throws Exception {
    try (executor) {
        var results = new ArrayList<Future<Integer>>();
        for (String job : jobs) {
            results.add(executor.submit(() -> work(job)));
        }
        int sum = 0;
        for (var result : results) {
            sum += result.get();
        }
        return sum;
    }
}

/** Tasks of one loop, which runs on one thread: a task goes on while the others wait. */
int tasks(List<String> jobs) {
    return sum(gather(jobs.stream().map(job -> createTask(() -> work(job))).toList()));
}

/** The same, but each task leaves its work to a thread, and waits. */
int tasksWithThreads(List<String> jobs) {
    return sum(
            gather(jobs.stream().map(job -> createTask(() -> toThread(() -> work(job)))).toList()));
}

int sum(List<Integer> results) {
    return results.stream().mapToInt(Integer::intValue).sum();
}

// ---------------------------------------------------------------- the worker processes

/** Starts this program once more, as a worker. */
Process startWorker() throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(System.getProperty("jdk.launcher.sourcefile"), "worker"));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
}

/** Does jobs until there are no more. */
void beWorker() throws InterruptedException {
    for (String job = IO.readln(); job != null; job = IO.readln()) {
        IO.println(work(job));
    }
}

// ---------------------------------------------------------------- the measurements

/** Prints a line for each model. The speed-up is in results a second. */
class Table {

    private final int rounds;
    private double firstRate;

    Table(String title, String result, int rounds) {
        this.rounds = rounds;
        IO.println("\n" + title);
        IO.println("  %-26s %8s %8s %9s".formatted("", result, "seconds", "speed-up"));
    }

    void measure(String model, Callable<Integer> run) throws Exception {
        int result = 0;
        double best = Double.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            result = run.call();
            best = Math.min(best, (System.nanoTime() - begin) / 1e9);
        }
        double rate = result / best;
        if (firstRate == 0) {
            firstRate = rate;
        }
        IO.println("  %-26s %8d %8.2f %9.1f".formatted(model, result, best, rate / firstRate));
    }
}

double lateness; // of a loop, in seconds, in its best run

/** Runs a model in a loop that ticks every 10 ms, and notes by how much its worst tick is late. */
int inLoop(Callable<Integer> model) {
    return run(
            () -> {
                Task<Integer> all = createTask(model::call);
                double worst = 0;
                while (!all.done()) {
                    double due = getRunningLoop().time() + 0.01;
                    sleep(0.01);
                    worst = Math.max(worst, getRunningLoop().time() - due);
                }
                lateness = Math.min(lateness, worst);
                return await(all);
            });
}

void keepBusy(List<Process> workers) throws Exception {
    var jobs = IntStream.range(0, 20).mapToObj(i -> "" + i * interval).toList();
    var table =
            new Table(
                    "Counting primes in 20 jobs (processors: %d, best of 3 runs)"
                            .formatted(processors),
                    "primes",
                    3);
    table.measure("one after the other", () -> oneAfterTheOther(jobs));
    table.measure("processes (%d)".formatted(few), () -> processes(workers, jobs));
    table.measure("threads (%d)".formatted(few), () -> threads(newFixedThreadPool(few), jobs));
    table.measure("green threads (20)", () -> threads(newVirtualThreadPerTaskExecutor(), jobs));
    lateness = Double.MAX_VALUE;
    table.measure("tasks of a loop (20)", () -> inLoop(() -> tasks(jobs)));
    double byTasks = lateness;
    lateness = Double.MAX_VALUE;
    table.measure("tasks with toThread (20)", () -> inLoop(() -> tasksWithThreads(jobs)));
    double byThreads = lateness;
    IO.println(
            """
            Processes, threads and Java's green threads can use all processors at once. Tasks share one
            thread: while they worked, their loop was late by %.0f ms; while they left the work to
            other threads, by %.0f ms, which is %.0f times less.\
            """
                    .formatted(byTasks * 1000, byThreads * 1000, byTasks / byThreads));
}

void justWait(List<Process> workers) throws Exception {
    var table = new Table("Waiting for 0.2 seconds in each job", "waits", 1);
    table.measure("one after the other", () -> oneAfterTheOther(waits(3)));
    table.measure("processes (%d)".formatted(few), () -> processes(workers, waits(3 * few)));
    table.measure("threads (100)", () -> threads(newFixedThreadPool(100), waits(300)));
    table.measure(
            "green threads (1000)", () -> threads(newVirtualThreadPerTaskExecutor(), waits(1000)));
    table.measure("tasks of a loop (1000)", () -> inLoop(() -> tasks(waits(1000))));
    IO.println(
            """
            A process or thread serves one wait at a time, and nobody has thousands of them: here are
            few, which got fewer waits. Green threads and tasks are cheap: there is one for each wait.\
            """);
}

List<String> waits(int count) {
    return Collections.nCopies(count, "wait");
}

void main(String... args) throws Exception {
    if (args.length > 0) {
        beWorker();
        return;
    }

    long begin = System.nanoTime();
    var workers = new ArrayList<Process>();
    for (int i = 0; i < few; i++) {
        workers.add(startWorker());
    }
    processes(workers, waits(few)); // the first answer of each tells that it runs
    IO.println(
            "Starting the worker processes (%d) took %.1f s, which is not counted below."
                    .formatted(few, (System.nanoTime() - begin) / 1e9));

    keepBusy(workers);
    justWait(workers);
    for (Process worker : workers) {
        worker.outputWriter().close(); // no more jobs: it ends
    }
}
