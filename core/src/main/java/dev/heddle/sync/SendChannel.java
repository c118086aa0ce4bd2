package dev.heddle.sync;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import java.util.Objects;

/**
 * The end of a {@link MemoryChannel} where values go in.
 *
 * <pre>
 * open ─► closed
 * </pre>
 *
 * <p>Source: {@code trio.MemorySendChannel}; its {@code clone} is {@link #copy}.
 *
 * @param <T> the type of the values; null is none
 */
public final class SendChannel<T> implements AutoCloseable {

    private final MemoryChannel<T> channel;
    private boolean closed;

    SendChannel(MemoryChannel<T> channel) {
        this.channel = channel;
    }

    /**
     * Sends a value; waits until the buffer has room or a receiver takes it.
     *
     * @throws CancelledError if the task is cancelled while it waits; nothing is sent then
     * @throws BrokenResourceException if all receivers are closed, before or while it waits
     * @throws ClosedResourceException if this end is closed, before or while it waits
     * @throws IllegalStateException if the caller is not a task, or the channel is bound to a
     *     different loop
     */
    public void send(T value) {
        Objects.requireNonNull(value, "value");
        Task<?> task = channel.callingTask("SendChannel.send");
        checkOpen();
        channel.send(value, this, task);
    }

    /**
     * Sends a value, and never waits.
     *
     * @throws WouldBlockException if the buffer has no room and no receiver waits
     * @throws BrokenResourceException if all receivers are closed
     * @throws ClosedResourceException if this end is closed
     */
    public void sendNowait(T value) {
        Objects.requireNonNull(value, "value");
        channel.check("SendChannel.sendNowait");
        checkOpen();
        channel.sendNowait(value);
    }

    /**
     * Opens another end like this one. The channel comes to its end when all of them are closed.
     *
     * @throws ClosedResourceException if this end is closed
     */
    public SendChannel<T> copy() {
        channel.check("SendChannel.copy");
        checkOpen();
        return channel.openSender();
    }

    /**
     * Closes this end: tasks that wait in it get a {@link ClosedResourceException}, and if it was
     * the last one, receivers come to the end. Idempotent, and never waits.
     */
    @Override
    public void close() {
        channel.check("SendChannel.close");
        if (!closed) {
            closed = true;
            channel.close(this);
        }
    }

    /** Tells whether this end was not closed. */
    public boolean isOpen() {
        return !closed;
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedResourceException("This sender was closed: " + this);
        }
    }

    /** Returns what the channel is doing. */
    public MemoryChannel.Statistics statistics() {
        return channel.statistics();
    }

    @Override
    public String toString() {
        return "SendChannel(%s, %s)".formatted(closed ? "closed" : "open", channel);
    }
}
