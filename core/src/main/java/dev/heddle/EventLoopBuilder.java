package dev.heddle;

import dev.heddle.reactor.Clock;
import dev.heddle.reactor.Network;
import dev.heddle.reactor.Reactor;
import dev.heddle.reactor.Resolver;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The options of an {@link EventLoop}; each has a default. */
public final class EventLoopBuilder {

    private static final AtomicInteger MADE = new AtomicInteger();

    private String name = "loop-" + MADE.incrementAndGet();
    private Clock clock = Clock.system();
    private @Nullable Reactor reactor;
    private @Nullable Resolver resolver;
    private @Nullable ExceptionHandler exceptionHandler;
    private TaskFactory taskFactory = TaskFactory.LAZY;
    private boolean debug = debugByDefault();
    private @Nullable Shuffle shuffle;

    EventLoopBuilder() {}

    /** Debug mode is on if the property dev.heddle.debug or the variable HEDDLE_DEBUG is set. */
    private static boolean debugByDefault() {
        String property = System.getProperty("dev.heddle.debug");
        if (property != null) {
            return !property.equals("false");
        }
        String variable = System.getenv("HEDDLE_DEBUG");
        return variable != null && !variable.isEmpty();
    }

    /** Sets the name, for people to read; {@code loop-N} by default. */
    public EventLoopBuilder name(String newName) {
        name = Objects.requireNonNull(newName, "name");
        return this;
    }

    /** Sets the clock; the machine's by default. */
    public EventLoopBuilder clock(Clock newClock) {
        clock = Objects.requireNonNull(newClock, "clock");
        return this;
    }

    /** Sets the reactor, which the loop closes; by default one over {@code Selector}. */
    public EventLoopBuilder reactor(Reactor newReactor) {
        reactor = Objects.requireNonNull(newReactor, "reactor");
        return this;
    }

    /** Sets what finds the addresses of names; by default that of the reactor's network. */
    public EventLoopBuilder resolver(Resolver newResolver) {
        resolver = Objects.requireNonNull(newResolver, "resolver");
        return this;
    }

    /** Sets the handler for errors that no code was there to catch; null for a log. */
    public EventLoopBuilder exceptionHandler(@Nullable ExceptionHandler handler) {
        exceptionHandler = handler;
        return this;
    }

    /** Sets what makes the tasks. */
    public EventLoopBuilder taskFactory(TaskFactory factory) {
        taskFactory = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /**
     * Turns debug mode on or off; by default it is on if the system property {@code
     * dev.heddle.debug} or the environment variable {@code HEDDLE_DEBUG} is set.
     */
    public EventLoopBuilder debug(boolean on) {
        debug = on;
        return this;
    }

    /** Sets what decides on the order of what may happen in any order; null for the natural one. */
    public EventLoopBuilder shuffle(@Nullable Shuffle newShuffle) {
        shuffle = newShuffle;
        return this;
    }

    /** Opens the loop. */
    public EventLoop build() {
        return new EventLoop(this);
    }

    String name() {
        return name;
    }

    Clock clock() {
        return clock;
    }

    Reactor openReactor() {
        if (reactor != null) {
            return reactor;
        }
        try {
            return Reactor.nio();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open a selector for an event loop", e);
        }
    }

    Resolver resolver(Network network) {
        return resolver == null ? network.resolver() : resolver;
    }

    @Nullable ExceptionHandler exceptionHandler() {
        return exceptionHandler;
    }

    TaskFactory taskFactory() {
        return taskFactory;
    }

    @Nullable Shuffle shuffle() {
        return shuffle;
    }

    boolean debug() {
        return debug;
    }
}
