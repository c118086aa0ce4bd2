package dev.heddle.sync;

import dev.heddle.CancelledError;
import dev.heddle.Task;

import java.util.ArrayDeque;

/**
 * A queue with two kinds of ends: values go in at a {@link SendChannel} and come out at a {@link
 * ReceiveChannel}.
 *
 * <p>Give each task an end of its own, made with {@code copy()}, and let it close it. When the last
 * sender is closed, receivers come to an end after what is left; when the last receiver is closed,
 * senders fail. So a pipeline of many producers and consumers comes down by itself, from either
 * side.
 *
 * <p>The buffer holds what no receiver has taken yet. With 0 a sender waits for a receiver: a
 * rendezvous.
 *
 * <p>Fairness: senders and receivers go on in the order in which they came, and values arrive in
 * the order in which they were sent. Cancelling: a waiting {@code send} or {@code receive} throws,
 * and has not sent or received. A cancel that comes when a receiver has taken the value is thrown
 * at the sender's next wait instead. A value on the way to a receiver that is cancelled goes to the
 * next, also if the buffer is full.
 *
 * <p>Source: {@code trio.open_memory_channel}.
 *
 * @param <T> the type of the values; null is none
 */
public final class MemoryChannel<T> extends Primitive {

    /** The size of a buffer without a limit. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /**
     * What a channel is doing.
     *
     * @param bufferUsed how many values are in the buffer
     * @param bufferSize how many it can hold
     * @param openSendChannels how many senders are open
     * @param openReceiveChannels how many receivers are open
     * @param tasksWaitingSend how many tasks wait to send
     * @param tasksWaitingReceive how many tasks wait to receive
     */
    public record Statistics(
            int bufferUsed,
            int bufferSize,
            int openSendChannels,
            int openReceiveChannels,
            int tasksWaitingSend,
            int tasksWaitingReceive) {}

    /** The wait of a sender, with its value. */
    private static final class Offer<T> extends Waiter {

        final T value;
        final SendChannel<T> end;
        boolean taken;

        Offer(WaitQueue queue, T value, SendChannel<T> end) {
            super(queue);
            this.value = value;
            this.end = end;
        }
    }

    /** The wait of a receiver. */
    private static final class Demand extends Waiter {

        final ReceiveChannel<?> end;

        Demand(WaitQueue queue, long ticket, ReceiveChannel<?> end) {
            super(queue, ticket);
            this.end = end;
        }
    }

    private final int bufferSize;
    private final ArrayDeque<T> buffer = new ArrayDeque<>();
    private final WaitQueue senders;
    private final WaitQueue receivers;
    private int openSenders;
    private int openReceivers;
    private final SendChannel<T> sender;
    private final ReceiveChannel<T> receiver;

    MemoryChannel(int bufferSize, WaitQueue.Maker queues) {
        if (bufferSize < 0) {
            throw new IllegalArgumentException(
                    "The size of the buffer must be 0 or more: " + bufferSize);
        }
        this.bufferSize = bufferSize;
        this.senders = queues.make(this);
        this.receivers = queues.make(this);
        this.sender = openSender();
        this.receiver = openReceiver();
    }

    /**
     * Opens a channel.
     *
     * @param bufferSize how many values can be on the way; {@link #UNBOUNDED} for any number
     * @throws IllegalArgumentException if that is negative
     */
    public static <T> MemoryChannel<T> open(int bufferSize) {
        return new MemoryChannel<>(bufferSize, WaitQueue::new);
    }

    /** Returns the first end where values go in. */
    public SendChannel<T> sender() {
        return sender;
    }

    /** Returns the first end where values come out. */
    public ReceiveChannel<T> receiver() {
        return receiver;
    }

    // ---------------------------------------------------------------- sending

    void send(T value, SendChannel<T> end, Task<?> task) {
        checkReceivers();
        if (hasRoom()) {
            put(value);
        } else {
            awaitReceiver(new Offer<>(senders, value, end), task);
        }
    }

    void sendNowait(T value) {
        checkReceivers();
        if (!hasRoom()) {
            throw new WouldBlockException(this + " has no room. Use send, which waits.");
        }
        put(value);
    }

    private void awaitReceiver(Offer<T> offer, Task<?> task) {
        try {
            senders.await(offer);
        } catch (CancelledError e) {
            if (!offer.taken) {
                throw e;
            }
            // It is sent. So the next wait throws instead.
            task.uncancel();
            task.cancel(e.cancelMessage());
            return;
        }
        if (!offer.taken) {
            offer.end.checkOpen();
            throw noReceivers();
        }
    }

    /** Whether a value finds room in the buffer, or with a receiver who waits. */
    private boolean hasRoom() {
        return senders.waiting() == 0 && buffer.size() - receivers.size() < bufferSize;
    }

    private void put(T value) {
        buffer.addLast(value);
        receivers.wakeFree();
    }

    private void checkReceivers() {
        if (openReceivers == 0) {
            throw noReceivers();
        }
    }

    private BrokenResourceException noReceivers() {
        return new BrokenResourceException(
                "All receivers are closed, so nobody would get the value: " + this);
    }

    // ---------------------------------------------------------------- receiving

    T receive(ReceiveChannel<T> end) {
        if (available() == 0 ? openSenders > 0 : !receivers.isIdle()) {
            awaitSender(end);
        }
        return take();
    }

    T receiveNowait() {
        if (available() == 0 && openSenders > 0) {
            throw new WouldBlockException(this + " has no value. Use receive, which waits.");
        }
        return take();
    }

    private void awaitSender(ReceiveChannel<T> end) {
        long ticket = receivers.drawTicket();
        do {
            receivers.await(new Demand(receivers, ticket, end));
        } while (end.isOpen() && receivers.mustWaitAgain(ticket));
        if (!end.isOpen()) {
            receivers.wakeFree();
            end.checkOpen();
        }
    }

    private T take() {
        try {
            if (available() == 0) {
                throw new EndOfChannelException(
                        "All senders are closed, and no value is left: " + this);
            }
            T value = buffer.isEmpty() ? takeOffered() : buffer.removeFirst();
            while (senders.waiting() > 0 && buffer.size() < bufferSize) {
                buffer.addLast(takeOffered());
            }
            return value;
        } finally {
            receivers.wakeFree(); // those that came while this one was on its way
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // there is one, and it is of ours
    private T takeOffered() {
        var offer = (Offer<T>) senders.next();
        offer.taken = true;
        senders.dismiss(offer);
        return offer.value;
    }

    /** Returns how many values can be received at once. */
    private int available() {
        return buffer.size() + senders.waiting();
    }

    @Override
    int free(WaitQueue queue) {
        if (queue == senders) {
            return 0; // they are woken when their value is taken
        }
        return openSenders == 0 ? Integer.MAX_VALUE : available();
    }

    // ---------------------------------------------------------------- closing

    SendChannel<T> openSender() {
        openSenders++;
        return new SendChannel<>(this);
    }

    ReceiveChannel<T> openReceiver() {
        openReceivers++;
        return new ReceiveChannel<>(this);
    }

    void close(SendChannel<T> end) {
        openSenders--;
        for (Waiter w = senders.next(), next; w != null; w = next) {
            next = w.next;
            if (((Offer<?>) w).end == end) {
                senders.dismiss(w);
            }
        }
        receivers.wakeFree(); // if it was the last one, they have come to the end
    }

    void close(ReceiveChannel<T> end) {
        openReceivers--;
        for (Waiter w = receivers.next(), next; w != null; w = next) {
            next = w.next;
            if (((Demand) w).end == end) {
                receivers.dismiss(w);
            }
        }
        if (openReceivers == 0) {
            buffer.clear();
            for (Waiter w; (w = senders.next()) != null; ) {
                senders.dismiss(w);
            }
        }
    }

    // ---------------------------------------------------------------- reading

    /** Returns what is in the buffer, how many ends are open, and how many tasks wait. */
    public Statistics statistics() {
        check("MemoryChannel.statistics");
        return new Statistics(
                buffer.size(),
                bufferSize,
                openSenders,
                openReceivers,
                senders.size(),
                receivers.size());
    }

    @Override
    public String toString() {
        return "MemoryChannel(%d of %s in the buffer, %d sending, %d receiving)"
                .formatted(
                        buffer.size(),
                        bufferSize == UNBOUNDED ? "any number" : bufferSize,
                        senders.size(),
                        receivers.size());
    }
}
