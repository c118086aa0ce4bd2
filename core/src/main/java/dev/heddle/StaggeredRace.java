package dev.heddle;

import dev.heddle.internal.Sneaky;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How a staggered race has ended: coroutines are started one after the other, the next one when the
 * one before fails or takes too long, and the first that returns wins.
 *
 * <p>Source: {@code asyncio.staggered.staggered_race}; RFC 8305 ("Happy Eyeballs") connects so.
 *
 * @param result what the winner has returned; null if there is none
 * @param winner the index of the winner; empty if all have failed
 * @param exceptions for each coroutine that was started, in order, what it has failed with, a
 *     {@link CancelledError} if it was cancelled or late; null for the winner
 */
public record StaggeredRace<T extends @Nullable Object>(
        @Nullable T result, OptionalInt winner, List<@Nullable Throwable> exceptions) {

    /**
     * Runs a race in the calling task; it returns when all coroutines that it has started have
     * ended. They are tasks of a {@link TaskGroup}: cancelling the calling task cancels them.
     *
     * @param delay after which the next one is started, although the one before has not failed;
     *     null: only when that fails
     * @param late takes the results that nobody gets, to close a connection, for example: of those
     *     that return although they were cancelled, and of the winner if the race ends with an
     *     error
     * @throws CancelledError if the calling task is cancelled
     */
    public static <T extends @Nullable Object> StaggeredRace<T> run(
            List<? extends Coroutine<? extends T>> coroutines,
            @Nullable Duration delay,
            Consumer<? super T> late) {
        return new Course<T>(List.copyOf(coroutines), delay, late).run();
    }

    /**
     * Returns the result of the winner.
     *
     * @throws ExceptionGroup of all exceptions, if there is no winner
     * @throws IllegalStateException if nobody was in the race
     */
    @SuppressWarnings("NullAway") // null only if T allows it
    public T orThrow() {
        if (winner.isPresent()) {
            return result;
        }
        if (exceptions.isEmpty()) {
            throw new IllegalStateException("There was no coroutine in the race");
        }
        throw new ExceptionGroup("all coroutines of a race have failed", exceptions);
    }

    /** A race that is under way. */
    private static final class Course<T extends @Nullable Object> {

        private final List<Coroutine<? extends T>> coroutines;
        private final @Nullable Long delay;
        private final Consumer<? super T> late;
        private final List<@Nullable Throwable> exceptions = new ArrayList<>();
        private int winner = -1;
        private @Nullable T result;

        Course(
                List<Coroutine<? extends T>> coroutines,
                @Nullable Duration delay,
                Consumer<? super T> late) {
            this.coroutines = coroutines;
            this.delay = delay == null ? null : EventLoop.nanos(delay);
            this.late = late;
        }

        StaggeredRace<T> run() {
            try {
                Asyncio.taskGroup(this::startAll);
            } catch (Throwable e) {
                if (winner >= 0) {
                    handBack(e);
                }
                throw Sneaky.sneakyThrow(e);
            }
            return new StaggeredRace<>(
                    result,
                    winner < 0 ? OptionalInt.empty() : OptionalInt.of(winner),
                    Collections.unmodifiableList(exceptions));
        }

        @SuppressWarnings("NullAway") // null only if T allows it
        private void handBack(Throwable because) {
            try {
                late.accept(result);
            } catch (Throwable e) {
                because.addSuppressed(e);
            }
        }

        private void startAll(TaskGroup group) {
            EventLoop loop = Asyncio.getRunningLoop();
            for (int i = 0; i < coroutines.size(); i++) {
                int index = i;
                var failed = new Future<@Nullable Void>(loop);
                exceptions.add(new CancelledError("cancelled before it began"));
                group.createTask(() -> runOne(index, failed, group));
                Waiting.until(failed, delay); // a winner ends it by cancelling the group
            }
        }

        private void runOne(int index, Future<@Nullable Void> failed, TaskGroup group) {
            T value;
            try {
                value = Asyncio.await(coroutines.get(index));
            } catch (Throwable thrown) {
                Throwable e = failed.loop.currentTaskFor("staggeredRace").cancelBehind(thrown);
                exceptions.set(index, e);
                failed.setResult(null);
                if (e instanceof CancelledError || e instanceof KeyboardInterrupt) {
                    throw Sneaky.sneakyThrow(e);
                }
                return;
            }
            if (winner < 0) {
                winner = index;
                result = value;
                exceptions.set(index, null);
                group.cancel();
            } else {
                exceptions.set(index, new CancelledError("another one has won the race"));
                late.accept(value);
            }
        }
    }
}
