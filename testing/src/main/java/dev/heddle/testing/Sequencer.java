package dev.heddle.testing;

import dev.heddle.Asyncio;
import dev.heddle.Coroutine;
import dev.heddle.VoidCoroutine;
import dev.heddle.sync.Event;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Makes tasks take turns: block 0 runs first, whatever task it is in, then block 1, and so on.
 *
 * {@snippet :
 * var order = new Sequencer();
 * gather(
 *         () -> {
 *             order.step(0, () -> log.add("a begins"));
 *             order.step(2, () -> log.add("a ends"));
 *         },
 *         () -> order.step(1, () -> log.add("b, in between")));
 * }
 *
 * <p>If a task is cancelled while it waits for its turn, or a block fails, the order is broken, and
 * all who wait, or come later, fail.
 *
 * <p>Source: {@code trio.testing.Sequencer}.
 */
public final class Sequencer {

    private final Map<Integer, Event> turns = new HashMap<>();
    private final Set<Integer> claimed = new HashSet<>();
    private @Nullable Throwable broken;

    /** Makes one that waits for block 0. */
    public Sequencer() {}

    /** Runs {@code block} when it is its turn; waits until all with lower numbers have ended. */
    public <T extends @Nullable Object> T step(int position, Coroutine<T> block) {
        if (position < 0) {
            throw new IllegalArgumentException("position must be 0 or more, and is " + position);
        }
        if (!claimed.add(position)) {
            throw new IllegalStateException("There are two blocks with number " + position);
        }
        checkNotBroken();
        try {
            if (position > 0) {
                turn(position).await();
                checkNotBroken();
            }
            T result = Asyncio.await(block);
            turn(position + 1).set();
            return result;
        } catch (Throwable e) {
            if (broken == null) {
                broken = e;
                turns.values().forEach(Event::set);
            }
            throw e;
        }
    }

    /** Same as {@link #step(int, Coroutine)}. */
    public void step(int position, VoidCoroutine block) {
        step(position, block.asCoroutine());
    }

    private Event turn(int position) {
        return turns.computeIfAbsent(position, p -> new Event());
    }

    private void checkNotBroken() {
        if (broken != null) {
            throw new IllegalStateException("The sequence was broken before: " + broken, broken);
        }
    }
}
