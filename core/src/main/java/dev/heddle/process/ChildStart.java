package dev.heddle.process;

import dev.heddle.Asyncio;
import dev.heddle.CancelledError;
import dev.heddle.EventLoop;
import dev.heddle.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The start of a child, as a job off the loop.
 *
 * <p>The start cannot be interrupted. If nobody waits for it any more, the child is killed as soon
 * as it runs: either by the job, or by who gives up, whoever comes second.
 */
final class ChildStart implements Callable<ChildStart.Started> {

    /** A child that runs, or has run. */
    record Started(Process process, ChildPipes pipes) {

        void discard() {
            process.destroyForcibly();
            try {
                pipes.close();
            } catch (IOException e) {
                // They are closed nevertheless.
            }
        }
    }

    private final SubprocessOptions options;
    private final List<String> command;
    private @Nullable Started started; // guarded by this
    private boolean abandoned; // guarded by this

    private ChildStart(SubprocessOptions options, List<String> command) {
        this.options = options;
        this.command = command;
    }

    /** Starts a child, and waits until it runs. A cancel kills it and waits for its end. */
    static Started start(EventLoop loop, SubprocessOptions options, List<String> command)
            throws IOException {
        var start = new ChildStart(options, command);
        Future<Started> job = loop.runInExecutor(OffLoop.EXECUTOR, start);
        try {
            Asyncio.wait(List.of(job));
        } catch (Throwable e) {
            start.abandon();
            job.addDoneCallback(ChildStart::ignoreFailure);
            awaitEnd(loop, job);
            throw e;
        }
        return job.result();
    }

    private static void ignoreFailure(Future<Started> job) {
        if (!job.cancelled()) {
            job.exception();
        }
    }

    private static void awaitEnd(EventLoop loop, Future<Started> job) {
        try {
            Asyncio.wait(List.of(job));
            if (!job.cancelled() && job.exception() == null) {
                Asyncio.wait(List.of(loop.wrapFuture(job.result().process().onExit())));
            }
        } catch (CancelledError e) {
            // Cancelled again: it ends without us looking on.
        }
    }

    @Override
    public Started call() throws IOException {
        var builder = new ProcessBuilder(command);
        if (options.cwd() != null) {
            builder.directory(options.cwd().toFile());
        }
        Map<String, String> env = options.env();
        if (env != null) {
            builder.environment().clear();
            builder.environment().putAll(env);
        }
        var pipes = new ChildPipes();
        Started child;
        try {
            pipes.open(options, builder);
            child = new Started(builder.start(), pipes);
        } catch (Throwable e) {
            pipes.close();
            throw e;
        }
        pipes.closeChildEnds();
        if (!keep(child)) {
            child.discard();
        }
        return child;
    }

    private synchronized boolean keep(Started child) {
        started = child;
        return !abandoned;
    }

    private void abandon() {
        Started child;
        synchronized (this) {
            abandoned = true;
            child = started;
        }
        if (child != null) {
            child.discard();
        }
    }
}
