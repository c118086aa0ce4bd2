package dev.heddle;

import dev.heddle.reactor.Reactor;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;

/**
 * A channel that one owner has for itself, and what he wants to hear of it: what a transport stands
 * on. From {@link EventLoop#ownChannel}.
 *
 * <p>At first he hears nothing. A change counts at once: an event that is in the ready queue
 * already is dropped if he has lost interest. Who reads no more stays registered with the system
 * until something does arrive, so that going on to read, as between two messages, is no system
 * call.
 *
 * <p>To be used by the loop's thread only.
 */
public final class OwnedChannel {

    private static final int READS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final int WRITES = SelectionKey.OP_CONNECT | SelectionKey.OP_WRITE;

    private final EventLoop loop;
    private final SelectableChannel channel;
    private final ChannelOwner owner;
    private final Context context; // one for all events, as asyncio has it
    private final Reactor.Registration registration;

    private boolean reads;
    private boolean writes;
    private int armed; // what the reactor waits for
    private boolean released;

    private final ReadyItem readable =
            new ReadyItem() {
                @Override
                void proceed() {
                    if (reads) {
                        loop.invoke(onReadable, context, null);
                    }
                }
            };

    private final ReadyItem writable =
            new ReadyItem() {
                @Override
                void proceed() {
                    if (writes) {
                        loop.invoke(onWritable, context, null);
                    }
                }
            };

    private final Runnable onReadable;
    private final Runnable onWritable;

    OwnedChannel(EventLoop loop, SelectableChannel channel, ChannelOwner owner, Bindings bindings)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.owner = owner;
        this.context = new Context(bindings);
        this.onReadable = owner::readable;
        this.onWritable = owner::writable;
        this.registration = loop.turn.reactor.register(channel, new Events());
    }

    private final class Events extends Watch {

        @Override
        void queueCallbacks(ReadyQueue queue) {
            if ((ready & READS) != 0) {
                if (reads) {
                    queue.add(readable);
                } else {
                    disarm(READS);
                }
            }
            if ((ready & WRITES) != 0) {
                if (writes) {
                    queue.add(writable);
                } else {
                    disarm(WRITES);
                }
            }
        }
    }

    /** Returns the channel. */
    public SelectableChannel channel() {
        return channel;
    }

    /** Sets whether {@link ChannelOwner#readable} is called while there is something to read. */
    public void reads(boolean on) {
        reads = on && !released;
        if (reads) {
            arm(READS);
        }
    }

    /** Tells whether {@link ChannelOwner#readable} is called. */
    public boolean reads() {
        return reads;
    }

    /** Sets whether {@link ChannelOwner#writable} is called while there is room to write. */
    public void writes(boolean on) {
        writes = on && !released;
        if (writes) {
            arm(WRITES);
        } else {
            disarm(WRITES); // there nearly always is room
        }
    }

    /** Tells whether {@link ChannelOwner#writable} is called. */
    public boolean writes() {
        return writes;
    }

    private void arm(int operations) {
        int wanted = armed | (operations & channel.validOps());
        if (wanted != armed && channel.isOpen()) {
            armed = wanted;
            registration.interest(armed);
        }
    }

    private void disarm(int operations) {
        int wanted = armed & ~operations;
        if (wanted != armed && channel.isOpen()) {
            armed = wanted;
            registration.interest(armed);
        }
    }

    /**
     * Ends the ownership, without closing the channel. Idempotent. The owner hears nothing more,
     * and the channel may have another one.
     */
    public void release() {
        if (!released) {
            released = true;
            reads = false;
            writes = false;
            loop.forgetOwned(this);
            registration.cancel();
        }
    }

    /**
     * Ends the ownership, and closes the channel. Idempotent. The address of a channel that listens
     * is free at once; else the system's descriptor is closed in the next poll.
     */
    public void close() {
        release();
        try {
            channel.close();
            if (channel instanceof ServerSocketChannel || channel instanceof DatagramChannel) {
                loop.turn.reactor.forgetClosed();
            }
        } catch (IOException e) {
            // Nobody can do anything about it, and the descriptor is gone in any case.
        }
    }

    void loopClosed() {
        owner.loopClosed();
    }

    @Override
    public String toString() {
        return "OwnedChannel(" + channel + " of " + owner + ")";
    }
}
