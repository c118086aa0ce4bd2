package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One loop of a {@link LoopGroup}, and its thread.
 *
 * <pre>
 * STARTING ─► RUNNING ─► DRAINED ─► CLOSING ─► ENDED
 *                │                     ▲
 *                └─────────────────────┘   its loop has failed, or it is forced
 * </pre>
 *
 * <p>To drain is to cancel its tasks and to wait for them while the loop still runs, so that tasks
 * of other loops may call it in their finally blocks. Closing is what a {@link Runner} does.
 */
final class LoopMember implements Runnable {

    final EventLoop loop;
    final Thread thread;
    private final LoopGroup group;
    private final Runner runner;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** Whether the loop runs for its closing only; of its own thread. */
    private boolean over;

    private volatile boolean toStop;
    private volatile boolean forced;

    LoopMember(LoopGroup group, EventLoop loop, String threadName, @Nullable Boolean debug) {
        this.group = group;
        this.loop = loop;
        this.runner = new Runner(debug, () -> loop);
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .name(threadName)
                        .unstarted(this);
    }

    // ---------------------------------------------------------------- on its own thread

    @Override
    public void run() {
        try {
            Throwable failure = runLoop();
            over = true;
            try {
                if (failure != null) {
                    group.onLoopFailed(loop, failure);
                }
            } finally {
                Thread.interrupted(); // it may have stopped the loop, and must not stop its closing
                closeLoop();
            }
        } finally {
            tellEnded();
        }
    }

    private void tellEnded() {
        running.countDown();
        drained.countDown();
        ended.countDown();
    }

    /** Returns why the loop does not run any more; null if the group has stopped it. */
    private @Nullable Throwable runLoop() {
        try {
            LoopMembership.of(loop).group = group;
            runner.getLoop();
            loop.callSoon(running::countDown);
            loop.runForever();
        } catch (Throwable e) {
            return e;
        }
        return toStop
                ? null
                : new IllegalStateException(
                        "%s of %s was stopped, by stop() or by an interrupt of its thread."
                                        .formatted(loop, group)
                                + " Use shutdown() of the group.");
    }

    private void closeLoop() {
        try {
            if (forced) {
                loop.close();
            } else {
                runner.close();
            }
        } catch (Throwable e) {
            if (!forced) { // else the closing itself was stopped
                loop.callExceptionHandler(ErrorContext.of("Closing %s failed".formatted(loop), e));
            }
        }
    }

    /** Cancels the tasks and waits for them; in a task. */
    private void cancelTasks() {
        Map<Task<?>, LoopCall<?>> called = LoopMembership.of(loop).called;
        List<Task<?>> pending = new ArrayList<>();
        List<Task<?>> ours = new ArrayList<>();
        for (Task<?> task : loop.allTasks()) {
            LoopCall<?> call = called.get(task);
            // Those that another loop of the group has called are cancelled by their callers, and
            // a second cancel would end their clean-up.
            if (task != loop.currentTask() && (call == null || !call.isFrom(group))) {
                pending.add(task);
                if (call == null) {
                    ours.add(task);
                }
            }
        }
        pending.forEach(Task::cancel);
        if (!pending.isEmpty()) {
            Asyncio.gatherAll(pending, true);
        }
        for (Task<?> task : ours) {
            Throwable error = task.cancelled() ? null : task.exception();
            if (error != null) {
                loop.callExceptionHandler(
                        ErrorContext.of("unhandled exception during the closing of " + group, error)
                                .with(task));
            }
        }
    }

    // ---------------------------------------------------------------- on other threads

    /** Starts the thread. */
    void start() {
        thread.start();
    }

    /** Closes the loop if its thread could not be started. */
    void endUnlessStarted() {
        if (thread.getState() == Thread.State.NEW) {
            loop.close();
            tellEnded();
        }
    }

    /** Waits until the loop runs. An interrupt is kept for later: it takes no time. */
    void awaitRunning() {
        boolean interrupted = false;
        while (true) {
            try {
                running.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Cancels all tasks of the loop, which goes on. */
    void drain() {
        tell(
                () -> {
                    if (over) {
                        return; // the loop has failed, and its tasks are being cancelled
                    }
                    try {
                        loop.createTask(
                                        this::cancelTasks,
                                        TaskOptions.DEFAULT.withName("closing of " + group))
                                .addDoneCallback(t -> drained.countDown());
                    } catch (RuntimeException | Error e) {
                        drained.countDown(); // a task factory that fails; closing will cancel them
                        throw e;
                    }
                });
    }

    boolean awaitDrained(long nanos) throws InterruptedException {
        return drained.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Lets the loop close. */
    void stop() {
        toStop = true;
        tell(loop::stop);
    }

    boolean awaitEnded(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Lets the loop close without waiting for anything: its tasks are unwound. To be repeated until
     * it ends, as the closing consists of several runs of the loop and any may be under way.
     */
    void force() {
        forced = true;
        stop();
    }

    private void tell(Runnable callback) {
        try {
            loop.callSoonThreadsafe(callback, new Context());
        } catch (IllegalStateException closed) {
            // It has ended by itself.
        }
    }
}
