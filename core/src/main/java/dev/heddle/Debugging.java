package dev.heddle;

import dev.heddle.debug.Watchdog;
import dev.heddle.reactor.VirtualClock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** A loop's debug mode: where things were made, and which steps are slow. */
final class Debugging {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(1);

    private boolean on;
    private Duration slow = Duration.ofMillis(100);
    private @Nullable Map<Object, Throwable> creationStacks; // since debug mode was first on
    private Watchdog.@Nullable Watched watched; // while the loop runs

    boolean on() {
        return on;
    }

    void turn(boolean newState) {
        on = newState;
        if (on && creationStacks == null) {
            creationStacks = Collections.synchronizedMap(new WeakHashMap<>());
        }
    }

    Duration slow() {
        return slow;
    }

    void slow(Duration duration) {
        slow = duration;
    }

    /** Has a loop that begins to run watched for steps that do not return. */
    void watch(EventLoop loop) {
        if (watched == null && !(loop.clock() instanceof VirtualClock)) {
            Duration tenfold = slow.compareTo(LONGEST) > 0 ? LONGEST : slow.multipliedBy(10);
            Duration limit = tenfold.compareTo(SHORTEST) < 0 ? SHORTEST : tenfold;
            watched = Watchdog.watch(loop, limit);
        }
    }

    /** Ends that, when the loop stops. */
    void unwatch() {
        if (watched != null) {
            watched.close();
            watched = null;
        }
    }

    void reportIfSlow(long nanos, Object what) {
        if (nanos >= slow.toNanos()) {
            ErrorReporter.warn(
                    "Executing %s took %.3f seconds"
                            .formatted(
                                    ErrorContext.textOf(what), nanos / EventLoop.NANOS_PER_SECOND));
        }
    }

    void noteCreation(Object made) {
        Map<Object, Throwable> stacks = creationStacks;
        if (on && stacks != null) {
            stacks.put(made, new Throwable("made here"));
        }
    }

    @Nullable Throwable creationStack(Object made) {
        Map<Object, Throwable> stacks = creationStacks;
        return stacks == null ? null : stacks.get(made);
    }
}
