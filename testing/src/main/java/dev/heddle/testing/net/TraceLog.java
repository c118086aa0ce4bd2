package dev.heddle.testing.net;

import dev.heddle.testing.net.TraceEvent.Kind;
import dev.heddle.testing.net.TraceEvent.Place;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;

/** Keeps the newest events. */
final class TraceLog {

    private final Timeline timeline;
    private final int limit;
    private final ArrayDeque<TraceEvent> events = new ArrayDeque<>();
    private long dropped;

    TraceLog(Timeline timeline, int limit) {
        this.timeline = timeline;
        this.limit = limit;
    }

    void add(Kind kind, @Nullable Place from, @Nullable Place to, String what) {
        add(kind, from, to, what, 0, null);
    }

    void add(
            Kind kind,
            @Nullable Place from,
            @Nullable Place to,
            String what,
            int size,
            @Nullable Duration sent) {
        if (events.size() == limit) {
            events.removeFirst();
            dropped++;
        }
        events.add(
                new TraceEvent(Duration.ofNanos(timeline.now()), kind, from, to, what, size, sent));
    }

    List<TraceEvent> copy() {
        return List.copyOf(events);
    }

    long dropped() {
        return dropped;
    }
}
