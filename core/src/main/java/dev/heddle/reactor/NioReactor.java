package dev.heddle.reactor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * The reactor over {@link Selector}, that is epoll, kqueue or wepoll.
 *
 * <p>A selector forgets a cancelled key only at its next selection, and until then the channel can
 * neither be registered again nor change its blocking mode. So a registration that ends after a
 * selection is followed by an empty one, where that matters.
 */
final class NioReactor implements Reactor {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector = Selector.open();
    private @Nullable ObjIntConsumer<Object> receiver;
    private Consumer<SelectionKey> report = key -> {};

    NioReactor() throws IOException {}

    @Override
    public Registration register(SelectableChannel channel, Object attachment) throws IOException {
        if (channel.isBlocking()) {
            throw new IllegalArgumentException(
                    "The channel is in blocking mode; call configureBlocking(false) first: "
                            + channel);
        }
        SelectionKey old = channel.keyFor(selector);
        if (old != null && !old.isValid()) {
            forgetClosed();
        }
        return new Watch(channel.register(selector, 0, attachment));
    }

    @Override
    public void poll(long timeoutNanos, ObjIntConsumer<Object> ready) throws IOException {
        Consumer<SelectionKey> action = report(ready);
        if (timeoutNanos == 0) {
            if (!selector.keys().isEmpty()) {
                selector.selectNow(action);
            }
        } else if (timeoutNanos < 0) {
            selector.select(action);
        } else {
            // Rounded up: waking before the deadline would only mean to wait again.
            selector.select(action, (timeoutNanos - 1) / NANOS_PER_MILLI + 1);
        }
    }

    /** Returns what hands a key on; made anew only for another receiver. */
    private Consumer<SelectionKey> report(ObjIntConsumer<Object> ready) {
        if (receiver != ready) {
            receiver = ready;
            report =
                    key -> {
                        try {
                            ready.accept(key.attachment(), key.readyOps());
                        } catch (CancelledKeyException e) {
                            // The channel was closed meanwhile: its owner knows.
                        }
                    };
        }
        return report;
    }

    @Override
    public void wakeup() {
        try {
            selector.wakeup();
        } catch (ClosedSelectorException e) {
            // Nobody polls a closed reactor.
        }
    }

    @Override
    public void forgetClosed() throws IOException {
        selector.selectNow(key -> {}); // readiness is level-triggered: the next poll sees it
    }

    @Override
    public boolean watching() {
        for (SelectionKey key : selector.keys()) {
            if (key.isValid()) { // else the selector has not forgotten it yet
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }

    private record Watch(SelectionKey key) implements Registration {

        @Override
        public void interest(int operations) {
            key.interestOps(operations);
        }

        @Override
        public void cancel() {
            key.cancel();
        }
    }
}
