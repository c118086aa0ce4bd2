package dev.heddle.process;

import dev.heddle.executor.VirtualThreads;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Where that runs which blocks for some milliseconds: the start of a process. Not in the loop's
 * default executor, which may be full of jobs that take long, or shut down already.
 */
final class OffLoop {

    private static final ThreadFactory THREADS = VirtualThreads.offLoopFactory();

    static final Executor EXECUTOR = job -> THREADS.newThread(job).start();

    private OffLoop() {}
}
