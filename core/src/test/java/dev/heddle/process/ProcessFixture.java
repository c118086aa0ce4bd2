package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.VoidCoroutine;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Base of the tests with children: a loop on the machine's clock.
 *
 * <p>A test fails if it leaves a task, an open channel, a child that lives, or if the loop's
 * exception handler was told of an error that the test has not taken.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
abstract class ProcessFixture {

    private static final int LAST_TURNS = 20;

    private final Set<ProcessHandle> childrenBefore = children();
    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();
    private final List<EventLoop> loops = new ArrayList<>();
    final EventLoop loop = open();

    final EventLoop open() {
        EventLoop opened =
                EventLoop.builder()
                        .name("test")
                        .exceptionHandler((where, e) -> errors.add(e))
                        .build();
        loops.add(opened);
        return opened;
    }

    final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    /** Returns the one thing that the exception handler was told since the last call. */
    final ErrorContext takeError() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        assertThat(taken).as("errors reported to the exception handler").hasSize(1);
        return taken.getFirst();
    }

    private static void turn(EventLoop loop) {
        try (var driver = loop.drive()) {
            driver.poll(Duration.ZERO);
            driver.processEvents();
            driver.processReady();
        }
    }

    @AfterEach
    final void nothingIsLeft() {
        var left = new ArrayList<String>();
        for (EventLoop opened : loops) {
            if (!opened.isClosed()) {
                for (int i = 0; i < LAST_TURNS && !opened.openChannels().isEmpty(); i++) {
                    turn(opened);
                }
                opened.allTasks().forEach(task -> left.add(task.toString()));
                opened.openChannels().forEach(channel -> left.add(channel.toString()));
                opened.close();
            }
        }
        Set<ProcessHandle> alive = children();
        alive.removeAll(childrenBefore);

        assertThat(left).as("tasks and channels that the test has left").isEmpty();
        assertThat(alive).as("children that the test has left alive").isEmpty();
        assertThat(errors).as("errors that the test did not expect").isEmpty();
    }
}
