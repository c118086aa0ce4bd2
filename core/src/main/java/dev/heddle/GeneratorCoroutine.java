package dev.heddle;

import dev.heddle.generator.Generator;
import dev.heddle.generator.StopIteration;
import dev.heddle.generator.Yielder;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * A coroutine in the style from before {@code await}: a generator that yields the futures it waits
 * for, and delegates to others with {@code yieldFrom}. A task drives it.
 *
 * <p>Source: PEP 3156, {@code asyncio.coroutine}; Tornado's {@code gen.coroutine} yields in the
 * same way.
 *
 * @param <R> the type of the result
 */
public final class GeneratorCoroutine<R extends @Nullable Object> implements Coroutine<R> {

    /** The body of the coroutine. */
    @FunctionalInterface
    public interface Body<R extends @Nullable Object> {

        /** Runs, and waits by means of {@code y}. */
        R run(Waiter y) throws Exception;
    }

    private final Body<R> body;

    private GeneratorCoroutine(Body<R> body) {
        this.body = body;
    }

    /** Makes a coroutine of a generator's body. It can be run many times. */
    public static <R extends @Nullable Object> GeneratorCoroutine<R> of(Body<R> body) {
        return new GeneratorCoroutine<>(Objects.requireNonNull(body, "body"));
    }

    /** Returns a coroutine that suspends for {@code seconds}. Source: {@code asyncio.sleep}. */
    public static GeneratorCoroutine<@Nullable Void> sleep(double seconds) {
        return of(
                y -> {
                    EventLoop loop = Asyncio.getRunningLoop();
                    Future<@Nullable Void> woken = loop.createFuture();
                    TimerHandle timer =
                            loop.callLater(
                                    seconds,
                                    () -> {
                                        if (!woken.done()) {
                                            woken.setResult(null);
                                        }
                                    });
                    try {
                        return y.yieldFrom(woken);
                    } finally {
                        timer.cancel();
                    }
                });
    }

    /** Returns a new generator that runs the body. */
    public Generator<Object, Object, R> generator() {
        return Generator.of(y -> body.run(new Waiter(y)));
    }

    /** Runs the coroutine in the calling task. */
    @Override
    public R await() {
        return drive(generator());
    }

    /**
     * Runs a generator in the calling task: waits for each awaitable that it yields, and sends it
     * the result or throws the error into it. Null stands for letting others run once.
     *
     * @return what the generator returns
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // what a generator returns is in StopIteration
    public static <R extends @Nullable Object> R drive(
            Generator<? extends @Nullable Object, Object, ? extends R> generator) {
        Object answer = null;
        Throwable error = null;
        try {
            while (true) {
                Object yielded =
                        error == null ? generator.send(answer) : generator.throwInto(error);
                answer = null;
                error = null;
                try {
                    answer = awaitYielded(yielded);
                } catch (Throwable e) {
                    error = e;
                }
            }
        } catch (StopIteration end) {
            return (R) end.value();
        }
    }

    private static @Nullable Object awaitYielded(@Nullable Object yielded) throws Exception {
        return switch (yielded) {
            case null -> {
                Asyncio.sleep(0);
                yield null;
            }
            case Awaitable<?> awaitable -> awaitable.await();
            case CompletionStage<?> stage -> Asyncio.getRunningLoop().wrapFuture(stage).await();
            default ->
                    throw new IllegalStateException(
                            "A generator-based coroutine yielded something that is not awaitable: "
                                    + yielded);
        };
    }

    /** What the body of a generator-based coroutine waits by. */
    public static final class Waiter {

        private final Yielder<Object, Object> yielder;

        private Waiter(Yielder<Object, Object> yielder) {
            this.yielder = yielder;
        }

        /**
         * Returns the result of {@code awaitable} once it is there, as {@code yield from} does. A
         * generator-based coroutine runs as a sub-generator; any other coroutine runs in place.
         */
        @SuppressWarnings({"unchecked", "NullAway"}) // a task sends the result of what was yielded
        public <T extends @Nullable Object> T yieldFrom(Awaitable<T> awaitable) throws Exception {
            return switch (awaitable) {
                case GeneratorCoroutine<T> coroutine -> yielder.yieldFrom(coroutine.generator());
                case Future<T> future -> (T) yielder.yield(future);
                default -> awaitable.await();
            };
        }

        /** Suspends for {@code seconds}. */
        public void sleep(double seconds) {
            yielder.yieldFrom(GeneratorCoroutine.sleep(seconds).generator());
        }

        /** Runs a generator as a sub-generator, and returns what it returns. */
        public <T extends @Nullable Object> T yieldFrom(Generator<Object, Object, T> generator) {
            return yielder.yieldFrom(generator);
        }

        /** Same as {@link #yieldFrom(Awaitable)} for a future, in Tornado's words. */
        @SuppressWarnings({"unchecked", "NullAway"}) // as above
        public <T extends @Nullable Object> T yield(Future<T> future) {
            return (T) yielder.yield(future);
        }
    }
}
