package dev.heddle.sync;

import dev.heddle.CancelledError;

import java.util.Iterator;

/**
 * The end of a {@link MemoryChannel} where values come out.
 *
 * <pre>
 * open ─► closed
 * </pre>
 *
 * <p>Each value goes to one receiver.
 *
 * <p>Source: {@code trio.MemoryReceiveChannel}; its {@code clone} is {@link #copy}.
 *
 * @param <T> the type of the values
 */
public final class ReceiveChannel<T> implements AutoCloseable, Iterable<T> {

    private final MemoryChannel<T> channel;
    private boolean closed;

    ReceiveChannel(MemoryChannel<T> channel) {
        this.channel = channel;
    }

    /**
     * Receives a value; waits until there is one, and behind others who wait.
     *
     * @throws CancelledError if the task is cancelled while it waits; nothing is received then
     * @throws EndOfChannelException if all senders are closed, and no value is left
     * @throws ClosedResourceException if this end is closed, before or while it waits
     * @throws IllegalStateException if the caller is not a task, or the channel is bound to a
     *     different loop
     */
    public T receive() {
        channel.callingTask("ReceiveChannel.receive");
        checkOpen();
        return channel.receive(this);
    }

    /**
     * Receives a value, and never waits.
     *
     * @throws WouldBlockException if there is none
     * @throws EndOfChannelException if all senders are closed, and no value is left
     * @throws ClosedResourceException if this end is closed
     */
    public T receiveNowait() {
        channel.check("ReceiveChannel.receiveNowait");
        checkOpen();
        return channel.receiveNowait();
    }

    /**
     * Returns an iterator that receives values, and waits for them, until all senders are closed:
     * {@code for (String line : lines)}.
     */
    @Override
    public Iterator<T> iterator() {
        return new Receiving<>(this::receive, EndOfChannelException.class);
    }

    /**
     * Opens another end like this one. Senders fail when all of them are closed.
     *
     * @throws ClosedResourceException if this end is closed
     */
    public ReceiveChannel<T> copy() {
        channel.check("ReceiveChannel.copy");
        checkOpen();
        return channel.openReceiver();
    }

    /**
     * Closes this end: tasks that wait in it get a {@link ClosedResourceException}, and if it was
     * the last one, senders fail, and what is in the buffer is dropped. Idempotent, and never
     * waits.
     */
    @Override
    public void close() {
        channel.check("ReceiveChannel.close");
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
            throw new ClosedResourceException("This receiver was closed: " + this);
        }
    }

    /** Returns what the channel is doing. */
    public MemoryChannel.Statistics statistics() {
        return channel.statistics();
    }

    @Override
    public String toString() {
        return "ReceiveChannel(%s, %s)".formatted(closed ? "closed" : "open", channel);
    }
}
