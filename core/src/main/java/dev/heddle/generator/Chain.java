package dev.heddle.generator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;

/**
 * A generator that is driven from outside, and those it yields from: the second is the first one's
 * delegate, the third the second one's, and so on.
 *
 * <p>Each has a continuation of its own, run on the stack of the driver and never on each other's.
 * So what is sent goes straight to the innermost, what that yields goes straight to the driver, and
 * the depth costs nothing. Only when the innermost finishes does the one below it run again.
 * Nothing here is recursive: a chain may be as deep as memory allows.
 *
 * <p>The truth is in {@link Execution#delegate}; {@link #links} caches it. The cache is a prefix of
 * the truth: a generator that is driven directly although another one delegates to it, which is
 * legal, leaves the cache together with all above it, and is found again by {@link #descend()}.
 */
final class Chain {

    final Generator<?, ?, ?> root;
    private final ArrayList<Generator<?, ?, ?>> links = new ArrayList<>();

    // What the innermost generator is to be resumed with.
    private @Nullable Object sent;
    private @Nullable Throwable thrown;

    /** The index of the generator that is being closed; 0 if none: the root is only thrown into. */
    private int closing;

    Chain(Generator<?, ?, ?> root) {
        this.root = root;
        links.add(root);
    }

    /**
     * Runs the generators of the chain until a value comes out of it or the root has finished.
     *
     * <p>This is the whole of PEP 380. A generator that delegates gets GeneratorExit last: its
     * delegate is closed before it, and that one's delegate before. {@link #closing} is the one
     * whose turn it is.
     *
     * @return the value; or {@link Generator#FINISHED}, and how is in the root's execution
     */
    @Nullable Object drive(@Nullable Object sendIn, @Nullable Throwable throwIn) {
        sent = sendIn;
        thrown = throwIn;
        Generator<?, ?, ?> lookedInto = descend();
        closing = throwIn instanceof GeneratorExit ? links.size() - 1 : 0;
        while (true) {
            Object yielded;
            if (lookedInto != null) {
                yielded = lookedInto.takeLookahead();
                lookedInto = null;
            } else {
                Execution<?, ?, ?> top = resumeInnermost();
                if (top.phase == Execution.Phase.DELEGATED) {
                    lookedInto = descend();
                    continue;
                }
                if (top.hasFinished()) {
                    if (links.size() == 1) {
                        return Generator.FINISHED;
                    }
                    dropInnermost(throwIn);
                    continue;
                }
                yielded = top.takeValue();
            }
            if (closing == 0) {
                return yielded;
            }
            // It should have finished. It is left to itself, and its outer generator is told.
            cut(links.get(closing--));
            answer(null, Generator.ignoredExit());
        }
    }

    /**
     * Goes on to the innermost generator, as far as there are delegates that can be resumed. One
     * that cannot be has an answer for the generator that delegates to it, except that {@link
     * Generator#hasNext()} may have got its next value already: then returns it.
     */
    private @Nullable Generator<?, ?, ?> descend() {
        while (links.getLast().execution.delegate instanceof Generator<?, ?, ?> inner) {
            if (inner.isExecuting()) {
                answer(null, Generator.alreadyExecuting());
            } else if (inner.isClosed()) {
                answer(inner.takeLookahead(), thrown);
            } else if (!inner.hasLookahead() || thrown instanceof GeneratorExit) {
                join(inner);
            } else if (sent == null && thrown == null) {
                return inner;
            } else {
                answer(null, Generator.lookedAhead());
            }
        }
        return null;
    }

    /** Ends the delegation of the innermost generator, with a value or an exception. */
    private void answer(@Nullable Object value, @Nullable Throwable error) {
        links.getLast().execution.delegate = null;
        sent = value;
        thrown = error;
    }

    private Execution<?, ?, ?> resumeInnermost() {
        Execution<?, ?, ?> innermost = links.getLast().execution;
        Object value = sent;
        Throwable error = thrown;
        sent = null;
        thrown = null;
        innermost.resume(value, error);
        return innermost;
    }

    /** Gives the result of the innermost generator, which has finished, to the one below it. */
    private void dropInnermost(@Nullable Throwable exit) {
        Generator<?, ?, ?> finished = links.getLast();
        cut(finished);
        finished.finish();
        Object value = finished.execution.takeValue();
        Throwable error = finished.execution.takeError();
        if (links.size() == closing) { // It was its turn to be closed: the next one's now.
            closing--;
            answer(null, error == null || error instanceof GeneratorExit ? exit : error);
        } else {
            answer(value, error);
        }
    }

    private void join(Generator<?, ?, ?> inner) {
        inner.joinChain(this);
        links.add(inner);
    }

    /** Takes a generator, and all above it, out of the cache. */
    void cut(Generator<?, ?, ?> member) {
        Generator<?, ?, ?> last;
        do {
            last = links.removeLast();
            last.chained = null;
        } while (last != member);
    }
}
