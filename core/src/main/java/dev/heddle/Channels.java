package dev.heddle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;

/** The channels that a loop watches for its users. */
final class Channels {

    /** A closed channel is forgotten at the latest when there are twice as many as were open. */
    private static final int LEAST_TO_PURGE = 64;

    private final EventLoop loop;
    private int purgeAt = LEAST_TO_PURGE;
    private final Map<SelectableChannel, ChannelWatch> watches = new IdentityHashMap<>();

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

    void clear() {
        watches.clear();
    }
}
