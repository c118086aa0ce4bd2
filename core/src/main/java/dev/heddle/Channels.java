package dev.heddle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The channels that a loop watches for its users, and those that have an owner. */
final class Channels {

    /** A closed channel is forgotten at the latest when there are twice as many as were open. */
    private static final int LEAST_TO_PURGE = 64;

    private final EventLoop loop;
    private int purgeAt = LEAST_TO_PURGE;
    private final Map<SelectableChannel, ChannelWatch> watches = new IdentityHashMap<>();
    private final Map<SelectableChannel, OwnedChannel> owned = new IdentityHashMap<>();

    Channels(EventLoop loop) {
        this.loop = loop;
    }

    void addReader(SelectableChannel channel, Runnable callback) {
        Handle handle = handle(callback);
        ChannelWatch watch = watch(channel, "addReader");
        try {
            watch.reader(handle);
        } finally {
            forgetIfIdle(channel, watch); // it has refused
        }
    }

    void addWriter(SelectableChannel channel, Runnable callback) {
        Handle handle = handle(callback);
        ChannelWatch watch = watch(channel, "addWriter");
        try {
            watch.writer(handle);
        } finally {
            forgetIfIdle(channel, watch); // it has refused
        }
    }

    boolean removeReader(SelectableChannel channel) {
        loop.checkThread("removeReader");
        ChannelWatch watch = watches.get(channel);
        if (watch == null || !watch.hasReader()) {
            return false;
        }
        watch.reader(null);
        forgetIfIdle(channel, watch);
        return true;
    }

    boolean removeWriter(SelectableChannel channel) {
        loop.checkThread("removeWriter");
        ChannelWatch watch = watches.get(channel);
        if (watch == null || !watch.hasWriter()) {
            return false;
        }
        watch.writer(null);
        forgetIfIdle(channel, watch);
        return true;
    }

    private Handle handle(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        var handle = new CallbackHandle(loop, callback, loop.currentBindings());
        loop.noteCreation(handle);
        return handle;
    }

    private ChannelWatch watch(SelectableChannel channel, String method) {
        Objects.requireNonNull(channel, "channel");
        loop.checkThread(method);
        loop.checkOpen();
        checkNotOwned(channel, method);
        ChannelWatch watch = watches.get(channel);
        if (watch == null) {
            try {
                watch = new ChannelWatch(loop.turn.reactor, channel);
            } catch (IOException e) {
                throw new UncheckedIOException(method + ": cannot watch " + channel, e);
            }
            if (watches.size() >= purgeAt) {
                watches.keySet().removeIf(other -> !other.isOpen());
                purgeAt = Math.max(LEAST_TO_PURGE, 2 * watches.size());
            }
            watches.put(channel, watch);
        }
        return watch;
    }

    private void forgetIfIdle(SelectableChannel channel, ChannelWatch watch) {
        if (!watch.hasReader() && !watch.hasWriter()) {
            watch.end();
            watches.remove(channel);
        }
    }

    OwnedChannel own(SelectableChannel channel, ChannelOwner owner) throws IOException {
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(owner, "owner");
        loop.checkThread("ownChannel");
        loop.checkOpen();
        checkNotOwned(channel, "ownChannel");
        if (watches.containsKey(channel)) {
            throw new IllegalStateException(
                    "ownChannel: %s is watched by addReader or addWriter; remove these first"
                            .formatted(channel));
        }
        var made = new OwnedChannel(loop, channel, owner, loop.currentBindings());
        owned.put(channel, made);
        loop.noteCreation(made);
        return made;
    }

    private void checkNotOwned(SelectableChannel channel, String method) {
        OwnedChannel other = owned.get(channel);
        if (other != null) {
            throw new IllegalStateException(
                    "%s: the channel belongs to another, %s".formatted(method, other));
        }
    }

    void forgetOwned(OwnedChannel channel) {
        owned.remove(channel.channel(), channel);
    }

    List<SelectableChannel> openChannels() {
        return Stream.concat(owned.keySet().stream(), watches.keySet().stream())
                .filter(SelectableChannel::isOpen)
                .toList();
    }

    /** Returns what is open: owned channels, each with its owner, and those that are watched. */
    List<Object> leftOpen() {
        List<Object> open = new ArrayList<>();
        owned.values().stream().filter(o -> o.channel().isOpen()).forEach(open::add);
        watches.keySet().stream().filter(SelectableChannel::isOpen).forEach(open::add);
        return open;
    }

    /** Lets the owners close what they have. */
    void close() {
        watches.clear();
        for (OwnedChannel channel : List.copyOf(owned.values())) {
            try {
                channel.loopClosed();
            } finally {
                channel.close();
            }
        }
    }
}
