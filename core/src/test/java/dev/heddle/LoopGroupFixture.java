package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Base of the tests of loop groups. A test fails if a loop's exception handler was told of an error
 * that the test has not taken with {@link #takeErrors}, or if a group's thread is left in the end.
 */
@Timeout(60)
abstract class LoopGroupFixture {

    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();
    private final List<LoopGroup> groups = new ArrayList<>();

    final LoopGroup open(int n) {
        return open(LoopGroup.builder().loops(n));
    }

    final LoopGroup open(LoopGroupBuilder options) {
        LoopGroup group = options.exceptionHandler((loop, error) -> errors.add(error)).build();
        groups.add(group);
        return group;
    }

    final List<ErrorContext> takeErrors() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    /** Returns the name of the thread that carries the caller. */
    static String carrier() {
        return dev.heddle.internal.Jdk.get().currentCarrier().getName();
    }

    @AfterEach
    final void nothingIsLeft() {
        for (LoopGroup group : groups) {
            group.close();
            assertThat(threadsOf(group)).as("threads of " + group).isEmpty();
            assertThat(group.loops()).allMatch(EventLoop::isClosed);
        }
        assertThat(takeErrors()).as("errors that the test did not expect").isEmpty();
    }

    static List<Thread> threadsOf(LoopGroup group) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("heddle-" + group.name() + "-\\d+"))
                .toList();
    }
}
