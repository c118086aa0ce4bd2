package dev.heddle.executor;

import dev.heddle.executor.Wire.Kind;
import dev.heddle.executor.Wire.Message;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.OptionalInt;

/**
 * The thread of a pool that has one worker at a time: takes jobs from the queue, sends them, and
 * waits for the answers.
 *
 * <p>A worker that died between two jobs is replaced in silence. One that says STARTED and then
 * nothing more has taken its job with it.
 */
final class WorkerThread implements Runnable {

    private final ProcessPoolExecutor pool;
    private final ProcessPoolBuilder options;
    private @Nullable WorkerProcess worker;
    private boolean started; // whether the worker has confirmed the job

    // Guarded by the pool's lock, as whoever cancels a job uses them.

    /** The job that was taken from the queue, also while a worker is being started for it. */
    @Nullable PoolJob<?> taken;

    /** The job that a worker runs, and that worker. */
    private @Nullable PoolJob<?> current;

    private @Nullable WorkerProcess currentWorker;

    WorkerThread(ProcessPoolExecutor pool, ProcessPoolBuilder options) {
        this.pool = pool;
        this.options = options;
    }

    @Override
    public void run() {
        try {
            for (PoolJob<?> job; (job = pool.nextJob(this)) != null; ) {
                run(job);
                job.ended();
            }
        } finally {
            endWorker();
            pool.onThreadEnded(this);
        }
    }

    private void run(PoolJob<?> job) {
        Thread.interrupted(); // what a dependent of the job before has left behind
        try {
            boolean fresh = worker == null;
            BrokenProcessException broken = sendTo(worker(), job);
            if (broken != null && !started && !fresh) {
                broken = sendTo(worker(), job); // that one had died since its last job
            }
            if (broken != null) {
                job.completeExceptionally(broken); // in vain if it was killed to cancel the job
            }
        } catch (BrokenProcessException e) {
            job.completeExceptionally(e);
        } catch (Throwable e) { // no more processes, or no more memory, for example
            endWorker();
            job.completeExceptionally(
                    new BrokenProcessException(
                            "No worker could be started: " + e, OptionalInt.empty(), e));
        }
    }

    private WorkerProcess worker() throws IOException {
        WorkerProcess w = worker;
        if (w == null) {
            w = WorkerProcess.start(pool.nextWorkerName(), options);
            worker = w;
            initialize(w);
        }
        return w;
    }

    private void initialize(WorkerProcess w) throws IOException {
        byte[] initializer = options.initializerBytes();
        if (initializer == null) {
            return;
        }
        Message answer;
        try {
            w.wire().send(Kind.INITIALIZE, initializer);
            answer = w.wire().receive();
        } catch (IOException e) {
            answer = null;
        }
        if (answer == null) {
            worker = null;
            throw w.broken("ended in its initializer", null);
        }
        if (answer.kind() == Kind.FAILED) {
            endWorker();
            throw new BrokenProcessException(
                    w + ": its initializer failed",
                    OptionalInt.empty(),
                    Failure.read(answer.body(), getClass().getClassLoader(), w.toString()));
        }
    }

    /** Sends a job and waits until it has ended; returns the error if the worker has, before it. */
    private @Nullable BrokenProcessException sendTo(WorkerProcess w, PoolJob<?> job) {
        started = false;
        if (!begin(w, job)) {
            return null; // cancelled meanwhile
        }
        Throwable trouble = null;
        Message answer = null;
        try {
            w.wire().send(job.kind(), job.bytes());
            answer = w.wire().receive();
            if (answer != null) {
                started = true;
                answer = w.wire().receive();
            }
        } catch (IOException e) {
            trouble = e;
        } finally {
            finish(); // before anybody hears of the result: a cancel must no longer kill
        }
        if (answer == null) {
            worker = null;
            return w.broken("ended while it ran " + job.name(), trouble);
        }
        if (answer.kind() == Kind.RESULT) {
            job.succeed(answer.body());
        } else {
            job.fail(answer.body(), w.toString());
        }
        if (w.countJob() == options.maxTasksPerWorker() || answer.kind() == Kind.FAILED_BADLY) {
            endWorker();
        }
        return null;
    }

    private boolean begin(WorkerProcess w, PoolJob<?> job) {
        pool.lock.lock();
        try {
            if (job.isDone()) {
                return false;
            }
            current = job;
            currentWorker = w;
            job.begun();
            return true;
        } finally {
            pool.lock.unlock();
        }
    }

    private void finish() {
        pool.lock.lock();
        try {
            current = null;
            currentWorker = null;
        } finally {
            pool.lock.unlock();
        }
    }

    /** Kills the worker if it runs {@code job}; under the pool's lock. */
    void killIfRuns(PoolJob<?> job) {
        if (current == job && currentWorker != null) {
            currentWorker.kill();
        }
    }

    private void endWorker() {
        WorkerProcess w = worker;
        worker = null;
        if (w != null) {
            w.end();
        }
    }
}
