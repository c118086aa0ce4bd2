package dev.heddle.reactor;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.function.ObjIntConsumer;

/**
 * Waits until channels are ready for I/O: the part of an event loop that the operating system does.
 *
 * <p>All methods but {@link #wakeup} are called by the loop's thread only.
 */
public interface Reactor extends AutoCloseable {

    /**
     * Takes a channel under watch, with no interest yet.
     *
     * @param attachment what {@link #poll} reports when the channel is ready
     * @throws IllegalArgumentException if the channel is in blocking mode, or not of this reactor
     * @throws IOException if the channel is closed, or the system refuses
     */
    Registration register(SelectableChannel channel, Object attachment) throws IOException;

    /**
     * Waits until a channel is ready, {@link #wakeup} is called, or the time is over, and reports
     * each ready channel with the ready operations of {@link java.nio.channels.SelectionKey}.
     *
     * @param timeoutNanos 0: don't wait; negative: wait without limit
     */
    void poll(long timeoutNanos, ObjIntConsumer<Object> ready) throws IOException;

    /** Ends a {@link #poll} that waits, or the next one at once. May be called by any thread. */
    void wakeup();

    /** Tells whether there is any open channel to wait for. */
    boolean watching();

    /** Lets go at once of the channels that were closed, and of the addresses that they had. */
    default void forgetClosed() throws IOException {}

    /** Returns where the sockets come from that it can watch; the machine's network by default. */
    default Network network() {
        return Network.system();
    }

    @Override
    void close() throws IOException;

    /** A channel under watch. Closing the channel ends it. */
    interface Registration {

        /** Sets the operations to wait for, as in {@link java.nio.channels.SelectionKey}. */
        void interest(int operations);

        /** Ends the watch. Once it returns, the channel may be set to blocking mode. */
        void cancel();
    }

    /** Opens a reactor on {@link java.nio.channels.Selector}. */
    static Reactor nio() throws IOException {
        return new NioReactor();
    }
}
