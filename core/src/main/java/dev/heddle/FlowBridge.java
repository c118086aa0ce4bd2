package dev.heddle;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/** Between tasks and {@link Flow}, with backpressure. */
final class FlowBridge {

    /** Enough that a publisher on another thread seldom waits, and little memory. */
    static final int DEFAULT_BUFFER_SIZE = 64;

    private FlowBridge() {}

    static <T> Flow.Publisher<T> publisher(EventLoop loop, FlowEmitter.Body<T> body) {
        Objects.requireNonNull(body, "body");
        return subscriber -> {
            Objects.requireNonNull(subscriber, "subscriber");
            new FlowPublication<T>(loop, body, subscriber).begin(subscriber);
        };
    }

    static <T> Flow.Publisher<T> publisher(
            EventLoop loop, Supplier<? extends Iterable<? extends T>> items) {
        Objects.requireNonNull(items, "items");
        return publisher(loop, (FlowEmitter<T> emitter) -> emitAll(items.get(), emitter));
    }

    private static <T> void emitAll(Iterable<? extends T> items, FlowEmitter<T> emitter)
            throws Exception {
        try (AutoCloseable closing = items instanceof AutoCloseable c ? c : () -> {}) {
            for (T item : items) {
                emitter.emit(item);
            }
        }
    }
}
