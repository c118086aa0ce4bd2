package dev.heddle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Puts things into the order that a {@link Shuffle} decides on. */
final class Shuffler {

    private final Random random;
    private final boolean ready;

    private Shuffler(Shuffle options) {
        this.random = options.random("order");
        this.ready = options.ready();
    }

    static @Nullable Shuffler of(@Nullable Shuffle options) {
        return options == null ? null : new Shuffler(options);
    }

    /** Returns the rank of a timer among those with its deadline; not negative. */
    int rank() {
        return random.nextInt() >>> 1;
    }

    <T> void shuffle(Deque<T> items) {
        if (items.size() > 1) {
            List<T> list = new ArrayList<>(items);
            Collections.shuffle(list, random);
            items.clear();
            items.addAll(list);
        }
    }

    /** Lets tasks change places; everything else stays where it is. */
    void shuffleTasks(Deque<ReadyItem> items) {
        if (!ready) {
            return;
        }
        List<ReadyItem> strands = new ArrayList<>();
        for (ReadyItem item : items) {
            if (item instanceof Strand) {
                strands.add(item);
            }
        }
        if (strands.size() > 1) {
            Collections.shuffle(strands, random);
            List<ReadyItem> all = new ArrayList<>(items);
            int next = 0;
            items.clear();
            for (ReadyItem item : all) {
                items.add(item instanceof Strand ? strands.get(next++) : item);
            }
        }
    }
}
