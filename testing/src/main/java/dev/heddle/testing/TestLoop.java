package dev.heddle.testing;

import dev.heddle.Context;
import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.EventLoopBuilder;
import dev.heddle.LoopDriver;
import dev.heddle.LoopProbe;
import dev.heddle.Shuffle;
import dev.heddle.Task;
import dev.heddle.TaskOptions;
import dev.heddle.reactor.Clock;
import dev.heddle.testing.net.Host;
import dev.heddle.testing.net.NetworkOptions;
import dev.heddle.testing.net.SimulatedNetwork;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * The loop of one test, or of the {@code BeforeAll} and {@code AfterAll} methods of one class.
 *
 * <pre>
 * NEW ─► OPEN ─► CLOSED     opened at first use, so that a parameter may decide on its network
 * </pre>
 */
final class TestLoop implements AutoCloseable {

    /** How many turns what the test has begun to close has to come to its end. */
    private static final int MOST_TURNS_TO_SETTLE = 1000;

    /** How many of the things that are left behind the message names. */
    private static final int MOST_SHOWN = 50;

    private final String name;
    private final TestOptions options;
    private final Shuffle seed;
    private final Context context = new Context();
    private final Clock clock;
    private @Nullable SimulatedNetwork network;
    private @Nullable EventLoop loop;
    private @Nullable LoopErrors errors;
    private @Nullable Random random;
    private boolean failed;
    private boolean noted;

    TestLoop(String name, TestOptions options, long seed) {
        this.name = name;
        this.options = options;
        this.seed = new Shuffle(seed, options.shuffledReady());
        this.clock = options.virtual() ? Clock.virtual() : Clock.system();
    }

    TestOptions options() {
        return options;
    }

    long seed() {
        return seed.seed();
    }

    Clock clock() {
        return clock;
    }

    /** Returns the network if there is one. */
    @Nullable SimulatedNetwork networkOrNull() {
        return network;
    }

    /** Whether the seed has had any influence. */
    boolean usesSeed() {
        return options.shuffled() || random != null || network != null;
    }

    /** Tells, once, that a failure should have a note. */
    boolean takeNote() {
        boolean first = !noted;
        noted = true;
        return first;
    }

    /** Returns random numbers that the seed decides on. */
    Random random() {
        Random made = random;
        if (made == null) {
            made = seed.random("test");
            random = made;
        }
        return made;
    }

    /** Returns the network, if this is called before the loop is opened without one. */
    SimulatedNetwork network() {
        SimulatedNetwork made = network;
        if (made == null) {
            if (loop != null) {
                throw new IllegalStateException(
                        "The loop of the test is on the machine's network already: let the first"
                            + " method of the test that has parameters, as @BeforeEach, take the"
                            + " SimulatedNetwork, too, before its EventLoop");
            }
            made = new SimulatedNetwork(NetworkOptions.DEFAULT.withSeed(seed.seed()));
            network = made;
        }
        return made;
    }

    EventLoop loop() {
        EventLoop opened = loop;
        if (opened == null) {
            EventLoopBuilder builder = EventLoop.builder().name(name).clock(clock);
            if (options.debug()) {
                builder.debug(true);
            }
            if (options.shuffled()) {
                builder.shuffle(seed);
            }
            if (network != null) {
                builder.reactor(network.reactor());
            }
            opened = builder.build();
            loop = opened;
            var collected = new LoopErrors(opened);
            errors = collected;
            opened.setExceptionHandler((where, error) -> collected.add(error));
        }
        return opened;
    }

    LoopErrors errors() {
        loop();
        return Objects.requireNonNull(errors);
    }

    // ---------------------------------------------------------------- running

    /** Runs a method of the test as a task, and throws what it throws. */
    <T extends @Nullable Object> T run(String what, Coroutine<T> method) {
        EventLoop where = loop();
        Task<T> task =
                where.createTask(method, TaskOptions.DEFAULT.withName(what).withContext(context));
        try (var guard = new Guard(where, options)) {
            try {
                return where.runUntilComplete(task);
            } catch (Throwable e) {
                TimeLimitError expiry = task.done() ? null : guard.expiry();
                if (expiry != null) {
                    expiry.addSuppressed(e);
                    throw expiry;
                }
                throw e;
            }
        } catch (Throwable e) {
            failed = true;
            throw Sneaky.sneakyThrow(e);
        }
    }

    // ---------------------------------------------------------------- the end

    /**
     * Closes the loop; throws if the test has left something behind. If it has failed, what is left
     * may be the consequence, and only errors are told of.
     */
    void finish(boolean testFailed) {
        EventLoop opened = loop;
        if (opened == null || opened.isClosed()) {
            return;
        }
        var left = new ArrayList<String>();
        var reported = new ArrayList<ErrorContext>();
        try {
            if (network != null) {
                SimulatedNetwork running = network;
                opened.callSoon(() -> endPrograms(running));
            }
            settle(opened);
            if (!failed && !testFailed) {
                left.addAll(leftBehind(opened, network));
                run("shutdownAsyncgens", () -> shutdownAsyncgens(opened));
            }
            reported.addAll(errors().take());
        } finally {
            int tasks = opened.allTasks().size();
            opened.close();
            if (tasks == 0) { // else it has told of these, and maybe of what they did in the end
                reported.addAll(errors().take());
            }
        }
        if (!left.isEmpty() || !reported.isEmpty()) {
            throw leak(left, reported);
        }
    }

    @SuppressWarnings("NullAway") // Void has no other value
    private static Void shutdownAsyncgens(EventLoop loop) {
        loop.shutdownAsyncgens();
        return null;
    }

    /** Switches the hosts off whose programs run, since these are there to run for ever. */
    private static void endPrograms(SimulatedNetwork network) {
        for (Host host : network.hosts()) {
            Task<?> program = host.program();
            if (program != null && !program.done()) {
                network.crash(host);
            }
        }
    }

    /** Lets run what is ready, without letting time pass: what was closed tells its protocol. */
    private static void settle(EventLoop loop) {
        LoopProbe probe = LoopProbe.of(loop);
        try (LoopDriver driver = loop.drive()) {
            for (int i = 0; i < MOST_TURNS_TO_SETTLE && !probe.nothingReady(); i++) {
                driver.poll(Duration.ZERO);
                driver.processEvents();
                driver.processReady();
            }
        }
    }

    private static List<String> leftBehind(EventLoop loop, @Nullable SimulatedNetwork network) {
        LoopProbe probe = LoopProbe.of(loop);
        var left = new ArrayList<String>();
        for (LoopProbe.TaskState state : probe.tasks()) {
            left.add(AwaitGraph.describe(loop, state));
        }
        Set<Object> channels = new LinkedHashSet<>(loop.openChannels());
        if (network != null) {
            channels.addAll(network.openChannels()); // also those that the loop does not know of
        }
        channels.forEach(channel -> left.add("open channel " + channel));
        for (LoopProbe.PendingTimer timer : probe.pendingTimers()) {
            if (!isOfTheNetwork(timer)) {
                left.add(
                        "timer that is due at %.3f s: %s%s"
                                .formatted(
                                        timer.handle().when(),
                                        timer.handle(),
                                        made(probe, timer.handle())));
            }
        }
        return left;
    }

    /**
     * Tells whether a timer is the network's own, or was set on a simulated host: one that is
     * switched off leaves everything as it is.
     */
    private static boolean isOfTheNetwork(LoopProbe.PendingTimer timer) {
        Context where = timer.handle().getContext();
        return isOfTheNetwork(timer.action())
                || (where != null
                        && where.asMap().values().stream().anyMatch(TestLoop::isOfTheNetwork));
    }

    private static boolean isOfTheNetwork(Object thing) {
        return thing.getClass().getPackageName().equals(SimulatedNetwork.class.getPackageName());
    }

    private static String made(LoopProbe probe, Object what) {
        Throwable stack = probe.creationStack(what);
        return stack == null
                ? ""
                : "\n        made"
                        + Frames.at(stack.getStackTrace()).strip().indent(1).stripTrailing();
    }

    private LeakError leak(List<String> left, List<ErrorContext> reported) {
        var text = new StringBuilder("The test has left something behind:");
        left.stream().limit(MOST_SHOWN).forEach(line -> text.append("\n    ").append(line));
        if (left.size() > MOST_SHOWN) {
            text.append("\n    and %d more".formatted(left.size() - MOST_SHOWN));
        }
        for (ErrorContext error : reported) {
            text.append("\n    error that only the exception handler was told of: ")
                    .append(error.describe().replace("\n", "\n    "));
            if (error.exception() != null) {
                text.append(": ").append(error.exception());
            }
        }
        if (!options.debug()) {
            text.append("\n@Loop(debug = true) shows where things were made.");
        }
        var leak = new LeakError(text.toString());
        for (ErrorContext error : reported) {
            if (error.exception() != null) {
                leak.addSuppressed(error.exception());
            }
            if (error.sourceStack() != null) {
                leak.addSuppressed(error.sourceStack());
            }
        }
        return leak;
    }

    /** Closes the loop in any case; for a test that was never finished. */
    @Override
    public void close() {
        EventLoop opened = loop;
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public String toString() {
        return "TestLoop(" + name + ")";
    }
}
