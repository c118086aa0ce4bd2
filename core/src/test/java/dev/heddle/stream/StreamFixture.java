package dev.heddle.stream;

import static dev.heddle.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.Task;
import dev.heddle.VoidCoroutine;
import dev.heddle.reactor.Clock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Base of the tests of streams in memory: a loop on a virtual clock, and connections on {@link
 * MemoryTransport}.
 *
 * <p>A test fails if it leaves a pending task or an open channel, or if an error was reported to
 * the exception handler that it has not taken.
 */
@Timeout(60)
abstract class StreamFixture {

    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();

    /** What the tasks did, in order. */
    final List<String> log = new ArrayList<>();

    final EventLoop loop;

    StreamFixture() {
        this(Clock.virtual());
    }

    /** For tests on real sockets, whose time must be the machine's. */
    StreamFixture(Clock clock) {
        loop =
                EventLoop.builder()
                        .name("test")
                        .clock(clock)
                        .exceptionHandler((where, error) -> errors.add(error))
                        .build();
    }

    /** A connection in memory: the side to test, and the other one. */
    record Pair(
            Connection here, Connection there, MemoryTransport transport, MemoryTransport peer) {}

    /** Connects; the other side has the same options. */
    final Pair pair(StreamOptions options) {
        try {
            var a = new StreamReaderProtocol(options);
            var b = new StreamReaderProtocol(options);
            MemoryTransport[] ends = MemoryTransport.connect(loop, a, b);
            return new Pair(a.connection(), b.connection(), ends[0], ends[1]);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    final Pair pair() {
        return pair(StreamOptions.DEFAULT);
    }

    /** Runs a coroutine in the loop until it is done. */
    final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    /** Runs a coroutine in the loop until it is done. */
    final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Lets everything run that can run. */
    static void settle() {
        for (int i = 0; i < 20; i++) {
            sleep(0);
        }
    }

    /** Starts a task whose error is for {@link #errorOf}. */
    final Task<Void> start(VoidCoroutine coroutine) {
        return loop.createTask(coroutine);
    }

    /** Waits for the task, and returns what it has thrown. */
    static @Nullable Throwable errorOf(Task<?> task) {
        try {
            task.await();
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    final Duration now() {
        return Duration.ofNanos(loop.clock().nanoTime());
    }

    final ErrorContext takeError() {
        assertThat(errors).as("errors reported to the exception handler").hasSize(1);
        return errors.removeFirst();
    }

    @AfterEach
    final void nothingIsLeft() {
        var pending = new ArrayList<String>();
        var channels = new ArrayList<String>();
        run(StreamFixture::settle); // what is closing may end
        loop.allTasks().forEach(task -> pending.add(task.toString()));
        loop.openChannels().forEach(channel -> channels.add(channel.toString()));
        loop.close();

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(channels).as("channels that the test has left open").isEmpty();
        assertThat(errors).as("errors that the test did not expect").isEmpty();
    }
}
