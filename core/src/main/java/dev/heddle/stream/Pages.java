package dev.heddle.stream;

import dev.heddle.EventLoop;
import dev.heddle.LoopLocal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Arrays that all readers of a loop share, so that one that has nothing buffered holds nothing, and
 * filling and emptying makes no garbage.
 *
 * <p>Their sizes are powers of two. Of each size from 4 KiB to 256 KiB it keeps 1 MiB at most;
 * larger ones are left to the garbage collector.
 */
final class Pages {

    private static final int SMALLEST_LOG = 12;
    private static final int LARGEST_LOG = 18;
    private static final int MOST_KEPT_LOG = 20;

    private static final LoopLocal<Pages> OF_LOOP = new LoopLocal<>(loop -> new Pages());

    private final List<ArrayList<byte[]>> free =
            Stream.generate(() -> new ArrayList<byte[]>())
                    .limit(LARGEST_LOG - SMALLEST_LOG + 1)
                    .toList();

    /** Returns those of {@code loop}. */
    static Pages of(EventLoop loop) {
        return OF_LOOP.get(loop);
    }

    /** Returns an array of at least {@code size} bytes, with anything in it. */
    byte[] take(int size) {
        int log = Math.max(SMALLEST_LOG, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1));
        if (log > LARGEST_LOG) {
            return new byte[log < Integer.SIZE - 1 ? 1 << log : size];
        }
        ArrayList<byte[]> kept = free.get(log - SMALLEST_LOG);
        return kept.isEmpty() ? new byte[1 << log] : kept.removeLast();
    }

    /** Takes back what {@link #take} has given; nobody may use it any more. */
    void giveBack(byte[] array) {
        int log = Integer.numberOfTrailingZeros(array.length);
        if (log < SMALLEST_LOG || log > LARGEST_LOG || array.length != 1 << log) {
            return;
        }
        ArrayList<byte[]> kept = free.get(log - SMALLEST_LOG);
        if (kept.size() < 1 << (MOST_KEPT_LOG - log)) {
            kept.add(array);
        }
    }
}
