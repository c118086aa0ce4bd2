package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;
import dev.heddle.reactor.VirtualClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Base of the tests on a {@link FakeNetwork}, in virtual time. A test fails if it leaves a task or
 * an open socket, or an error that it has not taken.
 */
@Timeout(60)
abstract class FakeNetFixture {

    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();

    final VirtualClock clock = Clock.virtual();
    final FakeNetwork network = new FakeNetwork();
    final EventLoop loop =
            EventLoop.builder()
                    .name("test")
                    .clock(clock)
                    .reactor(network)
                    .exceptionHandler((where, error) -> errors.add(error))
                    .build();

    FakeNetFixture() {
        network.loop = loop;
    }

    final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Returns what the exception handler was told since the last call. */
    final List<ErrorContext> takeErrors() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    @AfterEach
    final void nothingIsLeft() {
        List<?> tasks = loop.isClosed() ? List.of() : loop.allTasks();
        List<?> owned = loop.isClosed() ? List.of() : loop.openChannels();
        loop.close();

        assertThat(tasks).as("tasks that the test has left").isEmpty();
        assertThat(owned).as("channels that the loop still had").isEmpty();
        assertThat(network.openSockets()).as("sockets that nobody has closed").isEmpty();
        assertThat(network.datagrams)
                .as("sockets that nobody has closed")
                .noneMatch(FakeDatagram::isOpen);
        assertThat(errors).as("errors that the test did not expect").isEmpty();
    }
}
