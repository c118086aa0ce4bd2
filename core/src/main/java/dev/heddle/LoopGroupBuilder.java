package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** The options of a {@link LoopGroup}; each has a default. */
public final class LoopGroupBuilder {

    private static final AtomicInteger MADE = new AtomicInteger();

    private int loops = LoopCount.processors();
    private String name = "group-" + MADE.incrementAndGet();
    private @Nullable Boolean debug;
    private @Nullable ExceptionHandler exceptionHandler;
    private @Nullable IntFunction<EventLoop> loopFactory;
    private Duration closeTimeout = Duration.ofSeconds(30);

    LoopGroupBuilder() {}

    /**
     * Sets the number of loops; one for each processor by default.
     *
     * @throws IllegalArgumentException if it is not 1 to 1024
     */
    public LoopGroupBuilder loops(int n) {
        loops = LoopCount.check(n);
        return this;
    }

    /**
     * Sets the name, for people to read; {@code group-N} by default. The thread of the loop with
     * the index {@code i} is called {@code heddle-NAME-i}.
     */
    public LoopGroupBuilder name(String newName) {
        name = Objects.requireNonNull(newName, "name");
        return this;
    }

    /** Turns debug mode on or off for all loops; by default it is as for any loop. */
    public LoopGroupBuilder debug(boolean on) {
        debug = on;
        return this;
    }

    /**
     * Sets the handler for errors that no code was there to catch; null for that of each loop, by
     * default a log. It is called by several threads at a time.
     */
    public LoopGroupBuilder exceptionHandler(@Nullable ExceptionHandler handler) {
        exceptionHandler = handler;
        return this;
    }

    /**
     * Sets what opens the loops, each of which must be a new one; it gets their index, from 0 on.
     * By default they have the default options.
     */
    public LoopGroupBuilder loopFactory(IntFunction<EventLoop> factory) {
        loopFactory = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /**
     * Sets how long {@link LoopGroup#close} waits for the tasks it has cancelled; 30 s by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public LoopGroupBuilder closeTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException(
                    "closeTimeout must not be negative, and is %s; zero does not wait"
                            .formatted(timeout));
        }
        closeTimeout = timeout;
        return this;
    }

    /** Opens the loops and starts their threads; they run when this returns. */
    public LoopGroup build() {
        return LoopGroup.start(this);
    }

    int loops() {
        return loops;
    }

    String name() {
        return name;
    }

    @Nullable Boolean debug() {
        return debug;
    }

    Duration closeTimeout() {
        return closeTimeout;
    }

    EventLoop open(int index) {
        EventLoop loop =
                loopFactory == null
                        ? EventLoop.builder().name(name + "-" + index).build()
                        : Objects.requireNonNull(
                                loopFactory.apply(index), "loopFactory has returned null");
        if (exceptionHandler != null) {
            loop.setExceptionHandler(exceptionHandler);
        }
        return loop;
    }
}
