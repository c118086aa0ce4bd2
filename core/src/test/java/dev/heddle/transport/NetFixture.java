package dev.heddle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.Asyncio;
import dev.heddle.Coroutine;
import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.EventLoopBuilder;
import dev.heddle.VoidCoroutine;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Base of the tests of networking: a loop on the machine's clock and network.
 *
 * <p>A test fails if it leaves a pending task or an open channel, or if the loop's exception
 * handler was told of an error that the test has not taken. All loops are closed in the end.
 *
 * <p>The other side is a plain blocking socket of the JDK, as {@link Link#peer}; what blocks goes
 * into {@link #off}.
 */
@Timeout(60)
abstract class NetFixture {

    /** How many turns what is closing gets to end. */
    private static final int LAST_TURNS = 20;

    private final List<ErrorContext> errors = new CopyOnWriteArrayList<>();
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    protected final EventLoop loop = open(EventLoop.builder().name("test"));

    /** A transport, and the plain socket at the other end of its connection. */
    protected record Link(SelectorTransport transport, Socket peer) {}

    /** Opens another loop, with the same exception handler and the same care in the end. */
    protected final EventLoop open(EventLoopBuilder options) {
        EventLoop opened = options.exceptionHandler((where, e) -> errors.add(e)).build();
        loops.add(opened);
        return opened;
    }

    /** Runs a coroutine in the loop until it is done. */
    protected final <T> T run(Coroutine<T> coroutine) {
        return loop.runUntilComplete(coroutine);
    }

    /** Runs a coroutine in the loop until it is done. */
    protected final void run(VoidCoroutine coroutine) {
        loop.runUntilComplete(coroutine);
    }

    /** Runs {@code n} turns, each with a poll that does not wait. */
    protected static void turns(EventLoop loop, int n) {
        try (var driver = loop.drive()) {
            for (int i = 0; i < n; i++) {
                driver.poll(Duration.ZERO);
                driver.processEvents();
                driver.processReady();
            }
        }
    }

    /** In a task: lets everything run that can run, without waiting for anything. */
    protected static void settle() {
        for (int i = 0; i < 20; i++) {
            Asyncio.sleep(0);
        }
    }

    /** In a task: does something that blocks, on another thread. */
    protected static <T> T off(Callable<T> job) {
        return Asyncio.getRunningLoop().runInExecutor(null, job).await();
    }

    /** Has {@code resource} closed in the end. */
    protected final <T extends AutoCloseable> T closing(T resource) {
        resources.add(resource);
        return resource;
    }

    /** Returns what the exception handler was told since the last call. */
    protected final List<ErrorContext> takeErrors() {
        List<ErrorContext> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    /** Returns the one thing that the exception handler was told since the last call. */
    protected final ErrorContext takeError() {
        List<ErrorContext> taken = takeErrors();
        assertThat(taken).as("errors reported to the exception handler").hasSize(1);
        return taken.getFirst();
    }

    // ---------------------------------------------------------------- connections

    /** Two ends of one connection. */
    protected record Ends(SocketChannel channel, Socket peer) {}

    /** Makes a connection of two sockets in blocking mode: one to be given away, and its peer. */
    protected final Ends ends() {
        return ends(0);
    }

    /** Same, with small buffers of the system on both sides if {@code size} is not 0. */
    protected final Ends ends(int size) {
        try (var listener = new ServerSocket()) {
            if (size > 0) {
                listener.setReceiveBufferSize(size);
            }
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            SocketChannel channel = SocketChannel.open();
            closing(channel);
            if (size > 0) {
                channel.setOption(java.net.StandardSocketOptions.SO_SNDBUF, size);
            }
            channel.connect(listener.getLocalSocketAddress());
            return new Ends(channel, closing(listener.accept()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a task or a stopped loop: makes a transport for {@code protocol}, and its peer. */
    protected final Link link(StreamingProtocol protocol) {
        return link(protocol, TcpOptions.DEFAULT, 0);
    }

    /** Same, with options, and small buffers of the system if {@code size} is not 0. */
    protected final Link link(StreamingProtocol protocol, TcpOptions options, int size) {
        Ends ends = ends(size);
        try {
            return new Link(
                    SelectorTransport.open(loop, ends.channel(), protocol, options, null, null),
                    ends.peer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes a plain socket so that the other side gets a reset instead of an end. */
    protected static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- in the end

    @AfterEach
    final void nothingIsLeft() throws Exception {
        var pending = new ArrayList<String>();
        var channels = new ArrayList<String>();
        for (EventLoop opened : loops) {
            if (!opened.isClosed()) {
                for (int i = 0; i < LAST_TURNS && !opened.openChannels().isEmpty(); i++) {
                    turns(opened, 1);
                }
                opened.allTasks().forEach(task -> pending.add(task.toString()));
                opened.openChannels().forEach(channel -> channels.add(channel.toString()));
            }
        }
        List<ErrorContext> reported = takeErrors();
        for (EventLoop opened : loops) {
            opened.close();
        }
        for (AutoCloseable resource : resources) {
            resource.close();
        }

        assertThat(pending).as("tasks that the test has left pending").isEmpty();
        assertThat(channels).as("channels that the test has left open").isEmpty();
        assertThat(reported).as("errors that the test did not expect").isEmpty();
        assertThat(errors).as("errors reported when the loop was closed").isEmpty();
    }
}
