package dev.heddle;

import dev.heddle.reactor.Reactor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/** The reader and the writer callback of one channel. */
final class ChannelWatch extends Watch {

    private static final int READS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

    /** A selector reports the first only while a channel is connecting, the second only after. */
    private static final int WRITES = SelectionKey.OP_CONNECT | SelectionKey.OP_WRITE;

    private final SelectableChannel channel;
    private final Reactor.Registration registration;
    private @Nullable Handle reader;
    private @Nullable Handle writer;

    ChannelWatch(Reactor reactor, SelectableChannel channel) throws IOException {
        this.channel = channel;
        this.registration = reactor.register(channel, this);
    }

    void reader(@Nullable Handle handle) {
        if (handle != null) {
            check(READS, "addReader: %s cannot be read from");
        }
        if (reader != null) {
            reader.cancel();
        }
        reader = handle;
        updateInterest();
    }

    void writer(@Nullable Handle handle) {
        if (handle != null) {
            check(WRITES, "addWriter: %s cannot be written to");
        }
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

    private void check(int operations, String complaint) {
        if (!channel.isOpen()) {
            throw new UncheckedIOException(
                    "The channel was closed while it was watched: " + channel,
                    new ClosedChannelException());
        }
        if ((channel.validOps() & operations) == 0) {
            throw new IllegalArgumentException(complaint.formatted(channel));
        }
    }

    private void updateInterest() {
        int interest = (reader == null ? 0 : READS) | (writer == null ? 0 : WRITES);
        if (channel.isOpen()) {
            registration.interest(interest & channel.validOps());
        }
    }

    @Override
    void queueCallbacks(ReadyQueue queue) {
        if (reader != null && (ready & READS) != 0) {
            queue.add(reader);
        }
        if (writer != null && (ready & WRITES) != 0) {
            queue.add(writer);
        }
    }
}
