package dev.heddle;

/**
 * By which the body of a publisher hands out its items; see {@link Asyncio#publisher}.
 *
 * @param <T> the type of the items
 */
public final class FlowEmitter<T> {

    private final FlowPublication<T> publication;

    FlowEmitter(FlowPublication<T> publication) {
        this.publication = publication;
    }

    /**
     * Hands {@code item} to the subscriber, and suspends the calling task before that until the
     * subscriber has requested it.
     *
     * @throws CancelledError if the subscription is cancelled
     * @throws IllegalStateException if the caller is not the publisher's own task
     */
    public void emit(T item) {
        publication.emit(item);
    }

    /** What produces the items of one subscription, in a task of its own. */
    @FunctionalInterface
    public interface Body<T> {

        /** Runs once for each subscription. */
        void run(FlowEmitter<T> emitter) throws Exception;
    }
}
