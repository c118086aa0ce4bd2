package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes futures of what combinators are given. A future that is given several times is one.
 *
 * <p>A coroutine that is given twice runs twice: Java makes one object of a lambda that captures
 * nothing, so that it says nothing about how often its work is meant to be done. (asyncio's
 * coroutine objects are new for each call, and can be awaited once.)
 */
final class Distinct {

    private Distinct() {}

    /**
     * Tells {@code all} of the future for each awaitable, in order, and {@code first} of those that
     * have not been there before.
     */
    static <T extends @Nullable Object> void futures(
            Collection<? extends Awaitable<? extends T>> awaitables,
            Consumer<Future<? extends T>> all,
            Consumer<Future<? extends T>> first) {
        Map<Awaitable<? extends T>, Future<? extends T>> made = new IdentityHashMap<>();
        for (Awaitable<? extends T> awaitable : awaitables) {
            Future<? extends T> future = made.get(awaitable);
            if (future == null) {
                future = Asyncio.ensureFuture(awaitable);
                if (!canRunAgain(awaitable)) {
                    made.put(awaitable, future);
                }
                first.accept(future);
            }
            all.accept(future);
        }
    }

    private static boolean canRunAgain(Awaitable<?> awaitable) {
        return awaitable instanceof Coroutine && !(awaitable instanceof GeneratorCoroutine);
    }
}
