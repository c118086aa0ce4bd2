package dev.heddle.testing;

import dev.heddle.ErrorContext;
import dev.heddle.EventLoop;
import dev.heddle.LoopProbe;

import java.util.ArrayList;
import java.util.List;

/**
 * What the loop's exception handler was told during a test; a parameter to be injected. A test
 * fails in the end if there is anything that it has not taken.
 */
public final class LoopErrors {

    private final List<ErrorContext> errors = new ArrayList<>();
    private final EventLoop loop;

    LoopErrors(EventLoop loop) {
        this.loop = loop;
    }

    synchronized void add(ErrorContext error) {
        errors.add(error);
    }

    /**
     * Returns what there is since the last call, and takes it. Failures that nobody has retrieved
     * so far are among it.
     */
    public List<ErrorContext> take() {
        if (!loop.isClosed()) {
            LoopProbe.of(loop).reportUnretrieved();
        }
        synchronized (this) {
            List<ErrorContext> taken = List.copyOf(errors);
            errors.clear();
            return taken;
        }
    }

    /**
     * Returns the one error that there is since the last call, and takes it.
     *
     * @throws AssertionError if it is none, or several, or of another type
     */
    public <E extends Throwable> E takeOne(Class<E> type) {
        List<ErrorContext> taken = take();
        if (taken.size() == 1 && type.isInstance(taken.getFirst().exception())) {
            return type.cast(taken.getFirst().exception());
        }
        var wrong =
                new AssertionError(
                        "The exception handler should have been told of one %s, and was told of: %s"
                                .formatted(
                                        type.getName(),
                                        taken.stream().map(ErrorContext::describe).toList()));
        taken.stream()
                .map(ErrorContext::exception)
                .filter(e -> e != null)
                .forEach(wrong::addSuppressed);
        throw wrong;
    }
}
