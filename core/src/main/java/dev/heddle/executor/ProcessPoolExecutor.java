package dev.heddle.executor;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An executor that runs its jobs in other JVMs, its workers: for code that may crash, leaks, must
 * be killed, or wants a heap of its own.
 *
 * {@snippet :
 * try (var pool = ProcessPoolExecutor.create()) {
 *     int sum = await(pool.submit(() -> expensive(1, 2)));
 * }
 * }
 *
 * <p><b>Jobs</b> are serialised when they are submitted, and results and errors when they come
 * back; so all of them must be {@link java.io.Serializable}. A lambda given to {@link
 * #submit(SerializableCallable)} is by itself; what it uses must be too. Workers have the class
 * path of this JVM: a program that was started as a source file has classes that are on none, and
 * cannot send them.
 *
 * <p><b>Workers</b> are started when they are needed, up to a limit, and then kept. They print to
 * this JVM's standard output and error, read nothing, and end when this JVM ends, however it does.
 *
 * <p><b>Errors.</b> What a job throws comes back as an object of the same class, with a {@link
 * RemoteStackTrace}. A worker that ends while it runs a job fails that job with a {@link
 * BrokenProcessException} and is replaced; what cannot be sent fails its job with a {@link
 * JobTransferException}.
 *
 * <p><b>Cancelling.</b> {@code cancel(true)} of the future of a running job kills its worker, since
 * a job cannot be stopped otherwise, and so does cancelling a task in {@code
 * await(pool.submit(...))}; {@code cancel(false)} and cancelling {@code runInExecutor} let it run
 * and drop its result.
 *
 * <p>Source: {@code concurrent.futures.ProcessPoolExecutor}.
 */
public final class ProcessPoolExecutor implements ExecutorService {

    private enum State {
        OPEN,
        SHUT_DOWN,
        TERMINATED
    }

    private final ProcessPoolBuilder options;

    final ReentrantLock lock = new ReentrantLock();
    private final Condition jobOrShutdown = lock.newCondition();
    private final Condition terminated = lock.newCondition();

    // Guarded by the lock.
    private State state = State.OPEN;
    private final Set<PoolJob<?>> queue = new LinkedHashSet<>(); // first in, first out
    private final Set<WorkerThread> threads = new LinkedHashSet<>();
    private int idle;
    private int workersMade;

    ProcessPoolExecutor(ProcessPoolBuilder options) {
        this.options = options;
    }

    /** Makes a pool with as many workers as there are processors. Close it in the end. */
    public static ProcessPoolExecutor create() {
        return builder().build();
    }

    /** Returns a builder for a pool with other options. */
    public static ProcessPoolBuilder builder() {
        return new ProcessPoolBuilder();
    }

    // ---------------------------------------------------------------- jobs

    /**
     * Runs a lambda in a worker.
     *
     * @return a future, of whose dependents those that are not asynchronous run on a thread of the
     *     pool and must not block it
     * @throws RejectedExecutionException if the pool is shut down, or too many jobs wait
     */
    public <T extends @Nullable Object> CompletableFuture<T> submit(SerializableCallable<T> job) {
        return add(new PoolJob<>(this, job, Wire.Kind.CALL, null));
    }

    /** Same as {@link #submit(SerializableCallable)}. */
    public CompletableFuture<@Nullable Void> submit(SerializableRunnable job) {
        return add(new PoolJob<>(this, job, Wire.Kind.RUN, null));
    }

    /** Same as {@link #submit(SerializableCallable)}; the job must be serialisable nevertheless. */
    @Override
    public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> job) {
        return add(new PoolJob<>(this, job, Wire.Kind.CALL, null));
    }

    /** Same as {@link #submit(Callable)}. */
    @Override
    public CompletableFuture<?> submit(Runnable job) {
        return add(new PoolJob<Object>(this, job, Wire.Kind.RUN, null));
    }

    /** Same as {@link #submit(Callable)}; {@code result} stays in this JVM. */
    @Override
    public <T extends @Nullable Object> CompletableFuture<T> submit(Runnable job, T result) {
        return add(new PoolJob<>(this, job, Wire.Kind.RUN, result));
    }

    /** Same as {@link #submit(Runnable)}; if the job fails, that is logged. */
    @Override
    public void execute(Runnable job) {
        var _ = submit(job).whenComplete((nothing, error) -> log(job, error));
    }

    private void log(Runnable job, @Nullable Throwable error) {
        if (error != null && !(error instanceof CancellationException)) {
            System.getLogger("dev.heddle")
                    .log(Level.ERROR, "A job of " + this + " failed: " + job, error);
        }
    }

    private <T extends @Nullable Object> PoolJob<T> add(PoolJob<T> job) {
        checkOpen(); // before the work of serialising
        job.serialize(options.maxMessageBytes());
        lock.lock();
        try {
            checkOpen();
            if (job.isDone()) {
                return job; // it cannot be serialised
            }
            if (queue.size() >= options.maxQueued()) {
                throw new RejectedExecutionException(
                        "maxQueued jobs, %,d, wait for a worker of %s"
                                .formatted(options.maxQueued(), this));
            }
            if (idle <= queue.size() && threads.size() < options.maxWorkers()) {
                startThread();
            }
            queue.add(job);
            jobOrShutdown.signal();
            return job;
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (isShutdown()) {
            throw new RejectedExecutionException("The pool is shut down: " + this);
        }
    }

    private void startThread() {
        var thread = new WorkerThread(this, options);
        Thread.ofPlatform()
                .daemon()
                .name("heddle-process-pool-" + (threads.size() + 1))
                .inheritInheritableThreadLocals(false)
                .start(thread); // throws if the system gives no more threads
        threads.add(thread);
    }

    // ---------------------------------------------------------------- for the threads and jobs

    /** Waits for a job for {@code thread}; null when there will be none any more. */
    @Nullable PoolJob<?> nextJob(WorkerThread thread) {
        lock.lock();
        try {
            thread.taken = null;
            while (queue.isEmpty()) {
                if (state != State.OPEN) {
                    return null;
                }
                idle++;
                jobOrShutdown.awaitUninterruptibly();
                idle--;
            }
            var first = queue.iterator();
            PoolJob<?> job = first.next();
            first.remove();
            thread.taken = job; // from here on a shutdownNow finds it there
            return job;
        } finally {
            lock.unlock();
        }
    }

    String nextWorkerName() {
        lock.lock();
        try {
            return "worker " + ++workersMade;
        } finally {
            lock.unlock();
        }
    }

    void onThreadEnded(WorkerThread thread) {
        lock.lock();
        try {
            threads.remove(thread);
            terminateIfOver();
        } finally {
            lock.unlock();
        }
    }

    void onCancelled(PoolJob<?> job, boolean kill) {
        lock.lock();
        try {
            if (!queue.remove(job) && kill) {
                threads.forEach(t -> t.killIfRuns(job));
            }
        } finally {
            lock.unlock();
        }
    }

    // ---------------------------------------------------------------- several jobs at once

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> jobs) throws InterruptedException {
        return Bulk.all(this, jobs, -1);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> jobs, long timeout, TimeUnit unit)
            throws InterruptedException {
        return Bulk.all(this, jobs, Math.max(0, unit.toNanos(timeout)));
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> jobs)
            throws InterruptedException, ExecutionException {
        try {
            return Bulk.any(this, jobs, -1);
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(
            Collection<? extends Callable<T>> jobs, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return Bulk.any(this, jobs, Math.max(0, unit.toNanos(timeout)));
    }

    // ---------------------------------------------------------------- the end

    /** Takes no more jobs, and ends the workers when those that are queued have run. */
    @Override
    public void shutdown() {
        lock.lock();
        try {
            if (state == State.OPEN) {
                state = State.SHUT_DOWN;
                jobOrShutdown.signalAll();
                terminateIfOver();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no more jobs, kills the workers, and cancels all jobs.
     *
     * @return the tasks that had not begun; to run them would be to run them in this JVM
     */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        var queued = new ArrayList<Runnable>();
        var jobs = new ArrayList<PoolJob<?>>();
        lock.lock();
        try {
            for (PoolJob<?> job : queue) {
                queued.add(job.asRunnable());
                jobs.add(job);
            }
            for (WorkerThread thread : threads) {
                if (thread.taken != null) {
                    jobs.add(thread.taken);
                }
            }
        } finally {
            lock.unlock();
        }
        jobs.forEach(job -> job.cancel(true));
        return queued;
    }

    private void terminateIfOver() {
        if (state == State.SHUT_DOWN && threads.isEmpty()) {
            state = State.TERMINATED;
            terminated.signalAll();
        }
    }

    @Override
    public boolean isShutdown() {
        return state() != State.OPEN;
    }

    /** Tells whether the pool is shut down and all of its workers have ended. */
    @Override
    public boolean isTerminated() {
        return state() == State.TERMINATED;
    }

    private State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the pool is terminated; in a task, that suspends it. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(timeout);
        lock.lock();
        try {
            while (state != State.TERMINATED) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = terminated.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        lock.lock();
        try {
            return "ProcessPoolExecutor(%s, %d of %d workers, %d idle, %d queued)"
                    .formatted(state, threads.size(), options.maxWorkers(), idle, queue.size());
        } finally {
            lock.unlock();
        }
    }
}
