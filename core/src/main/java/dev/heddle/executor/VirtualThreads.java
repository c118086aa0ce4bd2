package dev.heddle.executor;

import dev.heddle.internal.Jdk;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Virtual threads that run on the JDK's own scheduler, wherever they are made.
 *
 * <p>A virtual thread inherits the scheduler of the virtual thread that makes it. So one that a
 * task makes by {@code Thread.ofVirtual()} or {@code Executors.newVirtualThreadPerTaskExecutor()}
 * runs on the task's loop, shares its one thread, and blocks it if it computes. Those made here do
 * not.
 */
public final class VirtualThreads {

    private VirtualThreads() {}

    /**
     * Opens an executor that starts a virtual thread off the loop for each job. Close it in the
     * end; in a task that suspends until the jobs have ended.
     */
    public static ExecutorService offLoop() {
        return Executors.newThreadPerTaskExecutor(offLoopFactory());
    }

    /** Returns a factory of virtual threads off the loop, which have no names. */
    public static ThreadFactory offLoopFactory() {
        Jdk jdk = Jdk.get();
        return job -> jdk.newVirtualThread(jdk.defaultScheduler(), null, job);
    }
}
