package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The names of asyncio, as static methods to import: {@code import static dev.heddle.Asyncio.*;}.
 *
 * <p>Methods that wait suspend the calling task and return the result itself; there is no {@code
 * await} to forget. Where asyncio returns a future that is often kept, there is a second method
 * with the suffix {@code Async}.
 *
 * <p>Times are seconds as a double, as in asyncio, or a {@link Duration}.
 *
 * <p>Note that {@code wait} must be written {@code Asyncio.wait}, since each class inherits other
 * methods of that name.
 */
public final class Asyncio {

    private static final ThreadLocal<EventLoop> CURRENT = new ThreadLocal<>();

    private Asyncio() {}

    // ---------------------------------------------------------------- programs

    /**
     * Opens a loop, runs {@code main} in it as a task, closes the loop, and returns the result.
     *
     * <p>Closing cancels the tasks that are left and waits for them. On the main thread Ctrl-C
     * cancels {@code main}.
     *
     * @throws IllegalStateException if a loop runs on this thread
     */
    public static <T extends @Nullable Object> T run(Coroutine<T> main) {
        return run(main, null, null);
    }

    /** Same as {@link #run(Coroutine)}. */
    public static void run(VoidCoroutine main) {
        run(main.asCoroutine(), null, null);
    }

    /**
     * Same as {@link #run(Coroutine)}.
     *
     * @param debug whether the loop is in debug mode; null: as is its default
     * @param loopFactory opens the loop; null for the default
     */
    public static <T extends @Nullable Object> T run(
            Coroutine<T> main, @Nullable Boolean debug, @Nullable Supplier<EventLoop> loopFactory) {
        Runner.checkNoLoop();
        try (var runner = new Runner(debug, loopFactory)) {
            return runner.run(main);
        }
    }

    /** Same as {@link #run(Coroutine, Boolean, Supplier)}. */
    public static void run(
            VoidCoroutine main,
            @Nullable Boolean debug,
            @Nullable Supplier<EventLoop> loopFactory) {
        run(main.asCoroutine(), debug, loopFactory);
    }

    /**
     * Returns the loop in which the caller runs.
     *
     * @throws IllegalStateException if there is none
     */
    public static EventLoop getRunningLoop() {
        EventLoop loop = EventLoop.runningOrNull();
        if (loop == null) {
            throw new IllegalStateException(
                    "no running event loop on %s; call this in a task or callback, below run(...)"
                            .formatted(Thread.currentThread()));
        }
        return loop;
    }

    /**
     * Returns the loop in which the caller runs, or else the one that was set for this thread.
     *
     * @throws IllegalStateException if there is neither
     */
    public static EventLoop getEventLoop() {
        EventLoop loop = EventLoop.runningOrNull();
        if (loop == null) {
            loop = CURRENT.get();
        }
        if (loop == null) {
            throw new IllegalStateException(
                    "There is no current event loop on %s; use run(...), or setEventLoop(newEventLoop())"
                            .formatted(Thread.currentThread()));
        }
        return loop;
    }

    /** Sets what {@link #getEventLoop} returns on this thread while no loop runs; null for none. */
    public static void setEventLoop(@Nullable EventLoop loop) {
        if (loop == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(loop);
        }
    }

    /** Opens a loop. Close it in the end. */
    public static EventLoop newEventLoop() {
        return EventLoop.create();
    }

    /** Returns the time of the running loop's clock, in seconds; not that of the day. */
    public static double time() {
        return getRunningLoop().time();
    }

    // ---------------------------------------------------------------- tasks

    /** Makes a pending future of the running loop. */
    public static <T extends @Nullable Object> Future<T> createFuture() {
        return getRunningLoop().createFuture();
    }

    /** Starts {@code coroutine} as a task of the running loop, which holds it until it is done. */
    public static <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return getRunningLoop().createTask(coroutine);
    }

    /** Same as {@link #createTask(Coroutine)}. */
    public static Task<Void> createTask(VoidCoroutine coroutine) {
        return getRunningLoop().createTask(coroutine);
    }

    /** Same as {@link #createTask(Coroutine)}, with a name. */
    public static <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, String name) {
        return getRunningLoop().createTask(coroutine, TaskOptions.DEFAULT.withName(name));
    }

    /** Same as {@link #createTask(Coroutine)}, with a name. */
    public static Task<Void> createTask(VoidCoroutine coroutine, String name) {
        return createTask(coroutine.asCoroutine(), name);
    }

    /** Same as {@link #createTask(Coroutine)}, with options. */
    public static <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        return getRunningLoop().createTask(coroutine, options);
    }

    /** Same as {@link #createTask(Coroutine)}, with options. */
    public static Task<Void> createTask(VoidCoroutine coroutine, TaskOptions options) {
        return getRunningLoop().createTask(coroutine, options);
    }

    /** Returns a future as it is, and makes a task of a coroutine, in {@link #getEventLoop}. */
    public static <T extends @Nullable Object> Future<T> ensureFuture(Awaitable<T> awaitable) {
        return switch (Objects.requireNonNull(awaitable, "awaitable")) {
            case Future<T> future -> future;
            case Coroutine<T> coroutine -> getEventLoop().createTask(coroutine);
            default -> getEventLoop().createTask(awaitable::await);
        };
    }

    /** Same as {@link #ensureFuture(Awaitable)}. */
    public static Future<Void> ensureFuture(VoidCoroutine coroutine) {
        return getEventLoop().createTask(coroutine);
    }

    /** Returns the task in which the caller runs, or null in a callback. */
    public static @Nullable Task<?> currentTask() {
        return getRunningLoop().currentTask();
    }

    /** Returns the tasks of the running loop that are not done. */
    public static List<Task<?>> allTasks() {
        return getRunningLoop().allTasks();
    }

    // ---------------------------------------------------------------- waiting

    /**
     * Suspends the calling task for {@code seconds}; 0 or less lets everything run that is ready,
     * once.
     *
     * @throws CancelledError if the task is cancelled
     * @throws IllegalArgumentException if the time is NaN
     */
    public static void sleep(double seconds) {
        sleepNanos(EventLoop.nanos(seconds, "sleep"));
    }

    /** Same as {@link #sleep(double)}. */
    public static void sleep(Duration time) {
        sleepNanos(EventLoop.nanos(time));
    }

    /** Same as {@link #sleep(double)}, and returns {@code result}. */
    public static <T extends @Nullable Object> T sleep(double seconds, T result) {
        sleep(seconds);
        return result;
    }

    /** Same as {@link #sleep(Duration)}, and returns {@code result}. */
    public static <T extends @Nullable Object> T sleep(Duration time, T result) {
        sleep(time);
        return result;
    }

    private static void sleepNanos(long nanos) {
        EventLoop loop = getRunningLoop();
        Task<?> task = loop.currentTaskFor("sleep");
        if (nanos <= 0) {
            task.yieldOnce();
            return;
        }
        var timer = new SleepTimer(loop.after(nanos), task.strand);
        loop.turn.timers.add(timer);
        try {
            task.await(timer);
        } finally {
            timer.cancel();
        }
    }

    /**
     * Waits for {@code awaitable} and returns its result: runs a coroutine in the calling task, and
     * suspends it for a future.
     *
     * <p>An error is thrown as the object it is, also a checked one.
     */
    public static <T extends @Nullable Object> T await(Awaitable<T> awaitable) {
        try {
            return awaitable.await();
        } catch (Exception e) {
            throw Sneaky.sneakyThrow(e);
        }
    }

    /** Same as {@link #await(Awaitable)}, and declares an error that is to be caught. */
    public static <T extends @Nullable Object, E extends Throwable> T await(
            Awaitable<T> awaitable, Class<E> declared) throws E {
        return await(awaitable);
    }

    /** Runs {@code coroutine} in the calling task. */
    public static void await(VoidCoroutine coroutine) {
        await(coroutine.asCoroutine());
    }

    /** Suspends the calling task until {@code stage} is done; a cancel cancels the stage. */
    public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        return getRunningLoop().wrapFuture(stage).await();
    }

    /**
     * Runs awaitables at the same time and returns their results in the order of the arguments. The
     * same future given twice is one; a coroutine given twice runs twice.
     *
     * <p>The first error is thrown at once, and the others go on; what becomes of them is not
     * reported. Cancelling the calling task cancels all of them.
     */
    @SafeVarargs
    public static <T extends @Nullable Object> List<T> gather(
            Awaitable<? extends T>... awaitables) {
        return Gathering.<T>of(List.of(awaitables), false).await();
    }

    /** Same as {@link #gather(Awaitable[])}, without results. */
    public static void gather(VoidCoroutine... coroutines) {
        Gathering.of(List.of(coroutines).stream().map(VoidCoroutine::asCoroutine).toList(), false)
                .await();
    }

    /** Same as {@link #gather(Awaitable[])}. */
    public static <T extends @Nullable Object> List<T> gather(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return Gathering.<T>of(List.copyOf(awaitables), false).await();
    }

    /**
     * Calls {@code each} with all {@code items} at the same time and returns the results in their
     * order; see {@link #gather(Awaitable[])}.
     */
    public static <A extends @Nullable Object, T extends @Nullable Object> List<T> gather(
            Collection<? extends A> items, Each<? super A, ? extends T> each) {
        List<Coroutine<T>> coroutines = new ArrayList<>(items.size());
        for (A item : items) {
            coroutines.add(() -> each.apply(item));
        }
        return Gathering.<T>of(coroutines, false).await();
    }

    /** A function that may suspend and throw, for {@link #gather(Collection, Each)}. */
    @FunctionalInterface
    public interface Each<A extends @Nullable Object, T extends @Nullable Object> {

        /** Returns the result for {@code item}. */
        T apply(A item) throws Exception;
    }

    /**
     * Runs awaitables at the same time and returns the outcome of each, which is a result or a
     * {@link Throwable}. Throws only if the calling task is cancelled. Source: {@code
     * gather(return_exceptions=True)}.
     */
    public static List<@Nullable Object> gatherAll(
            Collection<? extends Awaitable<? extends @Nullable Object>> awaitables,
            boolean returnExceptions) {
        return Gathering.<@Nullable Object>of(List.copyOf(awaitables), returnExceptions).await();
    }

    /** Same as {@link #gather(Awaitable[])}, as a future. Cancelling it cancels all of them. */
    @SafeVarargs
    public static <T extends @Nullable Object> Future<List<T>> gatherAsync(
            Awaitable<? extends T>... awaitables) {
        return Gathering.of(List.of(awaitables), false);
    }

    /** Same as {@link #gatherAll}, as a future. Cancelling it cancels all of them. */
    public static Future<List<@Nullable Object>> gatherAllAsync(
            Collection<? extends Awaitable<? extends @Nullable Object>> awaitables,
            boolean returnExceptions) {
        return Gathering.of(List.copyOf(awaitables), returnExceptions);
    }

    /**
     * Waits until all {@code futures} are done; see {@link #wait(Collection, Duration,
     * ReturnWhen)}.
     */
    public static <F extends Future<?>> Waited<F> wait(Collection<? extends F> futures) {
        return Waiting.wait(futures, null, ReturnWhen.ALL_COMPLETED);
    }

    /** Waits for {@code futures}; see {@link #wait(Collection, Duration, ReturnWhen)}. */
    public static <F extends Future<?>> Waited<F> wait(
            Collection<? extends F> futures, ReturnWhen returnWhen) {
        return Waiting.wait(futures, null, returnWhen);
    }

    /**
     * Waits for {@code futures}, cancels none of them, and tells which are done and which not.
     *
     * @param timeout after which it returns in any case; null for none
     * @throws IllegalArgumentException if there are no futures, or of another loop
     */
    public static <F extends Future<?>> Waited<F> wait(
            Collection<? extends F> futures, @Nullable Duration timeout, ReturnWhen returnWhen) {
        return Waiting.wait(futures, timeout == null ? null : EventLoop.nanos(timeout), returnWhen);
    }

    /** Waits for {@code futures}; see {@link #wait(Collection, Duration, ReturnWhen)}. */
    public static <F extends Future<?>> Waited<F> wait(
            Collection<? extends F> futures, double seconds, ReturnWhen returnWhen) {
        return Waiting.wait(futures, EventLoop.nanos(seconds, "wait"), returnWhen);
    }

    /**
     * Waits for {@code awaitable} for at most {@code seconds}; then it is cancelled, and the call
     * returns when it has cleaned up. If it returns a value in spite of the cancel, that is the
     * result. With 0 or less a coroutine is not even started.
     *
     * @throws TimeoutException if the time is over
     */
    public static <T extends @Nullable Object> T waitFor(Awaitable<T> awaitable, double seconds)
            throws TimeoutException {
        return WaitFor.run(awaitable, EventLoop.nanos(seconds, "waitFor"));
    }

    /** Same as {@link #waitFor(Awaitable, double)}; null for no limit. */
    public static <T extends @Nullable Object> T waitFor(
            Awaitable<T> awaitable, @Nullable Duration timeout) throws TimeoutException {
        return timeout == null
                ? await(awaitable)
                : WaitFor.run(awaitable, EventLoop.nanos(timeout));
    }

    /** Same as {@link #waitFor(Awaitable, double)}. */
    public static void waitFor(VoidCoroutine coroutine, double seconds) throws TimeoutException {
        waitFor(coroutine.asCoroutine(), seconds);
    }

    /** Same as {@link #waitFor(Awaitable, double)}; null for no limit. */
    public static void waitFor(VoidCoroutine coroutine, @Nullable Duration timeout)
            throws TimeoutException {
        waitFor(coroutine.asCoroutine(), timeout);
    }

    /** Returns awaitables in the order in which they are done; see {@link AsCompleted}. */
    public static <T extends @Nullable Object> AsCompleted<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables) {
        return new AsCompleted<>(awaitables, null);
    }

    /** Same as {@link #asCompleted(Collection)}, for at most {@code seconds}. */
    public static <T extends @Nullable Object> AsCompleted<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables, double seconds) {
        return new AsCompleted<>(awaitables, EventLoop.nanos(seconds, "asCompleted"));
    }

    /** Same as {@link #asCompleted(Collection)}, for at most {@code timeout}; null for no limit. */
    public static <T extends @Nullable Object> AsCompleted<T> asCompleted(
            Collection<? extends Awaitable<? extends T>> awaitables, @Nullable Duration timeout) {
        return new AsCompleted<>(awaitables, timeout == null ? null : EventLoop.nanos(timeout));
    }

    /**
     * Waits for {@code awaitable}, which goes on if the calling task is cancelled. If it fails
     * then, that is reported to the exception handler. Keep a reference to what you shield.
     */
    public static <T extends @Nullable Object> T shield(Awaitable<T> awaitable) {
        return Shield.of(awaitable).await();
    }

    /** Same as {@link #shield(Awaitable)}. */
    public static void shield(VoidCoroutine coroutine) {
        shield(coroutine.asCoroutine());
    }

    /** Same as {@link #shield(Awaitable)}, as a future that can be cancelled alone. */
    public static <T extends @Nullable Object> Future<T> shieldAsync(Awaitable<T> awaitable) {
        return Shield.of(awaitable);
    }

    /** Same as {@link #shieldAsync(Awaitable)}. */
    public static Future<Void> shieldAsync(VoidCoroutine coroutine) {
        return shieldAsync(coroutine.asCoroutine());
    }

    /**
     * Starts coroutines one after the other, the next one when the one before fails or {@code
     * delay} is over, until one returns; cancels the rest and waits for them. See {@link
     * StaggeredRace#run} for results that come too late, and {@link StaggeredRace#orThrow} for the
     * winner's result.
     *
     * @param delay null: the next one starts only when the one before fails
     */
    public static <T extends @Nullable Object> StaggeredRace<T> staggeredRace(
            List<? extends Coroutine<? extends T>> coroutines, @Nullable Duration delay) {
        return StaggeredRace.run(coroutines, delay, late -> {});
    }

    // ---------------------------------------------------------------- time limits

    /**
     * Runs {@code body} in the calling task for at most {@code seconds}; then it is cancelled where
     * it waits.
     *
     * @throws TimeoutException if the time is over, caused by the {@link CancelledError}
     */
    public static <T extends @Nullable Object> T timeout(double seconds, Coroutine<T> body)
            throws TimeoutException {
        return timeout(seconds, t -> body.await());
    }

    /** Same as {@link #timeout(double, Coroutine)}. */
    public static void timeout(double seconds, VoidCoroutine body) throws TimeoutException {
        timeout(seconds, body.asCoroutine());
    }

    /** Same as {@link #timeout(double, Coroutine)}; the body can move the deadline. */
    public static <T extends @Nullable Object> T timeout(double seconds, Timeout.Body<T> body)
            throws TimeoutException {
        return Timeout.run(getRunningLoop().after(EventLoop.nanos(seconds, "timeout")), body);
    }

    /** Same as {@link #timeout(double, Coroutine)}; null for no limit. */
    public static <T extends @Nullable Object> T timeout(
            @Nullable Duration time, Timeout.Body<T> body) throws TimeoutException {
        return Timeout.run(
                time == null ? null : getRunningLoop().after(EventLoop.nanos(time)), body);
    }

    /** Same as {@link #timeout(double, Coroutine)}; null for no limit. */
    public static <T extends @Nullable Object> T timeout(@Nullable Duration time, Coroutine<T> body)
            throws TimeoutException {
        return timeout(time, t -> body.await());
    }

    /** Same as {@link #timeout(double, Coroutine)}; null for no limit. */
    public static void timeout(@Nullable Duration time, VoidCoroutine body)
            throws TimeoutException {
        timeout(time, body.asCoroutine());
    }

    /** Same as {@link #timeout}, up to a moment in seconds of {@link EventLoop#time}. */
    public static <T extends @Nullable Object> T timeoutAt(
            @Nullable Double when, Timeout.Body<T> body) throws TimeoutException {
        return Timeout.run(when == null ? null : EventLoop.nanos(when, "timeoutAt"), body);
    }

    /** Same as {@link #timeoutAt(Double, Timeout.Body)}. */
    public static <T extends @Nullable Object> T timeoutAt(@Nullable Double when, Coroutine<T> body)
            throws TimeoutException {
        return timeoutAt(when, t -> body.await());
    }

    /** Same as {@link #timeoutAt(Double, Timeout.Body)}. */
    public static void timeoutAt(@Nullable Double when, VoidCoroutine body)
            throws TimeoutException {
        timeoutAt(when, body.asCoroutine());
    }

    /**
     * Runs {@code body} in a scope that is cancelled after {@code seconds}, and goes on behind it
     * in any case. Source: {@code trio.move_on_after}.
     *
     * @return the scope, whose {@link CancelScope#cancelledCaught()} tells whether the time was
     *     over
     */
    public static CancelScope moveOnAfter(double seconds, CancelScope.VoidBody body) {
        CancelScope scope = CancelScope.after(seconds);
        scope.run(body);
        return scope;
    }

    /** Same as {@link #moveOnAfter(double, CancelScope.VoidBody)}. */
    public static CancelScope moveOnAfter(double seconds, VoidCoroutine body) {
        return moveOnAfter(seconds, scope -> body.await());
    }

    /** Same as {@link #moveOnAfter(double, CancelScope.VoidBody)}. */
    public static CancelScope moveOnAfter(Duration time, VoidCoroutine body) {
        return moveOnAfter(EventLoop.nanos(time) / EventLoop.NANOS_PER_SECOND, body);
    }

    /**
     * Runs {@code body} in a scope that is cancelled after {@code seconds}. Source: {@code
     * trio.fail_after}.
     *
     * @throws TimeoutException if the time was over
     */
    public static <T extends @Nullable Object> T failAfter(double seconds, CancelScope.Body<T> body)
            throws TimeoutException {
        CancelScope scope = CancelScope.after(seconds);
        T result = scope.call(body);
        if (scope.cancelledCaught()) {
            var timeout = new TimeoutException("The time of " + seconds + " s is over");
            timeout.initCause(scope.caught());
            throw timeout;
        }
        return result;
    }

    /** Same as {@link #failAfter(double, CancelScope.Body)}. */
    public static <T extends @Nullable Object> T failAfter(double seconds, Coroutine<T> body)
            throws TimeoutException {
        return failAfter(seconds, scope -> body.await());
    }

    /** Same as {@link #failAfter(double, CancelScope.Body)}. */
    public static void failAfter(double seconds, VoidCoroutine body) throws TimeoutException {
        failAfter(seconds, body.asCoroutine());
    }

    /** Same as {@link #failAfter(double, CancelScope.Body)}. */
    public static <T extends @Nullable Object> T failAfter(Duration time, Coroutine<T> body)
            throws TimeoutException {
        return failAfter(EventLoop.nanos(time) / EventLoop.NANOS_PER_SECOND, body);
    }

    /**
     * Returns when the caller will be cancelled by a scope, in seconds of {@link EventLoop#time};
     * null if no scope around it has a deadline. Lets a library pass on how much time is left.
     */
    public static @Nullable Double currentEffectiveDeadline() {
        CancelScope scope = getRunningLoop().currentTaskFor("currentEffectiveDeadline").scope();
        return scope == null ? null : scope.effectiveDeadline();
    }

    // ---------------------------------------------------------------- structure

    /**
     * Runs {@code body} with a group of tasks, and returns what it returns when all of them have
     * ended. If one fails, all others are cancelled. See {@link TaskGroup} for the promise in full.
     *
     * @throws ExceptionGroup of all errors, if there are any
     * @throws CancelledError if the calling task is cancelled
     */
    public static <T extends @Nullable Object> T taskGroup(TaskGroup.Body<T> body) {
        return new TaskGroup().run(body);
    }

    /** Same as {@link #taskGroup(TaskGroup.Body)}, without a result. */
    public static void taskGroup(TaskGroup.VoidBody body) {
        new TaskGroup()
                .<@Nullable Void>run(
                        group -> {
                            body.run(group);
                            return null;
                        });
    }

    // ---------------------------------------------------------------- threads

    /**
     * Runs {@code job} on a thread of the loop's default executor, in a copy of the current
     * context, and suspends the calling task until it has ended. The job may call back by {@link
     * FromThread}.
     *
     * <p>Cancelling the task interrupts the job's thread, and the task goes on when the job has
     * ended: with a {@link CancelledError} if the interrupt has ended the job. A job that has ended
     * otherwise keeps its result or error, and the next wait throws the cancel.
     */
    public static <T extends @Nullable Object> T toThread(Callable<T> job) {
        return ToThread.run(job, ToThreadOptions.DEFAULT);
    }

    /** Same as {@link #toThread(Callable)}. */
    public static void toThread(Runnable job) {
        toThread(job, ToThreadOptions.DEFAULT);
    }

    /** Same as {@link #toThread(Callable)}, for as many jobs at a time as {@code limiter} lets. */
    public static <T extends @Nullable Object> T toThread(
            Callable<T> job, ToThreadLimiter limiter) {
        return ToThread.run(job, ToThreadOptions.DEFAULT.withLimiter(limiter));
    }

    /** Same as {@link #toThread(Callable, ToThreadLimiter)}. */
    public static void toThread(Runnable job, ToThreadLimiter limiter) {
        toThread(job, ToThreadOptions.DEFAULT.withLimiter(limiter));
    }

    /** Same as {@link #toThread(Callable)}, with options. */
    public static <T extends @Nullable Object> T toThread(
            Callable<T> job, ToThreadOptions options) {
        return ToThread.run(job, options);
    }

    /** Same as {@link #toThread(Callable, ToThreadOptions)}. */
    public static void toThread(Runnable job, ToThreadOptions options) {
        Objects.requireNonNull(job, "job");
        ToThread.<@Nullable Void>run(
                () -> {
                    job.run();
                    return null;
                },
                options);
    }

    /** Starts {@code coroutine} in {@code loop} from another thread; see the loop's method. */
    public static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Coroutine<T> coroutine, EventLoop loop) {
        return loop.runCoroutineThreadsafe(coroutine);
    }

    /** Starts {@code coroutine} in {@code loop} from another thread; see the loop's method. */
    public static CompletableFuture<Void> runCoroutineThreadsafe(
            VoidCoroutine coroutine, EventLoop loop) {
        return loop.runCoroutineThreadsafe(coroutine.asCoroutine());
    }

    /** Returns a future of the running loop that follows {@code stage}, and cancels it. */
    public static <T extends @Nullable Object> Future<T> wrapFuture(CompletionStage<T> stage) {
        return getRunningLoop().wrapFuture(stage);
    }

    // ---------------------------------------------------------------- reactive streams

    /** Same as {@link #flow(Flow.Publisher, int)}, with a buffer for 64 items. */
    public static <T> FlowIterator<T> flow(Flow.Publisher<? extends T> publisher) {
        return new FlowIterator<>(publisher, FlowBridge.DEFAULT_BUFFER_SIZE);
    }

    /**
     * Returns the items of {@code publisher}, for a task to walk over. Close it, best by
     * try-with-resources, if you do not use it up.
     *
     * @param bufferSize how many items may wait here; the publisher is asked for no more
     */
    public static <T> FlowIterator<T> flow(Flow.Publisher<? extends T> publisher, int bufferSize) {
        return new FlowIterator<>(publisher, bufferSize);
    }

    /**
     * Makes a publisher whose items {@code body} emits, in a task of the running loop for each
     * subscription.
     *
     * <p>The body runs ahead of what the subscriber has requested by one item at most. A
     * subscription that is cancelled cancels the task; an error of the body is the subscriber's.
     * Subscribers may come from any thread, and are called in the task.
     */
    public static <T> Flow.Publisher<T> publisher(FlowEmitter.Body<T> body) {
        return FlowBridge.publisher(getRunningLoop(), body);
    }

    /**
     * Same as {@link #publisher(FlowEmitter.Body)}, of what {@code items} gives for a subscription:
     * any collection, or an {@link AsyncGenerator}. What is closeable of it is closed in the end.
     */
    public static <T> Flow.Publisher<T> publisher(Supplier<? extends Iterable<? extends T>> items) {
        return FlowBridge.publisher(getRunningLoop(), items);
    }

    // ---------------------------------------------------------------- coroutines

    /** Returns {@code coroutine}: gives a lambda its type where the compiler does not see it. */
    public static <T extends @Nullable Object> Coroutine<T> coroutine(Coroutine<T> coroutine) {
        return coroutine;
    }

    /**
     * Makes a coroutine of a generator's body, in the style from before {@code await}; see {@link
     * GeneratorCoroutine}.
     */
    public static <R extends @Nullable Object> GeneratorCoroutine<R> coroutine(
            GeneratorCoroutine.Body<R> body) {
        return GeneratorCoroutine.of(body);
    }
}
