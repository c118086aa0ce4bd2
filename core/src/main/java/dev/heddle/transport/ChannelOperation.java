package dev.heddle.transport;

import dev.heddle.Asyncio;
import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;
import dev.heddle.Suspension;
import dev.heddle.Task;

import java.nio.channels.SelectableChannel;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One task's use of one direction of a channel, from its first wait up to its end.
 *
 * <pre>
 * trying ⇄ waiting ─► ended
 * </pre>
 *
 * <p>From the first wait on it stands in the loop's list, so that no other task takes what this one
 * waits for. A cancel takes it out at once, in the call of {@code cancel} itself: what comes next
 * may begin before the cancelled task has run.
 */
final class ChannelOperation implements AutoCloseable {

    private static final class Busy {
        final Map<SelectableChannel, ChannelOperation> readers = new IdentityHashMap<>();
        final Map<SelectableChannel, ChannelOperation> writers = new IdentityHashMap<>();
    }

    private static final LoopLocal<Busy> BUSY = new LoopLocal<>(loop -> new Busy());

    private final EventLoop loop;
    private final SelectableChannel channel;
    private final String name;
    private final boolean reads;
    private final Map<SelectableChannel, ChannelOperation> busy;
    private final Task<?> task;
    private boolean watching;

    private ChannelOperation(SelectableChannel channel, String name, boolean reads) {
        this.loop = Asyncio.getRunningLoop();
        this.channel = Objects.requireNonNull(channel, "channel");
        this.name = name;
        this.reads = reads;
        Task<?> current = loop.currentTask();
        if (current == null) {
            throw new IllegalStateException(
                    name + " may wait, and cannot be called in a callback; start a task");
        }
        this.task = current;
        if (channel.isBlocking()) {
            throw new IllegalArgumentException(
                    "%s: channel is in blocking mode; call configureBlocking(false) first: %s"
                            .formatted(name, channel));
        }
        Busy all = BUSY.get(loop);
        this.busy = reads ? all.readers : all.writers;
        checkFree();
    }

    private void checkFree() {
        ChannelOperation other = busy.get(channel);
        if (other != null && other != this) {
            throw new IllegalStateException(
                    "%s: another task waits for the same channel already: %s"
                            .formatted(name, other));
        }
    }

    static ChannelOperation reading(SelectableChannel channel, String name) {
        return new ChannelOperation(channel, name, true);
    }

    static ChannelOperation writing(SelectableChannel channel, String name) {
        return new ChannelOperation(channel, name, false);
    }

    /** Suspends the calling task until the channel is ready. */
    void awaitReady() {
        checkFree(); // a name may have been looked up meanwhile
        busy.put(channel, this);
        var wait = new Wait();
        if (reads) {
            loop.addReader(channel, wait);
        } else {
            loop.addWriter(channel, wait);
        }
        watching = true;
        wait.suspend();
    }

    private final class Wait extends Suspension implements Runnable {

        /** The channel is ready. */
        @Override
        public void run() {
            unwatch();
            wake();
        }

        @Override
        protected boolean callOff() {
            close();
            return true;
        }
    }

    private void unwatch() {
        if (watching) {
            watching = false;
            if (reads) {
                loop.removeReader(channel);
            } else {
                loop.removeWriter(channel);
            }
        }
    }

    /** Ends it, for others to begin. Idempotent. */
    @Override
    public void close() {
        unwatch();
        busy.remove(channel, this);
    }

    @Override
    public String toString() {
        return "%s of %s on %s".formatted(name, task, channel);
    }
}
