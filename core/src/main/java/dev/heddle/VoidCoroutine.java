package dev.heddle;

/** A {@link Coroutine} without a result: lets {@code () -> { sleep(1); }} stand for one. */
@FunctionalInterface
public interface VoidCoroutine {

    /** Runs the coroutine, and suspends the calling task as it needs to. */
    void await() throws Exception;

    /** Returns this as a coroutine whose result is null. */
    @SuppressWarnings("NullAway") // Void has no other value
    default Coroutine<Void> asCoroutine() {
        return () -> {
            await();
            return null;
        };
    }
}
