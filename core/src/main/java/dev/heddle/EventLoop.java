package dev.heddle;

import dev.heddle.internal.Jdk;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.Network;
import dev.heddle.reactor.Resolver;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/**
 * Runs callbacks and tasks, one at a time, on one thread: the thread that calls {@link #runForever}
 * or {@link #runUntilComplete}.
 *
 * <p>States: stopped ⇄ running, stopped → closed. One turn of it is in {@link Turn}.
 *
 * <p>Callbacks run in the order in which they were scheduled, each once, and never inside the call
 * that scheduled them. While the loop runs, only its own thread may use it, and other threads get
 * an {@link IllegalStateException}, except for {@link #callSoonThreadsafe}, {@link
 * #runCoroutineThreadsafe} and the methods that say so.
 *
 * <p>Most programs use {@link Asyncio} and never see a loop.
 *
 * <p>Source: {@code asyncio.AbstractEventLoop}, PEP 3156.
 */
public final class EventLoop implements AutoCloseable {

    static final double NANOS_PER_SECOND = 1e9;

    private static final int MOST_REFUSALS = 100;

    private static final Jdk JDK = Jdk.get();
    private static final ThreadLocal<EventLoop> RUNNING = new ThreadLocal<>();

    /** The loops that run, for tools. */
    static final Set<EventLoop> RUNNING_LOOPS = ConcurrentHashMap.newKeySet();

    static {
        // Before any task can be the first to block on a socket of the JDK.
        JDK.startSocketPollers();
        // Before any virtual thread has ended, HotSpot compiles the end of a thread as a place
        // where
        // nobody comes; each thread that is parked meanwhile then costs 5 us more when it ends.
        if (!Thread.currentThread().isVirtual()) {
            JDK.newVirtualThread(Runnable::run, null, () -> {}).start();
        }
    }

    final Turn turn;
    final TaskList tasks = new TaskList();
    final Set<FailureReport> unretrieved = ConcurrentHashMap.newKeySet();
    private final Set<Runnable> closeActions = ConcurrentHashMap.newKeySet();
    private final String name;
    private final Resolver resolver;
    private final ErrorReporter errors;
    private final DefaultExecutor defaultExecutor = new DefaultExecutor(this);
    final AsyncGenerators asyncGenerators = new AsyncGenerators(this);
    private final Channels channels = new Channels(this);
    final Map<LoopLocal<?>, Object> locals = new IdentityHashMap<>();
    final Debugging debugging = new Debugging();

    private volatile @Nullable Thread thread; // whose loop this is, while it runs
    private volatile boolean closed;
    private @Nullable Task<?> currentTask;
    private Context context = new Context();
    private TaskFactory taskFactory;
    private @Nullable KeyboardInterrupt escaping;
    private boolean unwinding; // since closing began
    private int refusals;

    EventLoop(EventLoopBuilder options) {
        this.name = options.name();
        this.turn = new Turn(options.clock(), options.openReactor(), options.shuffle());
        this.resolver = options.resolver(network());
        this.errors = new ErrorReporter(this, options.exceptionHandler());
        this.taskFactory = options.taskFactory();
        setDebug(options.debug());
    }

    /** Opens a loop on the machine's clock and network. */
    public static EventLoop create() {
        return builder().build();
    }

    /** Returns a builder for a loop with other options. */
    public static EventLoopBuilder builder() {
        return new EventLoopBuilder();
    }

    /** Returns the loop that runs on the caller's thread, or in whose task the caller runs. */
    public static @Nullable EventLoop runningOrNull() {
        return JDK.onCarrier(RUNNING);
    }

    // ---------------------------------------------------------------- running

    /**
     * Runs until {@link #stop}.
     *
     * <p>On a virtual thread, which cannot carry others, the loop gets a platform thread of its own
     * meanwhile. An interrupt of the loop's thread while it waits acts like {@code stop}.
     *
     * @throws IllegalStateException if it is closed, or running, or another loop runs here
     */
    public void runForever() {
        OwnThread.ifVirtual("heddle-" + name, this::runHere);
    }

    private void runHere() {
        enter();
        try {
            do {
                turn.run();
            } while (!turn.stopping);
        } finally {
            leave();
        }
    }

    /**
     * Runs until {@code future} is done, and returns its result or throws its error.
     *
     * @throws IllegalArgumentException if the future belongs to another loop
     * @throws IllegalStateException as {@link #runForever}, or if the loop was stopped before
     */
    public <T extends @Nullable Object> T runUntilComplete(Future<T> future) {
        checkOpen();
        checkNotRunning();
        if (future.loop != this) {
            throw new IllegalArgumentException(
                    "The future belongs to another loop: " + future + " of " + future.loop);
        }
        boolean[] over = {false};
        java.util.function.Consumer<Future<T>> stopper =
                f -> {
                    if (!over[0]) { // else it stood in the ready queue when that run ended
                        stop();
                    }
                };
        future.addDoneCallback(stopper);
        try {
            runForever();
        } catch (KeyboardInterrupt e) {
            future.settle(); // it comes out here, and nobody else will ask for it
            throw e;
        } finally {
            over[0] = true;
            future.removeDoneCallback(stopper);
        }
        if (!future.done()) {
            throw new IllegalStateException(
                    "Event loop stopped before Future completed: " + future);
        }
        try {
            return future.result();
        } catch (Throwable e) {
            Stacks.addCallers(e);
            throw e;
        }
    }

    /** Makes a task of {@code coroutine} and runs until it is done, as for a future. */
    public <T extends @Nullable Object> T runUntilComplete(Coroutine<T> coroutine) {
        checkOpen();
        checkNotRunning();
        return runUntilComplete(createTask(coroutine));
    }

    /** Makes a task of {@code coroutine} and runs until it is done, as for a future. */
    public void runUntilComplete(VoidCoroutine coroutine) {
        runUntilComplete(coroutine.asCoroutine());
    }

    /**
     * Ends {@link #runForever} after the current turn. What that turn schedules stays for the next
     * run. Before a run: that run makes one turn without waiting.
     */
    public void stop() {
        checkThread("stop");
        turn.stopping = true;
    }

    /** Tells whether it runs. May be called by any thread. */
    public boolean isRunning() {
        return thread != null && !closed;
    }

    /** Tells whether it is closed. May be called by any thread. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Drives the loop by hand, one part of a turn at a time, for a host that has a loop of its own.
     * The calling thread is the loop's until the driver is closed.
     *
     * @throws IllegalStateException as {@link #runForever}, or on a virtual thread
     */
    public LoopDriver drive() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("A virtual thread cannot drive an event loop");
        }
        enter();
        return new LoopDriver(this);
    }

    void enter() {
        checkOpen();
        checkNotRunning();
        thread = Thread.currentThread();
        RUNNING.set(this);
        RUNNING_LOOPS.add(this);
        if (debugging.on()) {
            debugging.watch(this);
        }
    }

    void leave() {
        turn.stopping = false;
        debugging.unwatch();
        RUNNING_LOOPS.remove(this);
        RUNNING.remove();
        thread = null;
        if (turn.interrupted) {
            turn.interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    // ---------------------------------------------------------------- scheduling

    /** Runs {@code callback} in the next turn, in a copy of the current context. */
    public Handle callSoon(Runnable callback) {
        return callSoonIn(callback, currentBindings());
    }

    /** Runs {@code callback} in the next turn, in {@code context}. */
    public Handle callSoon(Runnable callback, Context context) {
        return callSoonIn(callback, Objects.requireNonNull(context, "context"));
    }

    private Handle callSoonIn(Runnable callback, Object where) {
        Objects.requireNonNull(callback, "callback");
        checkThread("callSoon");
        checkOpen();
        var handle = new CallbackHandle(this, callback, where);
        noteCreation(handle);
        turn.ready.add(handle);
        return handle;
    }

    /** Runs {@code callback} after {@code seconds}; one that is negative counts as past. */
    public TimerHandle callLater(double seconds, Runnable callback) {
        return callAtNanos(inNanos(seconds, "callLater"), callback, currentBindings());
    }

    /** Same as {@link #callLater(double, Runnable)}. */
    public TimerHandle callLater(Duration delay, Runnable callback) {
        return callAtNanos(after(nanos(delay)), callback, currentBindings());
    }

    /** Runs {@code callback} after {@code delay}, in {@code context}. */
    public TimerHandle callLater(Duration delay, Runnable callback, Context context) {
        return callAtNanos(after(nanos(delay)), callback, Objects.requireNonNull(context));
    }

    /** Runs {@code callback} after {@code seconds}, in {@code context}. */
    public TimerHandle callLater(double seconds, Runnable callback, Context context) {
        return callAtNanos(
                inNanos(seconds, "callLater"), callback, Objects.requireNonNull(context));
    }

    /** Runs {@code callback} when {@link #time} is {@code when}. */
    public TimerHandle callAt(double when, Runnable callback) {
        return callAtNanos(nanos(when, "callAt"), callback, currentBindings());
    }

    /** Runs {@code callback} when {@link #time} is {@code when}, in {@code context}. */
    public TimerHandle callAt(double when, Runnable callback, Context context) {
        return callAtNanos(nanos(when, "callAt"), callback, Objects.requireNonNull(context));
    }

    TimerHandle callAtNanos(long deadline, Runnable callback, Object where) {
        Objects.requireNonNull(callback, "callback");
        checkThread("callAt");
        checkOpen();
        var timer = new CallbackTimer(this, deadline, callback, where);
        noteCreation(timer);
        turn.timers.add(timer);
        return timer;
    }

    /**
     * Runs {@code callback} in the next turn, and wakes the loop up; for any thread.
     *
     * @return a handle that any thread may cancel: either before the callback, which then does not
     *     run, or after it
     */
    public Handle callSoonThreadsafe(Runnable callback) {
        EventLoop here = runningOrNull();
        return callSoonThreadsafeIn(
                callback, here == null ? Context.current().bindings() : here.currentBindings());
    }

    /** Same as {@link #callSoonThreadsafe(Runnable)}, in {@code context}. */
    public Handle callSoonThreadsafe(Runnable callback, Context context) {
        return callSoonThreadsafeIn(callback, Objects.requireNonNull(context, "context"));
    }

    private Handle callSoonThreadsafeIn(Runnable callback, Object where) {
        Objects.requireNonNull(callback, "callback");
        checkOpen();
        var handle = new ThreadsafeHandle(this, callback, where);
        resume(handle);
        return handle;
    }

    /** Returns the time of the loop's clock, in seconds; not that of the day. */
    public double time() {
        return turn.clock.nanoTime() / NANOS_PER_SECOND;
    }

    /** Returns the loop's clock. */
    public Clock clock() {
        return turn.clock;
    }

    long after(long nanos) {
        long now = turn.clock.nanoTime();
        long when = now + nanos;
        return nanos > 0 && when < now ? Long.MAX_VALUE : when;
    }

    private long inNanos(double seconds, String method) {
        return after(nanos(seconds, method));
    }

    static long nanos(double seconds, String method) {
        if (Double.isNaN(seconds)) {
            throw new IllegalArgumentException(method + ": the time is NaN");
        }
        return Math.round(seconds * NANOS_PER_SECOND); // saturates
    }

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    void noteCancelled(TimerHandle timer) {
        if (timer.scheduled) {
            turn.timers.noteCancelled();
        }
    }

    /** Puts an item of our own into the ready queue; by the loop's thread. */
    void schedule(ReadyItem item) {
        if (closed && onThread()) {
            return; // a late comer has completed something: there is nobody left to tell
        }
        checkOpen();
        turn.ready.add(item);
    }

    /** Takes an item from any thread, also when the loop is closed; never blocks or throws. */
    void resume(ReadyItem item) {
        if (onThread()) {
            turn.ready.add(item);
        } else if (closed) {
            LateComers.run(this, item);
        } else {
            if (turn.ready.addForeign(item)) {
                turn.reactor.wakeup();
            }
            if (closed) {
                LateComers.runAll(this); // it was closed between the two
            }
        }
    }

    // ---------------------------------------------------------------- futures and tasks

    /** Makes a pending future of this loop. */
    public <T extends @Nullable Object> Future<T> createFuture() {
        return new Future<>(this);
    }

    /** Starts {@code coroutine} as a task, in a copy of the current context. */
    public <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /** Starts {@code coroutine} as a task. */
    public Task<Void> createTask(VoidCoroutine coroutine) {
        return createTask(coroutine.asCoroutine(), TaskOptions.DEFAULT);
    }

    /** Starts {@code coroutine} as a task. */
    public Task<Void> createTask(VoidCoroutine coroutine, TaskOptions options) {
        return createTask(coroutine.asCoroutine(), options);
    }

    /**
     * Starts {@code coroutine} as a task. The loop holds the task until it is done.
     *
     * @throws IllegalStateException if the loop is closed, or this is not its thread
     */
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        return createTask(coroutine, options, null);
    }

    /** Starts a task in a scope, which it leaves when it ends. */
    <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options, @Nullable CancelScope scope) {
        Task<T> task = taskFactory.create(this, coroutine, options);
        task.enterScope(scope);
        Instruments instruments = turn.instruments;
        if (instruments != null) {
            instruments.taskSpawned(task);
        }
        task.begin();
        return task;
    }

    /** Returns what makes the tasks of this loop. */
    public TaskFactory getTaskFactory() {
        return taskFactory;
    }

    /** Sets what makes the tasks of this loop; null for the default. */
    public void setTaskFactory(@Nullable TaskFactory factory) {
        checkThread("setTaskFactory");
        taskFactory = factory == null ? TaskFactory.LAZY : factory;
    }

    /**
     * Starts {@code coroutine} as a task, from any thread but the loop's.
     *
     * @return a future that any thread may wait for; cancelling it cancels the task
     */
    public <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
            Coroutine<T> coroutine) {
        return Bridge.submit(this, Objects.requireNonNull(coroutine, "coroutine"));
    }

    /**
     * Returns a future of this loop that follows {@code stage}; cancelling it cancels the stage.
     */
    public <T extends @Nullable Object> Future<T> wrapFuture(CompletionStage<T> stage) {
        checkThread("wrapFuture");
        return Bridge.wrap(this, Objects.requireNonNull(stage, "stage"));
    }

    /** Returns the tasks that are not done, in the order in which they were made. */
    public List<Task<?>> allTasks() {
        checkThread("allTasks");
        return tasks.copy();
    }

    /** Returns the task that is running, or null in a callback. */
    public @Nullable Task<?> currentTask() {
        return currentTask;
    }

    Task<?> currentTaskFor(String operation) {
        Task<?> task = currentTask;
        if (task == null || Thread.currentThread() == thread) {
            throw new IllegalStateException(
                    operation
                            + (Thread.currentThread() == thread
                                    ? " was called in a callback of "
                                            + this
                                            + ". Callbacks run on the loop's own thread and cannot"
                                            + " wait; start a task with createTask and wait there."
                                    : " was called on "
                                            + Thread.currentThread()
                                            + ", which runs on "
                                            + this
                                            + " and is not a task of it; use createTask, or"
                                            + " Future.get() on a thread off the loop."));
        }
        return task;
    }

    /**
     * Lets a strand run at once, and the caller only after it has suspended.
     *
     * @return false if that is not possible here: the strand is then to be queued
     */
    boolean startEagerly(Strand strand) {
        if (!isRunning()) {
            return false;
        }
        if (Thread.currentThread() == thread) {
            strand.proceed();
            turn.runUrgent();
            return true;
        }
        Task<?> parent = currentTask;
        return parent != null && parent.strand.stepAsideFor(strand);
    }

    /** Lets a task run until it suspends, blocks or ends; called by {@link Strand#proceed} only. */
    void step(Strand strand, Task<?> task) {
        Context outerContext = context;
        Task<?> outerTask = currentTask;
        Instruments instruments = turn.instruments;
        if (instruments != null) {
            instruments.beforeTaskStep(task);
        }
        context = task.context;
        currentTask = task;
        long begin = debugging.on() ? turn.clock.nanoTime() : 0;
        try {
            strand.mount();
        } finally {
            task.context = context;
            context = outerContext;
            currentTask = outerTask;
            if (instruments != null) {
                if (task.done()) {
                    instruments.taskExited(task);
                }
                instruments.afterTaskStep(task);
            }
        }
        if (debugging.on()) {
            debugging.reportIfSlow(turn.clock.nanoTime() - begin, task);
        }
        if (escaping != null) {
            KeyboardInterrupt e = escaping;
            escaping = null;
            Stacks.addCallers(e);
            throw e;
        }
    }

    /** Lets an error leave the loop once the task that threw it has ended. */
    void escape(KeyboardInterrupt e) {
        escaping = e;
    }

    // ---------------------------------------------------------------- callbacks and contexts

    /** Runs a callback in its context, and reports what it throws. */
    void invoke(Runnable action, Object where, @Nullable Handle handle) {
        Context outer = context;
        context = where instanceof Bindings b ? new Context(b) : (Context) where;
        Instruments instruments = turn.instruments;
        if (instruments != null) {
            instruments.beforeCallback(action);
        }
        long begin = debugging.on() ? turn.clock.nanoTime() : 0;
        try {
            action.run();
        } catch (KeyboardInterrupt e) {
            throw e;
        } catch (Throwable e) {
            ErrorContext error =
                    ErrorContext.of("Exception in callback " + ErrorContext.textOf(action), e);
            errors.report(
                    handle == null ? error : error.with(handle).withSource(creationStack(handle)));
        } finally {
            context = outer;
            if (instruments != null) {
                instruments.afterCallback(action);
            }
        }
        if (debugging.on()) {
            debugging.reportIfSlow(turn.clock.nanoTime() - begin, handle == null ? action : handle);
        }
    }

    /** Returns the thread whose loop this is, while it runs. */
    @Nullable Thread thread() {
        return thread;
    }

    String name() {
        return name;
    }

    Context context() {
        return context;
    }

    void enterContext(Context newContext) {
        context = newContext;
    }

    /** Returns what a new callback or task of this loop inherits. */
    Bindings currentBindings() {
        return thread == null ? Context.current().bindings() : context.bindings();
    }

    static Context copyOf(Object where) {
        return where instanceof Bindings b ? new Context(b) : (Context) where;
    }

    // ---------------------------------------------------------------- channels

    /**
     * Runs {@code callback} in each turn in which {@code channel} can be read from, or accepted
     * from; replaces the one before. The channel must be in non-blocking mode.
     */
    public void addReader(SelectableChannel channel, Runnable callback) {
        channels.addReader(channel, callback);
    }

    /** Ends what {@link #addReader} began; returns whether there was anything to end. */
    public boolean removeReader(SelectableChannel channel) {
        return channels.removeReader(channel);
    }

    /** Same as {@link #addReader} for writing, and for the end of a connect. */
    public void addWriter(SelectableChannel channel, Runnable callback) {
        channels.addWriter(channel, callback);
    }

    /** Ends what {@link #addWriter} began; returns whether there was anything to end. */
    public boolean removeWriter(SelectableChannel channel) {
        return channels.removeWriter(channel);
    }

    /**
     * Makes {@code owner} the only one to use {@code channel}, and to close it. The channel must be
     * in non-blocking mode. What a transport stands on.
     *
     * @throws IllegalStateException if the channel has an owner, or a reader or writer
     * @throws IOException if the channel is closed, or the system refuses
     */
    public OwnedChannel ownChannel(SelectableChannel channel, ChannelOwner owner)
            throws IOException {
        return channels.own(channel, owner);
    }

    /** Returns the channels that are open here: those that have an owner, or are watched. */
    public List<SelectableChannel> openChannels() {
        checkThread("openChannels");
        return channels.openChannels();
    }

    void forgetOwned(OwnedChannel channel) {
        channels.forgetOwned(channel);
    }

    /** Returns where this loop's sockets come from. */
    public Network network() {
        return turn.reactor.network();
    }

    /** Returns what finds the addresses of names. */
    public Resolver resolver() {
        return resolver;
    }

    // ---------------------------------------------------------------- executors

    /**
     * Runs {@code job} in an executor.
     *
     * <p>An {@link ExecutorService} that is not the JDK's gets {@code job} itself by {@code
     * submit}, so that it may send it to another JVM, as {@link
     * dev.heddle.executor.ProcessPoolExecutor} does.
     *
     * <p>An executor of virtual threads must not make them in a task of a loop: they would run on
     * the loop itself, since a virtual thread inherits the scheduler of the one that starts it. Use
     * {@link dev.heddle.executor.VirtualThreads#offLoop()}.
     *
     * @param executor null for the loop's default executor, a pool of platform threads
     * @return a future of this loop; cancelling it prevents a job that has not started, and does
     *     not stop one that has
     */
    public <T extends @Nullable Object> Future<T> runInExecutor(
            @Nullable Executor executor, Callable<T> job) {
        checkThread("runInExecutor");
        checkOpen();
        return ExecutorJob.start(this, executor == null ? defaultExecutor.get() : executor, job);
    }

    /** Same as {@link #runInExecutor(Executor, Callable)}. */
    public Future<@Nullable Object> runInExecutor(@Nullable Executor executor, Runnable job) {
        checkThread("runInExecutor");
        checkOpen();
        return ExecutorJob.start(this, executor == null ? defaultExecutor.get() : executor, job);
    }

    /** Sets the executor for {@link #runInExecutor} without one. The loop closes it. */
    public void setDefaultExecutor(ExecutorService executor) {
        checkThread("setDefaultExecutor");
        defaultExecutor.set(Objects.requireNonNull(executor, "executor"));
    }

    /**
     * Waits, in a task, until the jobs of the default executor have ended; it takes no others.
     *
     * @param timeout after which it is left alone, with a warning; null: without limit
     */
    public void shutdownDefaultExecutor(@Nullable Duration timeout) {
        checkThread("shutdownDefaultExecutor");
        defaultExecutor.shutdown(timeout);
    }

    /**
     * Closes, in a task, the async generators that have started and not ended; what they fail with
     * is reported. Those that start later are not closed, with a warning.
     */
    public void shutdownAsyncgens() {
        checkThread("shutdownAsyncgens");
        asyncGenerators.shutdown();
    }

    ExecutorService defaultExecutor() {
        return defaultExecutor.get();
    }

    // ---------------------------------------------------------------- errors and debugging

    /** Returns the handler for errors that no code was there to catch, or null for the default. */
    public @Nullable ExceptionHandler getExceptionHandler() {
        return errors.handler();
    }

    /** Sets the handler for errors that no code was there to catch; null for the default, a log. */
    public void setExceptionHandler(@Nullable ExceptionHandler handler) {
        checkThread("setExceptionHandler");
        errors.handler(handler);
    }

    /** Logs an error: what the handler does by default. */
    public void defaultExceptionHandler(ErrorContext error) {
        errors.reportByDefault(error);
    }

    /** Hands an error to the handler. */
    public void callExceptionHandler(ErrorContext error) {
        errors.report(error);
    }

    /** Tells whether debug mode is on. */
    public boolean getDebug() {
        return debugging.on();
    }

    /**
     * Turns debug mode on or off. It keeps where callbacks, futures and tasks were made, names each
     * task's thread, warns of steps that are slow, and when the loop is closed of what it left
     * open. From its next run on a loop on a real clock is watched, see {@link
     * dev.heddle.debug.Watchdog}, for steps that take ten times as long as a slow one.
     */
    public void setDebug(boolean on) {
        debugging.turn(on);
    }

    /** Returns from how long on debug mode calls a step slow; 100 ms by default. */
    public Duration getSlowCallbackDuration() {
        return debugging.slow();
    }

    /** Sets from how long on debug mode calls a step slow. */
    public void setSlowCallbackDuration(Duration duration) {
        debugging.slow(Objects.requireNonNull(duration, "duration"));
    }

    void noteCreation(Object made) {
        debugging.noteCreation(made);
    }

    @Nullable Throwable creationStack(Object made) {
        return debugging.creationStack(made);
    }

    // ---------------------------------------------------------------- checks

    /**
     * Tells whether this is the loop that runs on the caller's thread, or in whose task the caller
     * runs. Cheaper than {@link #runningOrNull}; may be called by any thread.
     */
    public boolean isRunningHere() {
        return onThread();
    }

    boolean onThread() {
        Thread own = thread;
        return own != null && JDK.currentCarrier() == own;
    }

    void checkThread(String operation) {
        Thread own = thread;
        // Once the loop is closed, own is the thread of the late-comers, and comes and goes.
        if (own != null && JDK.currentCarrier() != own && !closed) {
            throw new IllegalStateException(
                    "%s was called on thread %s, and %s runs on %s. Use callSoonThreadsafe."
                            .formatted(operation, Thread.currentThread(), this, own));
        }
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("Event loop is closed: " + this);
        }
    }

    private void checkNotRunning() {
        if (thread != null) {
            throw new IllegalStateException("This event loop is already running: " + this);
        }
        EventLoop other = runningOrNull();
        if (other != null) {
            throw new IllegalStateException(
                    "Cannot run %s while %s is running on this thread; await instead"
                            .formatted(this, other));
        }
    }

    /**
     * Refuses a wait that nothing would end any more. A task that goes on waiting is let to it: it
     * will never be woken, and ends here.
     */
    void refuseIfClosed() {
        if (unwinding && refusals++ < MOST_REFUSALS) {
            throw new CancelledError(this + " is closed");
        }
    }

    /** Tells whether the loop ends its tasks, since it is being closed: no wait will be ended. */
    boolean isClosing() {
        return unwinding;
    }

    void resetRefusals() {
        refusals = 0;
    }

    /** Runs what comes after the loop was closed, on the thread for that. */
    void runLate(ReadyItem item) {
        thread = Thread.currentThread();
        RUNNING.set(this);
        resetRefusals();
        try {
            item.proceed();
        } finally {
            RUNNING.remove();
            thread = null;
        }
    }

    // ---------------------------------------------------------------- closing

    /**
     * Closes the loop for good. Idempotent. A task that is still pending is reported to the
     * exception handler and unwound: a {@link CancelledError} is thrown where it waits, so that its
     * finally blocks run. Failures that nobody has retrieved are reported. Then everything throws,
     * except for {@code removeReader} and {@code removeWriter}, which return false.
     *
     * @throws IllegalStateException if it is running
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (thread != null) {
            throw new IllegalStateException("Cannot close a running event loop: " + this);
        }
        OwnThread.ifTaken("heddle-" + name + "-close", this::closeHere);
    }

    private void closeHere() {
        enter();
        try {
            unwinding = true;
            asyncGenerators.giveBack();
            Unwinding.run(this);
            List.copyOf(unretrieved).forEach(FailureReport::report);
            if (debugging.on()) {
                LeakReport.warn(this, channels.leftOpen(), defaultExecutor.unfinished());
            }
        } finally {
            turn.timers.clear();
            channels.close();
            leave();
            closed = true; // from here on the ready queue belongs to the late comers
            LateComers.runAll(this);
            defaultExecutor.abandon();
            closeActions.forEach(Runnable::run);
            closeLocals();
            try {
                turn.reactor.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Closing the reactor of " + this, e);
            }
        }
    }

    private void closeLocals() {
        for (Object local : locals.values()) {
            if (local instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    callExceptionHandler(ErrorContext.of("Closing a value of the loop failed", e));
                }
            }
        }
        locals.clear();
    }

    /**
     * Runs {@code action} when the loop is closed, so that no other thread waits for it in vain.
     */
    void onClose(Runnable action) {
        closeActions.add(action);
        if (closed) {
            action.run();
        }
    }

    void forgetOnClose(Runnable action) {
        closeActions.remove(action);
    }

    @Override
    public String toString() {
        return "EventLoop(%s, %s)"
                .formatted(name, closed ? "closed" : thread != null ? "running" : "stopped");
    }
}
