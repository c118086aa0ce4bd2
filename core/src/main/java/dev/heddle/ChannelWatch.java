package dev.heddle;

import dev.heddle.reactor.Reactor;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The reader and the writer callback of one channel. */
final class ChannelWatch {

    private static final int WRITES = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private final SelectableChannel channel;
    private final Reactor.Registration registration;
    private @Nullable Handle reader;
    private @Nullable Handle writer;

    /** The operations that the last poll found ready. */
    int ready;

    ChannelWatch(Reactor reactor, SelectableChannel channel) throws IOException {
        this.channel = channel;
        this.registration = reactor.register(channel, this);
    }

    void reader(@Nullable Handle handle) {
        if (reader != null) {
            reader.cancel();
        }
        reader = handle;
        updateInterest();
    }

    void writer(@Nullable Handle handle) {
        if (writer != null) {
            writer.cancel();
        }
        writer = handle;
        updateInterest();
    }

    boolean hasReader() {
        return reader != null;
    }

    boolean hasWriter() {
        return writer != null;
    }

    void end() {
        registration.cancel();
    }

    private void updateInterest() {
        int interest = 0;
        if (reader != null) {
            interest |= channel.validOps() & ~WRITES;
        }
        if (writer != null) {
            // A connected channel would report OP_CONNECT for ever, an unconnected one nothing else.
            boolean connecting = channel instanceof SocketChannel s && s.isConnectionPending();
            interest |= connecting ? SelectionKey.OP_CONNECT : SelectionKey.OP_WRITE;
        }
        if (channel.isOpen()) {
            registration.interest(interest);
        }
    }

    void queueCallbacks(ReadyQueue queue) {
        if (reader != null && (ready & ~WRITES) != 0) {
            queue.add(reader);
        }
        if (writer != null && (ready & WRITES) != 0) {
            queue.add(writer);
        }
    }
}
